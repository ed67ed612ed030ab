// How far a long run is, on the terminal while it lasts.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "demuxsim/engine/simulation.hpp"

namespace demuxsim::cli {

/// One line on standard error, written anew a few times a second and wiped off at the end. The
/// first comes after half a second, so short runs show nothing.
class StatusLine {
 public:
  /// Does nothing at all unless wanted.
  explicit StatusLine(bool wanted) : wanted_(wanted) {}
  ~StatusLine() { erase(); }
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  /// Whether it is time for another line; to be asked often.
  bool is_due();
  void show(std::string_view text);
  void erase();

 private:
  using Clock = std::chrono::steady_clock;

  bool wanted_;
  bool shown_ = false;
  Clock::time_point next_ = Clock::now() + std::chrono::milliseconds{500};
};

/// The StatusLine of a simulation.
class Progress {
 public:
  explicit Progress(bool wanted) : line_(wanted) {}

  /// To be called often.
  void update(const Simulation& simulation);
  void erase() { line_.erase(); }

 private:
  using Clock = std::chrono::steady_clock;

  StatusLine line_;
  Clock::time_point counted_at_ = Clock::now();  ///< When there were so many segments ...
  std::uint64_t counted_ = 0;
};

}  // namespace demuxsim::cli
