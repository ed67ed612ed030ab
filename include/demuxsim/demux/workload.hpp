// What to measure a demultiplexer with: keys of connections, and the orders in which their segments
// come. Each is worked out number by number, the same on every machine, and nothing is allocated.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "demuxsim/core/random.hpp"
#include "demuxsim/net/four_tuple.hpp"

namespace demuxsim {

enum class KeySet : std::uint8_t {
  one_server,  ///< One server's port 80, as clients that count up connect to it from many ports.
  random,      ///< All parts of the key by chance.
};

inline constexpr std::array<std::string_view, 2> kKeySetNames = {"one-server", "random"};

constexpr std::string_view name_of(KeySet keys) {
  return kKeySetNames[static_cast<std::size_t>(keys)];
}

/// The key of one connection; different numbers below 2^32 have different keys. Those that a table
/// has not been given are for look-ups in vain.
template <class Key>
constexpr Key connection_key(KeySet keys, std::uint32_t number) {
  static_assert(std::is_same_v<Key, FourTuple4> || std::is_same_v<Key, FourTuple6>);
  constexpr bool kIpv4 = std::is_same_v<Key, FourTuple4>;
  if (keys == KeySet::one_server) {
    constexpr std::uint32_t kPortsOfClient = 64;
    const std::uint32_t client = number / kPortsOfClient;
    const auto port = static_cast<std::uint16_t>(49152 + number % kPortsOfClient);
    if constexpr (kIpv4) {
      return {0x0a000001, 0x0a010000 + client, 80, port};
    } else {
      return {{0x20010db8, 0, 0, 1}, {0x20010db8, 1, 0, client}, 80, port};
    }
  }
  // mix64 gives no number twice, so no pair of addresses comes twice.
  const std::uint64_t first = mix64(number + 1ULL);
  const std::uint64_t second = mix64(first);
  const auto half = [](std::uint64_t bits, int shift) {
    return static_cast<std::uint32_t>(bits >> shift);
  };
  const auto port = [](std::uint64_t bits, int shift) {
    return static_cast<std::uint16_t>(bits >> shift);
  };
  if constexpr (kIpv4) {
    return {half(first, 0), half(first, 32), port(second, 0), port(second, 16)};
  } else {
    const std::uint64_t third = mix64(second);
    return {{0x20010db8, half(third, 0), half(first, 0), half(second, 32)},
            {0x20010db8, half(third, 32), half(first, 32), half(mix64(third), 0)},
            port(second, 0),
            port(second, 16)};
  }
}

enum class LookupOrder : std::uint8_t {
  uniform,  ///< Each segment is of any connection, all alike.
  zipf,     ///< The k-th most popular connection has a share of 1/k (Zipf's law, exponent 1).
  trains,   ///< Packet trains (Jain and Routhier 1986): a connection's segments come several in a
            ///< row, eight in the mean, the number geometrically distributed.
};

inline constexpr std::array<std::string_view, 3> kLookupOrderNames = {"uniform", "zipf", "trains"};

constexpr std::string_view name_of(LookupOrder order) {
  return kLookupOrderNames[static_cast<std::size_t>(order)];
}

/// Which connection each segment is of, without end.
class Lookups {
 public:
  /// Precondition: 0 < connections < 2^31.
  Lookups(LookupOrder order, std::uint32_t connections, Rng rng)
      : rng_(rng), connections_(connections), order_(order), current_(below(connections)) {}

  /// The number of a connection, below their count.
  std::uint32_t next() {
    if (order_ == LookupOrder::zipf) return scattered(zipf_rank());
    if (order_ == LookupOrder::uniform || !rng_.chance(kTrainGoesOn))
      current_ = below(connections_);
    return current_;
  }

 private:
  static constexpr Ratio kTrainGoesOn{7, 8};

  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(rng_.below(bound)); }

  /// A rank from 1 with a chance of exactly 1/rank to 1/1. The ranks from one power of two to the
  /// next weigh nearly alike together: one such octave is drawn, a rank in it, and that is kept
  /// with the chance by which it weighs less than the octave's first.
  std::uint32_t zipf_rank() {
    const auto octaves = static_cast<std::uint32_t>(std::bit_width(connections_));
    while (true) {
      const std::uint32_t first = 1u << below(octaves);
      const std::uint32_t rank = first + below(first);
      if (rank <= connections_ && below(rank) < first) return rank;
    }
  }

  /// Popular connections are not neighbours: another number for each rank, by a prime factor.
  std::uint32_t scattered(std::uint32_t rank) const {
    constexpr std::uint64_t kPrime = 2'654'435'761;
    return static_cast<std::uint32_t>(rank * kPrime % connections_);
  }

  Rng rng_;
  std::uint32_t connections_;
  LookupOrder order_;
  std::uint32_t current_;  ///< The connection of the train that is passing.
};

}  // namespace demuxsim
