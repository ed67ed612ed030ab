#include "demuxsim/demux/workload.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "support/catch.hpp"

namespace demuxsim {
namespace {

constexpr std::uint64_t kSeed = 7;

Lookups lookups(LookupOrder order, std::uint32_t connections) {
  return {order, connections, Rng(kSeed, {StreamKind::test})};
}

template <class Key>
bool all_differ(KeySet set, std::uint32_t count) {
  std::vector<Key> keys;
  for (std::uint32_t i = 0; i < count; ++i) keys.push_back(connection_key<Key>(set, i));
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) == keys.end();
}

std::vector<std::uint32_t> counts(LookupOrder order, std::uint32_t connections,
                                  std::uint32_t draws) {
  std::vector<std::uint32_t> counts(connections);
  Lookups order_of_segments = lookups(order, connections);
  for (std::uint32_t i = 0; i < draws; ++i) ++counts.at(order_of_segments.next());
  return counts;
}

}  // namespace

TEST_CASE("no two connections of a key set have the same key", "[demux]") {
  for (const KeySet set : {KeySet::one_server, KeySet::random}) {
    CAPTURE(name_of(set));
    CHECK(all_differ<FourTuple4>(set, 300'000));
    CHECK(all_differ<FourTuple6>(set, 300'000));
  }
}

TEST_CASE("keys of one server are one local end and clients of 64 ports each", "[demux]") {
  for (const std::uint32_t number : {0u, 63u, 64u, 10'000'000u}) {
    const auto key = connection_key<FourTuple4>(KeySet::one_server, number);
    CHECK(local_of(key) == Endpoint{IpAddress::ipv4(0x0a000001), Port{80}});
    CHECK(key.remote_address == 0x0a010000 + number / 64);
    CHECK(key.remote_port == 49152 + number % 64);
    const auto key6 = connection_key<FourTuple6>(KeySet::one_server, number);
    CHECK(local_of(key6) == Endpoint{IpAddress::ipv6(0x20010db8'00000000, 1), Port{80}});
  }
}

TEST_CASE("random keys have every bit set in half of them", "[demux]") {
  constexpr int kCount = 10'000;
  int set[96] = {};
  for (std::uint32_t i = 0; i < kCount; ++i) {
    const auto key = connection_key<FourTuple4>(KeySet::random, i);
    for (int bit = 0; bit < 64; ++bit) set[bit] += key.addresses() >> bit & 1 ? 1 : 0;
    for (int bit = 0; bit < 32; ++bit) set[64 + bit] += key.ports() >> bit & 1 ? 1 : 0;
  }
  // Five standard deviations of 50 each.
  for (const int count : set) CHECK(std::abs(count - kCount / 2) < 250);
}

TEST_CASE("uniform look-ups come to all connections alike", "[demux]") {
  for (const std::uint32_t count : counts(LookupOrder::uniform, 100, 1'000'000)) {
    CHECK(std::abs(count - 10'000.0) < 500);
  }
}

TEST_CASE("the k-th most popular connection of Zipf's law has a share of 1/k", "[demux]") {
  constexpr std::uint32_t kDraws = 1'000'000;
  for (const std::uint32_t connections : {1u, 2u, 3u, 100u, 1000u}) {
    auto counted = counts(LookupOrder::zipf, connections, kDraws);
    double harmonic = 0;
    for (std::uint32_t k = 1; k <= connections; ++k) harmonic += 1.0 / k;
    const auto number = [&](std::uint64_t rank) { return rank * 2'654'435'761 % connections; };
    for (std::uint32_t k = 1; k <= connections; ++k) {
      CAPTURE(connections, k);
      const double expected = kDraws / (k * harmonic);
      REQUIRE(std::abs(counted[number(k)] - expected) < 5 * std::sqrt(expected));
    }
  }
}

TEST_CASE("popular connections of Zipf's law are not neighbours", "[demux]") {
  const auto counted = counts(LookupOrder::zipf, 100'000, 1'000'000);
  std::vector<std::size_t> popular;
  for (std::size_t i = 0; i < counted.size(); ++i) {
    if (counted[i] > 1'000) popular.push_back(i);
  }
  REQUIRE(popular.size() > 50);
  for (std::size_t i = 1; i < popular.size(); ++i) CHECK(popular[i] - popular[i - 1] > 64);
}

TEST_CASE("trains have eight segments in the mean and lengths of no memory", "[demux]") {
  constexpr std::uint32_t kTrains = 100'000;
  Lookups segments = lookups(LookupOrder::trains, 1u << 30);
  std::vector<std::uint32_t> lengths(1);
  for (std::uint32_t last = segments.next(); lengths.size() <= kTrains;) {
    ++lengths.back();
    const std::uint32_t next = segments.next();
    if (next != last) lengths.push_back(0);
    last = next;
  }
  lengths.pop_back();
  double sum = 0;
  for (const std::uint32_t length : lengths) sum += length;
  CHECK(std::abs(sum / kTrains - 8) < 0.15);
  const auto ones = std::count(lengths.begin(), lengths.end(), 1u);
  CHECK(std::abs(static_cast<double>(ones) / kTrains - 1.0 / 8) < 0.006);
}

TEST_CASE("the same seed gives the same look-ups", "[demux]") {
  for (const auto order : {LookupOrder::uniform, LookupOrder::zipf, LookupOrder::trains}) {
    Lookups first = lookups(order, 1'000'000);
    Lookups second = lookups(order, 1'000'000);
    Lookups other(order, 1'000'000, Rng(kSeed + 1, {StreamKind::test}));
    int same = 0;
    for (int i = 0; i < 1'000; ++i) {
      const std::uint32_t number = first.next();
      REQUIRE(number == second.next());
      same += number == other.next() ? 1 : 0;
    }
    CHECK(same < 100);
  }
}

}  // namespace demuxsim
