#include "demuxsim/demux/open_table.hpp"

#include <vector>

#include "support/catch.hpp"

namespace demuxsim {
namespace {

FourTuple4 key(std::uint32_t number) {
  return {0x0a000001, 0x0a010000 + (number >> 10), 80,
          static_cast<std::uint16_t>(49152 + (number & 0x3ff))};
}

double mean_examined(const OpenTable<FourTuple4>& table, std::uint32_t first, std::uint32_t end) {
  std::uint64_t examined = 0;
  for (std::uint32_t i = first; i < end; ++i) examined += table.find(key(i)).examined;
  return static_cast<double>(examined) / (end - first);
}

}  // namespace

TEST_CASE("an empty open table finds nothing and has allocated nothing", "[demux]") {
  OpenTable<FourTuple4> table;
  CHECK(table.memory_bytes() == 0);
  CHECK_FALSE(table.find(key(1)));
  CHECK(table.find(key(1)).examined == 0);
  CHECK_FALSE(table.erase(key(1)));
  CHECK(table.memory_bytes() == 0);
  table.insert(key(1), 5);
  CHECK(table.memory_bytes() == 8 * 16);
  CHECK(table.erase(key(1)));
  CHECK_FALSE(table.find(key(1)));
}

TEST_CASE("an open table holds what was put in first", "[demux]") {
  OpenTable<FourTuple4> table;
  CHECK(table.insert(key(1), 0));
  CHECK_FALSE(table.insert(key(1), 6));
  CHECK(table.find(key(1)).value == 0);
  CHECK(table.find(key(1)).examined == 1);
  CHECK(table.size() == 1);
}

TEST_CASE("an open table grows by doubling and stays three quarters full at most", "[demux]") {
  OpenTable<FourTuple4> table;
  std::size_t slots = 8;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    if (i + 1 > slots / 4 * 3) slots *= 2;
    table.insert(key(i), i);
    REQUIRE(table.memory_bytes() == 16 * slots);
  }
}

TEST_CASE("look-ups examine as many keys as theory says of linear probing", "[demux]") {
  // Knuth, The Art of Computer Programming, volume 3, section 6.4: with a fraction a of the slots
  // taken, a hit probes (1 + 1/(1-a)) / 2 of them, a miss (1 + 1/(1-a)^2) / 2 with the empty one.
  for (const std::uint32_t count : {40'000u, 60'000u, 80'000u, 98'000u}) {
    OpenTable<FourTuple4> table;
    for (std::uint32_t i = 0; i < count; ++i) table.insert(key(i), i);
    const double free = 1 - count / static_cast<double>(table.memory_bytes() / 16);
    const double hit = (1 + 1 / free) / 2;
    const double miss = (1 + 1 / (free * free)) / 2 - 1;
    CAPTURE(count, free);
    CHECK(mean_examined(table, 0, count) > 0.95 * hit);
    CHECK(mean_examined(table, 0, count) < 1.05 * hit);
    CHECK(mean_examined(table, count, 2 * count) > 0.9 * miss);
    CHECK(mean_examined(table, count, 2 * count) < 1.1 * miss);
  }
}

TEST_CASE("churn does not wear an open table out", "[demux]") {
  constexpr std::uint32_t kLive = 300'000;
  OpenTable<FourTuple4> table;
  for (std::uint32_t i = 0; i < kLive; ++i) table.insert(key(i), i);
  const double hit = mean_examined(table, 0, kLive);
  const double miss = mean_examined(table, kLive, 2 * kLive);
  const std::size_t bytes = table.memory_bytes();
  int failures = 0;
  for (std::uint32_t i = 0; i < 2 * kLive; ++i) {
    failures += table.erase(key(i)) ? 0 : 1;
    failures += table.insert(key(i + kLive), i) ? 0 : 1;
  }
  CHECK(failures == 0);
  CHECK(table.memory_bytes() == bytes);
  CHECK(mean_examined(table, 2 * kLive, 3 * kLive) < 1.05 * hit);
  CHECK(mean_examined(table, 0, kLive) < 1.1 * miss);
}

TEST_CASE("the seed moves entries about and changes no answer", "[demux]") {
  const auto order = [](std::uint64_t seed) {
    OpenTable<FourTuple4> table(DemuxConfig{{HashKind::siphash, seed}, 0});
    for (std::uint32_t i = 0; i < 100; ++i) table.insert(key(i), i);
    std::vector<std::uint32_t> values;
    table.for_each([&](const FourTuple4&, std::uint32_t value) { values.push_back(value); });
    for (std::uint32_t i = 0; i < 100; ++i) CHECK(table.find(key(i)).value == i);
    return values;
  };
  CHECK(order(1) == order(1));
  CHECK(order(1) != order(2));
}

}  // namespace demuxsim
