#include "demuxsim/core/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include "support/catch.hpp"

using namespace demuxsim;

TEST_CASE("the generator gives the published numbers of SplitMix64", "[core][random]") {
  Rng random(1234567);
  const std::array<std::uint64_t, 5> published{6457827717110365317U, 3203168211198807973U,
                                               9817491932198370423U, 4593380528125082431U,
                                               16408922859458223821U};
  for (const std::uint64_t expected : published) CHECK(random.next() == expected);
}

TEST_CASE("mix64 maps no two numbers to one", "[core][random]") {
  std::set<std::uint64_t> seen;
  for (std::uint64_t i = 0; i < 1'000; ++i) seen.insert({mix64(i), mix64(i << 32), mix64(~i)});
  CHECK(seen.size() == 2'999);  // 0 is among them twice.
}

TEST_CASE("each stream of a seed draws its own numbers, and the same again", "[core][random]") {
  std::set<std::uint64_t> first_draws;
  int streams = 0;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    for (const StreamKind kind : {StreamKind::link, StreamKind::host, StreamKind::port_picker,
                                  StreamKind::behaviour, StreamKind::hash_secret}) {
      for (std::uint32_t index = 0; index < 50; ++index) {
        for (std::uint32_t part = 0; part < 3; ++part) {
          const StreamId stream{kind, index, part};
          Rng random(seed, stream);
          const std::uint64_t draw = random.next();
          CHECK(Rng(seed, stream).next() == draw);
          first_draws.insert(draw);
          ++streams;
        }
      }
    }
  }
  CHECK(first_draws.size() == static_cast<std::size_t>(streams));
}

TEST_CASE("below stays below and gives every number its share", "[core][random]") {
  constexpr std::uint64_t kDraws = 200'000;
  for (const std::uint64_t bound : {1U, 2U, 3U, 7U, 10U, 64U, 100U}) {
    CAPTURE(bound);
    Rng random(bound);
    std::vector<std::uint64_t> counts(bound);
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      const std::uint64_t draw = random.below(bound);
      REQUIRE(draw < bound);
      ++counts[draw];
    }
    // Six standard deviations on either side.
    const double expected = static_cast<double>(kDraws) / static_cast<double>(bound);
    for (const std::uint64_t count : counts) {
      CHECK(std::abs(static_cast<double>(count) - expected) <= 6 * std::sqrt(expected));
    }
  }
}

TEST_CASE("below has no bias where the bound divides 2^64 worst", "[core][random]") {
  // A remainder of a 64-bit number would hit the lower half of this range twice as often.
  constexpr std::uint64_t kBound = (std::uint64_t{1} << 63) + (std::uint64_t{1} << 62);
  Rng random(3);
  int lower_third = 0;
  constexpr int kDraws = 30'000;
  for (int i = 0; i < kDraws; ++i) {
    const std::uint64_t draw = random.below(kBound);
    REQUIRE(draw < kBound);
    if (draw < kBound / 3) ++lower_third;
  }
  CHECK(lower_third > 9'500);
  CHECK(lower_third < 10'500);
}

TEST_CASE("chance comes true as often as it says", "[core][random]") {
  const std::array<Ratio, 4> ratios{{{1, 100}, {1, 3}, {1, 2}, {999, 1000}}};
  for (const Ratio ratio : ratios) {
    CAPTURE(ratio.numerator, ratio.denominator);
    Rng random(11);
    constexpr int kDraws = 100'000;
    int hits = 0;
    for (int i = 0; i < kDraws; ++i) hits += random.chance(ratio) ? 1 : 0;
    const double share =
        static_cast<double>(ratio.numerator) / static_cast<double>(ratio.denominator);
    const double deviation = std::sqrt(kDraws * share * (1 - share));
    CHECK(std::abs(hits - kDraws * share) <= 6 * deviation);
  }
}

TEST_CASE("a certainty draws nothing", "[core][random]") {
  Rng random(1234567);
  CHECK_FALSE(random.chance({0, 1}));
  CHECK(random.chance({1, 1}));
  CHECK(random.chance({7, 5}));
  CHECK(random.next() == 6457827717110365317U);
}

TEST_CASE("exponential waits have the mean, spread and tail of that distribution",
          "[core][random]") {
  constexpr int kDraws = 100'000;
  for (const std::int64_t mean : std::array<std::int64_t, 3>{1'000, 1'000'000, 10'000'000'000}) {
    CAPTURE(mean);
    Rng random(17);
    double sum = 0;
    double squares = 0;
    int beyond_mean = 0;
    int beyond_three = 0;
    for (int i = 0; i < kDraws; ++i) {
      const std::int64_t wait = random.exponential(Duration{mean}).count();
      REQUIRE(wait >= 0);
      const double relative = static_cast<double>(wait) / static_cast<double>(mean);
      sum += relative;
      squares += relative * relative;
      beyond_mean += wait > mean ? 1 : 0;
      beyond_three += wait > 3 * mean ? 1 : 0;
    }
    const double average = sum / kDraws;
    CHECK(std::abs(average - 1) < 0.02);
    CHECK(std::abs(squares / kDraws - average * average - 1) < 0.06);
    CHECK(std::abs(beyond_mean - kDraws * std::exp(-1)) < 1'000);
    CHECK(std::abs(beyond_three - kDraws * std::exp(-3)) < 500);
  }
}

TEST_CASE("an exponential wait with mean zero is zero", "[core][random]") {
  Rng random(5);
  for (int i = 0; i < 1'000; ++i) CHECK(random.exponential(Duration{0}) == Duration{0});
}
