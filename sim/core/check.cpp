#include "demuxsim/core/check.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace demuxsim {
namespace {
thread_local CheckReporter reporter_of_this_thread = nullptr;
}

void set_check_reporter(CheckReporter reporter) { reporter_of_this_thread = reporter; }

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "demuxsim: internal error: %s:%d: %s does not hold\n", file, line,
               condition);
  if (const CheckReporter report = std::exchange(reporter_of_this_thread, nullptr)) report();
  std::abort();
}

}  // namespace demuxsim
