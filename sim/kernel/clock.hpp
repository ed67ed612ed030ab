// The time of a replay: that of the machine, less the time in which the machine was too busy to do
// what was due. So everything keeps its distance from everything else, and its order.
#pragma once

#include <algorithm>
#include <time.h>

#include "demuxsim/core/time.hpp"

namespace demuxsim::kernel {

class Clock {
 public:
  /// Time 0 is `pause` from now.
  explicit Clock(Duration pause) : start_(machine() + pause) {}
  /// Before the start it is negative.
  SimTime now() const { return SimTime{machine() - start_}; }
  /// What was due at this time has been missed: it is that time again. How late it had become; 0
  /// where it has not come yet.
  Duration turn_back_to(SimTime due) {
    const Duration late = std::max(now() - due, Duration{0});
    start_ += late;
    return late;
  }

 private:
  static Duration machine() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
  }

  Duration start_;
};

}  // namespace demuxsim::kernel
