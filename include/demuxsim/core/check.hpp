// DEMUXSIM_CHECK(condition): stops the program when our own code broke a promise it relies on.
// On in every build type. Never for bad input: that is a Diagnostic, or an error in a Result.
#pragma once

namespace demuxsim {

/// Called once before the program stops; prints what led here (the last trace records, the seed).
using CheckReporter = void (*)();
void set_check_reporter(CheckReporter reporter);

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace demuxsim

#define DEMUXSIM_CHECK(condition)                      \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::demuxsim::check_failed(#condition, __FILE__, __LINE__))
