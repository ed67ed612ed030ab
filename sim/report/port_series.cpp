#include "demuxsim/report/port_series.hpp"

#include <algorithm>
#include <iterator>

namespace demuxsim {
namespace {

/// Adds a later point of the same time.
void join(PortSeries::Point& point, const PortSeries::Point& later) {
  point.now = later.now;
  for (std::size_t i = 0; i < point.most.size(); ++i) {
    point.most[i] = std::max(point.most[i], later.most[i]);
  }
}

}  // namespace

void PortSeries::note(SimTime at, const PortCounts& in_use) {
  const Point point{floor(at), in_use, in_use};
  if (!points_.empty() && points_.back().at == point.at) {
    join(points_.back(), point);
    return;
  }
  points_.push_back(point);
  // Half of them are left at most, so that it is long until the next time.
  if (points_.size() <= most_points_) return;
  while (points_.size() > most_points_ / 2) thin_out();
}

void PortSeries::thin_out() {
  resolution_ *= 2;
  std::size_t kept = 0;
  for (const Point& finer : points_) {
    const Point point{floor(finer.at), finer.now, finer.most};
    if (kept != 0 && points_[kept - 1].at == point.at) {
      join(points_[kept - 1], point);
    } else {
      points_[kept++] = point;
    }
  }
  points_.resize(kept);
}

PortCounts PortSeries::at(SimTime time) const {
  const auto after =
      std::upper_bound(points_.begin(), points_.end(), time - (resolution_ - Duration{1}),
                       [](SimTime when, const Point& point) { return when < point.at; });
  return after == points_.begin() ? PortCounts{} : std::prev(after)->now;
}

}  // namespace demuxsim
