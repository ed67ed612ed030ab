// How many ports were in use over time, in bounded memory: exact until there are too many changes,
// then ever coarser.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "demuxsim/core/time.hpp"

namespace demuxsim {

/// A number for each PortClass, in its order.
using PortCounts = std::array<std::uint32_t, 3>;

class PortSeries {
 public:
  /// What held from `at` until the next point.
  struct Point {
    SimTime at;         ///< A multiple of the resolution.
    PortCounts now{};   ///< After the last change before at + resolution.
    PortCounts most{};  ///< The most after any of those changes, class by class.
  };

  /// Precondition: at least 2 points.
  explicit PortSeries(std::size_t most_points) : most_points_(most_points) {}

  /// From `at` on so many are in use. Precondition: `at` is not before the last one.
  void note(SimTime at, const PortCounts& in_use);

  std::span<const Point> points() const { return points_; }
  /// Changes closer to each other may share a point. A nanosecond: every one has its own.
  Duration resolution() const { return resolution_; }
  /// What was in use at this time; where the resolution is coarse, a little before.
  PortCounts at(SimTime time) const;

 private:
  SimTime floor(SimTime at) const {
    const Duration since = at.time_since_epoch();
    return SimTime{since - since % resolution_};
  }
  /// Halves the resolution.
  void thin_out();

  std::size_t most_points_;
  Duration resolution_{1};
  std::vector<Point> points_;
};

}  // namespace demuxsim
