#include "demuxsim/report/port_series.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace demuxsim {

void PortSeries::note(SimTime at, const PortCounts& in_use) {
  append({floor(at), in_use, in_use});
  if (points_.size() > most_points_) thin_out();
}

/// Joins the last point if it stands at the same time.
void PortSeries::append(const Point& point) {
  if (points_.empty() || points_.back().at != point.at) {
    points_.push_back(point);
    return;
  }
  Point& last = points_.back();
  last.now = point.now;
  for (std::size_t i = 0; i < last.most.size(); ++i) {
    last.most[i] = std::max(last.most[i], point.most[i]);
  }
}

/// Half of the points are left at most, so that it is long until the next time.
void PortSeries::thin_out() {
  while (points_.size() > most_points_ / 2) {
    resolution_ *= 2;
    const std::vector<Point> finer = std::exchange(points_, {});
    points_.reserve(most_points_ + 1);
    for (const Point& point : finer) append({floor(point.at), point.now, point.most});
  }
}

PortCounts PortSeries::at(SimTime time) const {
  const auto after =
      std::upper_bound(points_.begin(), points_.end(), time - (resolution_ - Duration{1}),
                       [](SimTime when, const Point& point) { return when < point.at; });
  return after == points_.begin() ? PortCounts{} : std::prev(after)->now;
}

}  // namespace demuxsim
