#include "demuxsim/demux/hash_functions.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "demuxsim/demux/any_hash.hpp"
#include "support/catch.hpp"

namespace demuxsim {
namespace {

constexpr std::uint32_t kKeys = 65'536;
constexpr std::uint32_t kBuckets = 4'096;

/// How far the counts of the buckets are from even: chi-square less its expectation, in standard
/// deviations.
template <class Key>
double unevenness(HashConfig config, int shift, const std::function<Key(std::uint32_t)>& key) {
  const AnyHash hash(config);
  std::vector<std::uint32_t> counts(kBuckets);
  for (std::uint32_t i = 0; i < kKeys; ++i) ++counts[(hash(key(i)) >> shift) % kBuckets];
  double chi_square = 0;
  const double expected = static_cast<double>(kKeys) / kBuckets;
  for (const std::uint32_t count : counts) {
    chi_square += (count - expected) * (count - expected) / expected;
  }
  return (chi_square - (kBuckets - 1)) / std::sqrt(2.0 * (kBuckets - 1));
}

/// A linear hash leaves a lattice of keys uneven in its low bits, by more or less with its key; up
/// to six times the variance of chance is what it may.
template <class Key>
void check_even(const char* what, const std::function<Key(std::uint32_t)>& key) {
  for (const HashConfig config :
       {HashConfig{HashKind::fast, 0}, HashConfig{HashKind::siphash, 0},
        HashConfig{HashKind::siphash, 42}, HashConfig{HashKind::crc32c, 0},
        HashConfig{HashKind::crc32c, 42}, HashConfig{HashKind::toeplitz, 0},
        HashConfig{HashKind::toeplitz_keyed, 42}}) {
    const bool linear = config.kind != HashKind::fast && config.kind != HashKind::siphash;
    for (const int shift : {0, 20, 52}) {
      CAPTURE(what, std::string(name_of(config.kind)), config.seed, shift);
      CHECK(unevenness(config, shift, key) < (linear && shift == 0 ? 225 : 5));
    }
  }
}

std::uint16_t port(std::uint32_t number) { return static_cast<std::uint16_t>(number); }

}  // namespace

TEST_CASE("keys that count up spread evenly", "[demux]") {
  check_even<FourTuple4>("ports", [](std::uint32_t i) {
    return FourTuple4{0x0a000001, 0x0a000002, 80, port(i)};
  });
  check_even<FourTuple4>("clients and ports", [](std::uint32_t i) {
    return FourTuple4{0x0a000001, 0x0a000002 + i % 100, 80, port(49152 + i / 100)};
  });
  check_even<FourTuple4>("clients", [](std::uint32_t i) {
    return FourTuple4{0x0a000001, 0x0a010000 + i, 80, 49152};
  });
  check_even<FourTuple4>("networks", [](std::uint32_t i) {
    return FourTuple4{0x0a000001, i << 16, 80, 49152};
  });
  check_even<FourTuple4>("both addresses", [](std::uint32_t i) {
    return FourTuple4{0x0a000000 + i % 256, 0x0a010000 + i / 256, 80, 80};
  });
  check_even<FourTuple4>("own ports", [](std::uint32_t i) {
    return FourTuple4{0x0a000002, 0x0a000001, port(i), 80};
  });
  check_even<FourTuple6>("IPv6 clients and ports", [](std::uint32_t i) {
    return FourTuple6{{0x20010db8, 0, 0, 1}, {0x20010db8, 1, 0, i % 100}, 80, port(i / 100)};
  });
  check_even<FourTuple6>("IPv6 networks", [](std::uint32_t i) {
    return FourTuple6{{0x20010db8, 0, 0, 1}, {0x20010db8, i, 0, 1}, 80, 49152};
  });
  check_even<FourTuple6>("IPv6 both addresses", [](std::uint32_t i) {
    return FourTuple6{
        {0x20010db8, i % 16, 0, i / 16 % 16}, {0x20010db8, i / 256 % 16, 0, i / 4096}, 80, 80};
  });
}

TEST_CASE("one bit of the key changes half of the hash", "[demux]") {
  const FastHash hash;
  const FourTuple4 key{0x0a000001, 0x0a000002, 80, 49152};
  double changed = 0;
  for (int bit = 0; bit < 96; ++bit) {
    auto words = std::bit_cast<std::array<std::uint32_t, 3>>(key);
    words[static_cast<std::size_t>(bit / 32)] ^= 1u << (bit % 32);
    changed += std::popcount(hash(key) ^ hash(std::bit_cast<FourTuple4>(words)));
  }
  CHECK(changed / 96 > 28);
  CHECK(changed / 96 < 36);
}

TEST_CASE("the seed changes a keyed hash, and no other", "[demux]") {
  const FourTuple4 key{0x0a000001, 0x0a000002, 80, 49152};
  const auto hash = [&](HashKind kind, std::uint64_t seed) { return AnyHash({kind, seed})(key); };
  CHECK(hash(HashKind::siphash, 1) == hash(HashKind::siphash, 1));
  CHECK(hash(HashKind::siphash, 1) != hash(HashKind::siphash, 2));
  for (const HashKind keyed : {HashKind::crc32c, HashKind::toeplitz_keyed}) {
    CHECK(hash(keyed, 1) == hash(keyed, 1));
    CHECK(hash(keyed, 1) != hash(keyed, 2));
  }
  for (const HashKind unkeyed : {HashKind::fast, HashKind::toeplitz, HashKind::sum}) {
    CHECK(hash(unkeyed, 1) == hash(unkeyed, 2));
  }
}

TEST_CASE("every hash has a name of its own", "[demux]") {
  for (std::size_t i = 0; i < kHashNames.size(); ++i) {
    CHECK(name_of(HashKind{static_cast<std::uint8_t>(i)}) == kHashNames[i]);
    CHECK(std::count(kHashNames.begin(), kHashNames.end(), kHashNames[i]) == 1);
  }
  CHECK(name_of(HashKind::sum) == "sum");
}

TEST_CASE("a hash of 32 bits is widened and keeps its low half", "[demux]") {
  CHECK(static_cast<std::uint32_t>(widened(0x12345678)) == 0x12345678);
  CHECK(widened(1) >> 32 != widened(2) >> 32);
  CHECK(AnyHash({HashKind::sum, 0})(FourTuple4{1, 2, 3, 4}) == widened(10));
}

TEST_CASE("sums of clients that count up fill any number of chains evenly", "[demux]") {
  for (const std::uint32_t chains : {19u, 100u, 128u}) {
    std::vector<int> counts(chains);
    for (std::uint32_t i = 0; i < chains * 20; ++i) {
      const FourTuple6 key{{1, 2, 3, 4}, {0x20010db8, 0, 0, i}, 80, 49152};
      ++counts[SumHash()(key) % chains];
    }
    CHECK(counts == std::vector<int>(chains, 20));
  }
}

TEST_CASE("SipHash of many keys is that of each", "[demux]") {
  const SipTupleHash hash(HashConfig{HashKind::siphash, 42});
  Rng rng(7, {StreamKind::test});
  const auto part = [&] { return static_cast<std::uint32_t>(rng.next()); };
  std::vector<FourTuple4> keys;
  for (std::size_t count = 0; count < 50; ++count) {
    CAPTURE(count);
    std::vector<std::uint64_t> hashes(count + 1, 12345);
    hash.many(keys, hashes.data());
    for (std::size_t i = 0; i < count; ++i) REQUIRE(hashes[i] == hash(keys[i]));
    CHECK(hashes[count] == 12345);
    keys.push_back({part(), part(), port(part()), port(part())});
  }
}

}  // namespace demuxsim
