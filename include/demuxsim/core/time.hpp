// Simulated time: integer nanoseconds since the start of a run.
// SimClock deliberately has no now(), so reading a wall clock by mistake does not compile.
#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>

namespace demuxsim {

using Duration = std::chrono::duration<std::int64_t, std::nano>;

struct SimClock {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<SimClock>;
  static constexpr bool is_steady = true;
};

using SimTime = SimClock::time_point;

inline constexpr SimTime kStart{};
/// Later than every instant of a run: "no deadline".
inline constexpr SimTime kNever = SimTime::max();

/// `at` plus `wait`, or kNever where that would overflow. Precondition: both are not negative.
constexpr SimTime later(SimTime at, Duration wait) {
  return wait >= kNever - at ? kNever : at + wait;
}

}  // namespace demuxsim
