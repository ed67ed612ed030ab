// Hashes of a 4-tuple. Each is a small object made from a HashConfig, and gives the same number on
// every machine.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

#include "demuxsim/core/random.hpp"
#include "demuxsim/core/siphash.hpp"
#include "demuxsim/core/units.hpp"
#include "demuxsim/net/four_tuple.hpp"

namespace demuxsim {

/// The hashes that a scenario can choose by name.
enum class HashKind : std::uint8_t {
  siphash,         ///< Keyed: nobody without the key can foresee it.
  fast,            ///< Not keyed.
  crc32c,          ///< Seeded, but linear: keys that collide do so under every seed.
  toeplitz,        ///< Of receive-side scaling, with the key that network cards are shipped with.
  toeplitz_keyed,  ///< The same with a secret key.
  sum,             ///< Addresses and ports added up: spreads clients that count up perfectly.
};

inline constexpr std::array<std::string_view, 6> kHashNames = {
    "siphash", "fast", "crc32c", "toeplitz", "toeplitz-keyed", "sum"};

constexpr std::string_view name_of(HashKind kind) {
  return kHashNames[static_cast<std::size_t>(kind)];
}

struct HashConfig {
  HashKind kind = HashKind::siphash;
  std::uint64_t seed = 0;  ///< Of the secret, for those that have one.
};

/// Makes 64 bits of a hash of 32: the low half is the hash itself, so what its bits have in common
/// stays to be seen where a table takes the low ones; the high half is the hash well mixed.
constexpr std::uint64_t widened(std::uint32_t hash) { return mix64(hash) << 32 | hash; }

/// The product of two 64-bit numbers in 128 bits, its halves folded: one multiplication.
constexpr std::uint64_t folded_product(std::uint64_t a, std::uint64_t b) {
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// Hash "fast": multiplies the parts of the key. It spreads keys that count up, and whoever knows
/// it can make keys that collide.
class FastHash {
 public:
  constexpr explicit FastHash(const HashConfig& = {}) {}

  constexpr std::uint64_t operator()(const FourTuple4& key) const {
    return finish(key.addresses(), key);
  }

  constexpr std::uint64_t operator()(const FourTuple6& key) const {
    const auto& local = key.local_address;
    const auto& remote = key.remote_address;
    const std::uint64_t networks = product(pair(local[0], local[1]), pair(remote[0], remote[1]));
    const std::uint64_t hosts = product(pair(local[2], local[3]), pair(remote[2], remote[3]));
    return finish(networks ^ std::rotl(hosts, 32), key);
  }

 private:
  /// Any odd-looking numbers do; these are mix64 of 1 and 2.
  static constexpr std::uint64_t kFirst = mix64(1);
  static constexpr std::uint64_t kSecond = mix64(2);

  static constexpr std::uint64_t pair(std::uint32_t high, std::uint32_t low) {
    return std::uint64_t{high} << 32 | low;
  }
  static constexpr std::uint64_t product(std::uint64_t a, std::uint64_t b) {
    return folded_product(a ^ kFirst, b ^ kSecond);
  }
  /// The second product breaks up the lattice that addresses and ports which both count up leave
  /// in the first.
  template <class Key>
  static constexpr std::uint64_t finish(std::uint64_t addresses, const Key& key) {
    const std::uint32_t ports = std::uint32_t{key.remote_port} << 16 | key.local_port;
    return product(product(addresses, ports), addresses);
  }
};

/// Hash "sum": what stacks of old made of a key. Neighbours get neighbouring hashes, so clients or
/// ports that count up share out evenly among any number of chains; anyone can make keys collide.
class SumHash {
 public:
  constexpr explicit SumHash(const HashConfig& = {}) {}

  constexpr std::uint32_t operator()(const FourTuple4& key) const {
    return key.local_address + key.remote_address + key.local_port + key.remote_port;
  }
  constexpr std::uint32_t operator()(const FourTuple6& key) const {
    std::uint32_t sum = std::uint32_t{key.local_port} + key.remote_port;
    for (const std::uint32_t word : key.local_address) sum += word;
    for (const std::uint32_t word : key.remote_address) sum += word;
    return sum;
  }
};

/// Hash "siphash": SipHash-1-3 of the key's bytes as they stand in memory on a little-endian
/// machine.
class SipTupleHash {
 public:
  constexpr explicit SipTupleHash(const HashConfig& config = {})
      : key_{mix64(config.seed), mix64(~config.seed)} {}

  constexpr std::uint64_t operator()(const FourTuple4& key) const {
    return SipHash13(key_).add(key.addresses()).finish(ports(key), sizeof(std::uint32_t));
  }
  constexpr std::uint64_t operator()(const FourTuple6& key) const {
    const auto& local = key.local_address;
    const auto& remote = key.remote_address;
    return SipHash13(key_)
        .add(pair(local[0], local[1]))
        .add(pair(local[2], local[3]))
        .add(pair(remote[0], remote[1]))
        .add(pair(remote[2], remote[3]))
        .finish(ports(key), sizeof(std::uint32_t));
  }
  /// The same of each of several keys, in a third of the time where the processor has AVX2.
  /// Precondition: there is room for as many hashes.
  void many(std::span<const FourTuple4> keys, std::uint64_t* hashes) const;

 private:
  static constexpr std::uint64_t pair(std::uint32_t first, std::uint32_t second) {
    return std::uint64_t{second} << 32 | first;
  }
  template <class Key>
  static constexpr std::uint64_t ports(const Key& key) {
    return pair(key.local_port | std::uint32_t{key.remote_port} << 16, 0);
  }

  SipKey key_;
};

}  // namespace demuxsim
