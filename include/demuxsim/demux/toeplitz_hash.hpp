// Hashes "toeplitz" and "toeplitz-keyed": the one by which network cards spread segments over
// queues (Microsoft, "RSS hashing types" and "Verifying the RSS hash calculation", Windows Driver
// Kit). For each bit that is set in the input, 32 bits of the key from that place on are added by
// exclusive or: so it is linear, and whoever knows the key can make keys that collide.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "demuxsim/core/random.hpp"
#include "demuxsim/demux/hash_functions.hpp"
#include "demuxsim/net/four_tuple.hpp"

namespace demuxsim {

using ToeplitzKey = std::array<std::uint8_t, 40>;

/// The key that Microsoft publishes for verification and most drivers ship with.
inline constexpr ToeplitzKey kPublishedToeplitzKey = {
    0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3,
    0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3,
    0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa};

constexpr ToeplitzKey secret_toeplitz_key(std::uint64_t seed) {
  ToeplitzKey key{};
  Rng rng(seed, {StreamKind::hash_secret});
  for (std::uint8_t& byte : key) byte = static_cast<std::uint8_t>(rng.next() >> 56);
  return key;
}

/// What four bits of input at one place add to the hash, by their value.
using ToeplitzRow = std::array<std::uint32_t, 16>;
/// For the 36 bytes of an IPv6 4-tuple; shorter inputs use the first rows.
inline constexpr std::size_t kToeplitzRows = 72;

/// `Rows` holds kToeplitzRows rows.
template <class Rows>
constexpr void fill_toeplitz_rows(const ToeplitzKey& key, Rows& rows) {
  const auto bits_from = [&](std::size_t bit) {
    std::uint64_t window = 0;  // 40 bits of the key, from the byte that holds the bit.
    for (std::size_t i = 0; i < 5; ++i) window = window << 8 | key[bit / 8 + i];
    return static_cast<std::uint32_t>(window >> (8 - bit % 8));
  };
  for (std::size_t row = 0; row < kToeplitzRows; ++row) {
    for (std::size_t value = 0; value < 16; ++value) {
      std::uint32_t sum = 0;
      for (std::size_t bit = 0; bit < 4; ++bit) {
        if ((value >> (3 - bit) & 1) != 0) sum ^= bits_from(4 * row + bit);
      }
      rows[row][value] = sum;
    }
  }
}

inline constexpr auto kPublishedToeplitzRows = [] {
  std::array<ToeplitzRow, kToeplitzRows> rows{};
  fill_toeplitz_rows(kPublishedToeplitzKey, rows);
  return rows;
}();

/// Takes the input 32 bits at a time, the first bit highest, as it stands in a header.
class ToeplitzSum {
 public:
  constexpr explicit ToeplitzSum(const ToeplitzRow* rows) : row_(rows) {}

  constexpr ToeplitzSum& add(std::uint32_t word) {
    for (int shift = 28; shift >= 0; shift -= 4) sum_ ^= (*row_++)[word >> shift & 15];
    return *this;
  }
  constexpr ToeplitzSum& add(const std::uint32_t (&words)[4]) {
    for (const std::uint32_t word : words) add(word);
    return *this;
  }
  constexpr std::uint32_t sum() const { return sum_; }

 private:
  const ToeplitzRow* row_;
  std::uint32_t sum_ = 0;
};

/// The hash of a segment that arrives for this connection: its source is the remote end. The order
/// is source address, destination address, source port, destination port.
template <class Key>
constexpr std::uint32_t toeplitz(const ToeplitzRow* rows, const Key& key) {
  return ToeplitzSum(rows)
      .add(key.remote_address)
      .add(key.local_address)
      .add(std::uint32_t{key.remote_port} << 16 | key.local_port)
      .sum();
}

/// The same of the addresses alone, as cards do it for what has no ports.
template <class Key>
constexpr std::uint32_t toeplitz_of_addresses(const ToeplitzRow* rows, const Key& key) {
  return ToeplitzSum(rows).add(key.remote_address).add(key.local_address).sum();
}

/// With the published key, or one drawn from the seed. 32 bits; see widened().
class ToeplitzHash {
 public:
  explicit ToeplitzHash(const HashConfig& config = {HashKind::toeplitz, 0}) {
    if (config.kind != HashKind::toeplitz_keyed) return;
    secret_.resize(kToeplitzRows);
    fill_toeplitz_rows(secret_toeplitz_key(config.seed), secret_);
  }

  template <class Key>
  std::uint32_t operator()(const Key& key) const {
    return toeplitz(secret_.empty() ? kPublishedToeplitzRows.data() : secret_.data(), key);
  }

 private:
  std::vector<ToeplitzRow> secret_;  ///< Empty: the published key.
};

}  // namespace demuxsim
