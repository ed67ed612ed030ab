#include "demuxsim/core/units.hpp"

#include <cstdint>

#include "support/catch.hpp"

using namespace demuxsim;

TEST_CASE("transmission time is bits over rate, rounded up", "[core][units]") {
  struct Row {
    std::uint32_t bytes;
    std::uint64_t bits_per_s;
    std::int64_t nanoseconds;
  };
  const Row rows[]{
      {0, 1'000'000'000, 0},           {1, 1'000'000'000, 8},    {1500, 1'000'000'000, 12'000},
      {1500, 100'000'000, 120'000},    {40, 10'000'000, 32'000}, {1, 3'000'000'000, 3},  // 2 2/3 ns
      {1, 8'000'000'001, 1},            // Just below 1 ns.
      {1, 7'999'999'999, 2},            // Just above 1 ns.
      {1, 400'000'000'000, 1},          // 0.02 ns still takes time.
      {65'535, 1, 524'280'000'000'000}  // Six days.
  };
  for (const Row& row : rows) {
    CAPTURE(row.bytes, row.bits_per_s);
    CHECK(transmission_time(row.bytes, BitRate{row.bits_per_s}) == Duration{row.nanoseconds});
  }
}

TEST_CASE("a rate without limit takes no time", "[core][units]") {
  CHECK(transmission_time(0, BitRate{}) == Duration{0});
  CHECK(transmission_time(2'000'000'000, BitRate{}) == Duration{0});
}

TEST_CASE("a gibibyte at the slowest rate does not overflow", "[core][units]") {
  constexpr std::uint32_t kGibibyte = 1U << 30;
  CHECK(transmission_time(kGibibyte, BitRate{1}) == Duration{8'589'934'592'000'000'000});
  CHECK(transmission_time(kGibibyte, BitRate{1'000'000'000'000}) == Duration{8'589'935});
}
