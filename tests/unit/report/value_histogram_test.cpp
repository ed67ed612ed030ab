#include "demuxsim/report/value_histogram.hpp"

#include <algorithm>

#include "demuxsim/core/random.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr std::uint64_t kExact = ValueHistogram::kExact;

ValueHistogram of(std::initializer_list<std::uint64_t> values) {
  ValueHistogram made;
  for (const std::uint64_t value : values) made.add(value);
  return made;
}

/// `first-last:count` of each range.
std::string ranges(const ValueHistogram& values, unsigned width = 0) {
  std::string text;
  for (const auto& range : values.ranges(width)) {
    text += std::to_string(range.first) + '-' + std::to_string(range.last) + ':' +
            std::to_string(range.count) + ' ';
  }
  return text;
}

}  // namespace

TEST_CASE("without values all is 0", "[stats]") {
  const ValueHistogram none;
  CHECK(none.count() == 0);
  CHECK(none.sum() == 0);
  CHECK(none.max() == 0);
  CHECK(none.p99() == 0);
  CHECK(none.ranges().empty());
}

TEST_CASE("the 99th percentile is the nearest rank", "[stats]") {
  CHECK(of({7}).p99() == 7);
  CHECK(of({1, 9}).p99() == 9);
  ValueHistogram hundred;
  for (std::uint64_t i = 1; i <= 100; ++i) hundred.add(i);
  CHECK(hundred.p99() == 99);
  hundred.add(1000);  // 101 values: the 100th of them.
  CHECK(hundred.p99() == 100);
}

TEST_CASE("against a sorted list, small and large values", "[stats]") {
  Rng rng(1, {StreamKind::test});
  for (const std::uint64_t bound :
       {std::uint64_t{10}, std::uint64_t{1000}, kExact, kExact * 100, std::uint64_t{1} << 33}) {
    CAPTURE(bound);
    std::vector<std::uint64_t> list;
    ValueHistogram values;
    std::uint64_t sum = 0;
    for (int i = 0; i < 2000; ++i) {
      list.push_back(rng.below(bound));
      values.add(list.back());
      sum += list.back();
    }
    std::sort(list.begin(), list.end());
    const std::uint64_t right = list[1979];
    CHECK(values.count() == 2000);
    CHECK(values.sum() == sum);
    CHECK(values.max() == list.back());
    CHECK(values.p99() >= right);
    CHECK(values.p99() - right <= (right < kExact ? 0 : right / 1000));
    std::uint64_t counted = 0;
    for (const auto& range : values.ranges()) {
      counted += range.count;
      CHECK(std::any_of(list.begin(), list.end(), [&](std::uint64_t value) {
        return range.first <= value && value <= range.last;
      }));
    }
    CHECK(counted == 2000);
  }
}

TEST_CASE("ranges are single values, then powers of two", "[stats]") {
  const ValueHistogram values = of({0, 1, 7, 7, 8, 15, 16, 70'000});
  CHECK(ranges(values) == "0-0:1 1-1:1 7-7:2 8-15:2 16-31:1 65536-131071:1 ");
  CHECK(ranges(values, 1) == "0-0:1 1-1:1 4-7:2 8-15:2 16-31:1 65536-131071:1 ");
  CHECK(ranges(values, 2) == "0-0:1 1-3:1 4-15:4 16-63:1 65536-262143:1 ");
}

TEST_CASE("sums of histograms", "[stats]") {
  ValueHistogram sum = of({1, 2});
  sum += of({2, 100'000});
  sum += of({});
  CHECK(sum.count() == 4);
  CHECK(sum.sum() == 100'005);
  CHECK(sum.max() == 100'000);
  CHECK(ranges(sum) == "1-1:1 2-2:2 65536-131071:1 ");
}
