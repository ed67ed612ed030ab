#include "demuxsim/demux/open_table.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace demuxsim {
namespace {

FourTuple4 key(std::uint32_t number) {
  return {0x0a000001, 0x0a010000 + (number >> 10), 80,
          static_cast<std::uint16_t>(49152 + (number & 0x3ff))};
}

constexpr std::size_t kBucketBytes = 64;

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
  CHECK(table.memory_bytes() == kBucketBytes);
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
  std::size_t buckets = 1;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    if (i + 1 > buckets * 4 * 3 / 4) buckets *= 2;
    table.insert(key(i), i);
    REQUIRE(table.memory_bytes() == buckets * kBucketBytes);
  }
}

TEST_CASE("look-ups compare the keys of one bucket, as a rule", "[demux]") {
  // With so many entries a bucket in the mean, by chance: a miss compares those that are there, a
  // hit half of the others, too. What finds no room at home adds to both as the table fills up.
  for (const auto& [count, added] : {std::pair{26'000u, 1.05}, {32'000u, 1.1}, {40'000u, 1.2}}) {
    OpenTable<FourTuple4> table;
    for (std::uint32_t i = 0; i < count; ++i) table.insert(key(i), i);
    const double in_bucket = count / static_cast<double>(table.memory_bytes() / kBucketBytes);
    CAPTURE(count, in_bucket);
    const double miss = mean_examined(table, count, 11 * count);
    CHECK(miss > 0.95 * in_bucket);
    CHECK(miss < added * in_bucket);
    const double hit = mean_examined(table, 0, count);
    CHECK(hit > 1 + 0.45 * in_bucket);
    CHECK(hit < 1 + added * 0.55 * in_bucket);
  }
}

TEST_CASE("an open table has a key of zeros like any other", "[demux]") {
  OpenTable<FourTuple4> table;
  const FourTuple4 zeros;
  table.insert(key(1), 1);
  CHECK_FALSE(table.find(zeros));
  CHECK_FALSE(table.erase(zeros));
  CHECK(table.insert(zeros, 0));
  CHECK_FALSE(table.insert(zeros, 2));
  CHECK(table.find(zeros).value == 0);
  CHECK(table.erase(key(1)));
  CHECK(table.find(zeros).value == 0);
  CHECK(table.erase(zeros));
  CHECK_FALSE(table.find(zeros));
}

TEST_CASE("an open table keeps the largest value there may be", "[demux]") {
  OpenTable<FourTuple4, SipTupleHash> table;
  CHECK(table.insert(key(1), DemuxResult::kValueEnd - 1));
  CHECK(table.find(key(1)).value == DemuxResult::kValueEnd - 1);
}

/// Leaves few buckets to choose from, so that most entries are far from home.
struct CrowdedHash {
  explicit CrowdedHash(const HashConfig&) {}
  std::uint64_t operator()(const FourTuple4& key) const {
    const std::uint64_t mixed = mix64(key.ports());
    return (mixed & ~std::uint64_t{0xffff}) | (0xfffe + mixed % 3);
  }
};

/// Hits and misses mixed, as many as `count`.
template <class Hash>
void check_batches(std::uint32_t entries, std::uint32_t sought) {
  OpenTable<FourTuple4, Hash> table;
  for (std::uint32_t i = 0; i < entries; ++i) table.insert(key(i), i);
  std::vector<FourTuple4> keys;
  for (std::uint32_t i = 0; i < sought; ++i) keys.push_back(key(i * 7919 % (2 * entries + 1)));
  std::size_t done = 0;
  for (std::size_t size = 0; done < keys.size(); done += size, ++size) {
    size = std::min(size, keys.size() - done);
    // What stands in the results before means nothing.
    std::vector<DemuxResult> results(size, DemuxResult{12345, 678});
    table.find_batch(std::span(keys).subspan(done, size), results);
    for (std::size_t i = 0; i < size; ++i) {
      const DemuxResult single = table.find(keys[done + i]);
      REQUIRE(results[i].value == single.value);
      REQUIRE(results[i].examined == single.examined);
    }
  }
}

TEST_CASE("many look-ups at once answer as one after the other", "[demux]") {
  check_batches<SipTupleHash>(1, 100);
  check_batches<SipTupleHash>(1'000, 10'000);
  check_batches<SipTupleHash>(100'000, 30'000);
  check_batches<FastHash>(196'000, 30'000);  // Nearly three quarters full.
}

TEST_CASE("many look-ups at once find what is far from home", "[demux]") {
  check_batches<CrowdedHash>(20'000, 3'000);
}

TEST_CASE("an open table forgets entries that found no room at home", "[demux]") {
  OpenTable<FourTuple4, CrowdedHash> table;
  constexpr std::uint32_t kEntries = 3'000;
  for (int round = 0; round < 3; ++round) {
    for (std::uint32_t i = 0; i < kEntries; ++i) REQUIRE(table.insert(key(i), i));
    for (std::uint32_t i = 0; i < kEntries; ++i) REQUIRE(table.find(key(i)).value == i);
    for (std::uint32_t i = 0; i < kEntries; ++i) REQUIRE(table.erase(key(i)));
    CHECK(table.size() == 0);
  }
}

TEST_CASE("churn does not wear an open table out", "[demux]") {
  // Entries that had to go on stay where they are when room comes free at home, so a table through
  // which many have passed costs somewhat more than a new one; but no more the longer it goes on.
  constexpr std::uint32_t kLive = 30'000;
  constexpr std::uint32_t kRounds = 40;
  OpenTable<FourTuple4> table;
  for (std::uint32_t i = 0; i < kLive; ++i) table.insert(key(i), i);
  const double fresh = mean_examined(table, 0, kLive);
  const double fresh_miss = mean_examined(table, kLive, 2 * kLive);
  const std::size_t bytes = table.memory_bytes();
  int failures = 0;
  std::uint32_t oldest = 0;
  const auto churn = [&](std::uint32_t rounds) {
    for (std::uint32_t i = 0; i < rounds * kLive; ++i, ++oldest) {
      failures += table.erase(key(oldest)) ? 0 : 1;
      failures += table.insert(key(oldest + kLive), oldest) ? 0 : 1;
    }
    return mean_examined(table, oldest, oldest + kLive);
  };
  const double settled = churn(5);
  CHECK(settled < 1.25 * fresh);
  CHECK(churn(kRounds) < 1.03 * settled);
  CHECK(mean_examined(table, 0, kLive) < 1.25 * fresh_miss);
  CHECK(failures == 0);
  CHECK(table.memory_bytes() == bytes);
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
