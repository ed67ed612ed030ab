// What the program's exit status says; scripts rely on these numbers.
#pragma once

namespace demuxsim::cli {

enum class Status : int {
  ok = 0,
  expectation_failed = 1,
  usage = 2,    ///< Bad usage or a bad scenario.
  machine = 3,  ///< A file cannot be written, memory ran out.
};

/// What a shell reports of a program that a signal ended; 130 after Ctrl-C.
constexpr Status ended_by(int signal) { return static_cast<Status>(128 + signal); }
constexpr bool is_of_signal(Status status) { return static_cast<int>(status) > 128; }

}  // namespace demuxsim::cli
