// What stands at the end of every report: the verdict on each expectation, and the sums of a run.
#pragma once

#include <cstdint>
#include <string>

#include "demuxsim/core/time.hpp"

namespace demuxsim {

struct ExpectationResult {
  SimTime at;              ///< When it was looked at.
  std::uint32_t line = 0;  ///< In the scenario file, from 1.
  bool held = false;
  std::string what;   ///< What was expected, in words.
  std::string found;  ///< What was there, in words.
};

struct Summary {
  SimTime at;  ///< When the run ended.
  std::uint64_t events = 0;
  std::uint64_t segments = 0;     ///< Delivered to a host.
  std::uint64_t connections = 0;  ///< Opened.
  std::uint64_t expectations = 0;
  std::uint64_t failed_expectations = 0;
  std::uint64_t fingerprint = 0;
};

}  // namespace demuxsim
