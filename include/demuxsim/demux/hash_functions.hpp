// Hashes of a 4-tuple. Each is a small object that holds its own seed, and gives the same number on
// every machine.
#pragma once

#include <bit>
#include <cstdint>

#include "demuxsim/core/random.hpp"
#include "demuxsim/core/units.hpp"
#include "demuxsim/net/four_tuple.hpp"

namespace demuxsim {

/// The product of two 64-bit numbers in 128 bits, its halves folded: one multiplication.
constexpr std::uint64_t folded_product(std::uint64_t a, std::uint64_t b) {
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// Multiplies the parts of the key, each masked with a secret. Fast, and spreads keys that count
/// up; whoever knows the seed can make keys collide.
class MultiplyHash {
 public:
  constexpr explicit MultiplyHash(std::uint64_t seed = 0)
      : first_(mix64(seed + 0x9e3779b97f4a7c15ULL)), second_(mix64(~seed)) {}

  constexpr std::uint64_t operator()(const FourTuple4& key) const {
    return finish(pair(key.local_address, key.remote_address), key);
  }

  constexpr std::uint64_t operator()(const FourTuple6& key) const {
    const auto& local = key.local_address;
    const auto& remote = key.remote_address;
    const std::uint64_t networks = product(pair(local[0], local[1]), pair(remote[0], remote[1]));
    const std::uint64_t hosts = product(pair(local[2], local[3]), pair(remote[2], remote[3]));
    return finish(networks ^ std::rotl(hosts, 32), key);
  }

 private:
  static constexpr std::uint64_t pair(std::uint32_t high, std::uint32_t low) {
    return std::uint64_t{high} << 32 | low;
  }
  constexpr std::uint64_t product(std::uint64_t a, std::uint64_t b) const {
    return folded_product(a ^ first_, b ^ second_);
  }
  /// The second product breaks up the lattice that addresses and ports which both count up leave
  /// in the first.
  template <class Key>
  constexpr std::uint64_t finish(std::uint64_t addresses, const Key& key) const {
    return product(product(addresses, pair(key.local_port, key.remote_port)), addresses);
  }

  std::uint64_t first_;
  std::uint64_t second_;
};

}  // namespace demuxsim
