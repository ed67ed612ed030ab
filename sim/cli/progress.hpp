// How far a long run is, on the terminal while it lasts.
#pragma once

#include <chrono>
#include <cstdint>

#include "demuxsim/engine/simulation.hpp"

namespace demuxsim::cli {

/// One line on standard error, written anew a few times a second and wiped off at the end. The
/// first comes after half a second, so short runs show nothing.
class Progress {
 public:
  /// Does nothing at all unless wanted.
  explicit Progress(bool wanted) : wanted_(wanted) {}
  ~Progress() { erase(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// To be called often.
  void update(const Simulation& simulation);
  void erase();

 private:
  using Clock = std::chrono::steady_clock;

  bool wanted_;
  bool shown_ = false;
  Clock::time_point next_ = Clock::now() + std::chrono::milliseconds{500};
  Clock::time_point counted_at_ = Clock::now();  ///< When there were so many segments ...
  std::uint64_t counted_ = 0;
};

}  // namespace demuxsim::cli
