#include "demuxsim/report/port_series.hpp"

#include "support/catch.hpp"

using namespace demuxsim;

namespace {

SimTime at(std::int64_t nanoseconds) { return kStart + Duration{nanoseconds}; }

}  // namespace

TEST_CASE("every change has its point while there are few", "[stats]") {
  PortSeries series(4);
  series.note(at(10), {1, 0, 0});
  series.note(at(10), {1, 0, 2});
  series.note(at(10), {1, 0, 1});
  series.note(at(11), {0, 0, 1});
  REQUIRE(series.points().size() == 2);
  CHECK(series.resolution() == Duration{1});
  CHECK(series.points()[0].now == PortCounts{1, 0, 1});
  CHECK(series.points()[0].most == PortCounts{1, 0, 2});
  CHECK(series.at(at(9)) == PortCounts{});
  CHECK(series.at(at(10)) == PortCounts{1, 0, 1});
  CHECK(series.at(at(1000)) == PortCounts{0, 0, 1});
}

TEST_CASE("many changes are told ever more coarsely, and no peak is lost", "[stats]") {
  constexpr std::size_t kMost = 16;
  PortSeries series(kMost);
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    const std::uint32_t in_use = i == 70'001 ? 5000 : i % 10;
    series.note(at(std::int64_t{i} * 1000), {0, in_use, 0});
    CHECK(series.points().size() <= kMost);
  }
  CHECK(series.points().size() > kMost / 4);
  std::uint32_t most = 0;
  SimTime before = kStart - Duration{1};
  for (const PortSeries::Point& point : series.points()) {
    CHECK(point.at > before);
    CHECK(point.at.time_since_epoch() % series.resolution() == Duration{0});
    before = point.at;
    most = std::max(most, point.most[1]);
  }
  CHECK(most == 5000);
  CHECK(series.points().back().now == PortCounts{0, 9, 0});
  CHECK(series.at(at(100'000'000'000)) == PortCounts{0, 9, 0});
  // Of a point that stands for a while, nothing is known before that is over.
  CHECK(series.at(kStart) == PortCounts{});
}
