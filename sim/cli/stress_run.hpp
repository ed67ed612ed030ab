// The two things that `demuxsim stress` measures, one combination after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cli/plot.hpp"
#include "cli/progress.hpp"
#include "cli/stress_options.hpp"
#include "cli/stress_table.hpp"

namespace demuxsim::cli {

/// Shows how far it is, and learns of Ctrl-C.
class StressWatch {
 public:
  /// Of so many measurements. With `progress` and on a terminal there is a bar.
  StressWatch(bool progress, std::size_t total);

  /// To be called often, with what is being measured. False when it is to stop.
  bool goes_on(std::string_view what);
  void finish_one() { ++done_; }
  std::size_t done() const { return done_; }
  std::size_t total() const { return total_; }

 private:
  StatusLine line_;
  std::size_t done_ = 0;
  std::size_t total_;
};

/// What was measured before the watch told to stop.
struct StressReport {
  StressTable table;
  Plot plot;
};

/// How many measurements this is; fills in what was not given.
std::size_t complete(StressOptions& options);

/// Look-ups: traffic x connections x algorithms. Precondition: complete() has seen the options.
StressReport stress_tables(const StressOptions& options, std::uint64_t seed, StressWatch& watch);

/// Ephemeral ports: ways to pick x occupancies. Precondition: complete() has seen the options.
StressReport stress_ports(const StressOptions& options, std::uint64_t seed, StressWatch& watch);

}  // namespace demuxsim::cli
