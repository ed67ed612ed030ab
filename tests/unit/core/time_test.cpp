#include "demuxsim/core/time.hpp"

#include <chrono>

#include "support/catch.hpp"

using namespace demuxsim;
using namespace std::chrono_literals;

TEST_CASE("later adds, and stops at kNever", "[core][time]") {
  CHECK(later(kStart, 0ns) == kStart);
  CHECK(later(kStart + 1s, 5ms) == kStart + 1'005ms);
  CHECK(later(kNever - 2ns, 1ns) == kNever - 1ns);
  CHECK(later(kNever - 2ns, 2ns) == kNever);
  CHECK(later(kNever - 2ns, 3ns) == kNever);
  CHECK(later(kNever, 0ns) == kNever);
  CHECK(later(kStart, Duration::max()) == kNever);
  CHECK(later(kNever, Duration::max()) == kNever);
}
