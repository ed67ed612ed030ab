// Hash "crc32c": the cyclic redundancy check of iSCSI and SCTP (RFC 3720 section 12.1, RFC 9260
// appendix A), which processors compute in one instruction. It starts from a secret value, but it
// is linear: the secret changes all hashes alike, and keys that collide do so under every secret.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "demuxsim/core/random.hpp"
#include "demuxsim/demux/hash_functions.hpp"
#include "demuxsim/net/four_tuple.hpp"

namespace demuxsim {

/// kCrc32cTables[n][b]: what the byte b does to the remainder with n bytes behind it.
inline constexpr auto kCrc32cTables = [] {
  constexpr std::uint32_t kPolynomial = 0x82f63b78;  // 0x1edc6f41, its bits reflected.
  std::array<std::array<std::uint32_t, 256>, 4> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = rest >> 1 ^ ((rest & 1) != 0 ? kPolynomial : 0);
    tables[0][byte] = rest;
  }
  for (std::size_t n = 1; n < 4; ++n) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t rest = tables[n - 1][byte];
      tables[n][byte] = rest >> 8 ^ tables[0][rest & 0xff];
    }
  }
  return tables;
}();

/// The remainder after four more bytes, the first of them lowest in the word.
constexpr std::uint32_t crc32c_step(std::uint32_t rest, std::uint32_t word) {
  rest ^= word;
  return kCrc32cTables[3][rest & 0xff] ^ kCrc32cTables[2][rest >> 8 & 0xff] ^
         kCrc32cTables[1][rest >> 16 & 0xff] ^ kCrc32cTables[0][rest >> 24];
}

/// The check value of these bytes, by the standard's own starting value.
constexpr std::uint32_t crc32c(std::span<const std::uint8_t> bytes) {
  std::uint32_t rest = 0xffffffff;
  for (; bytes.size() >= 4; bytes = bytes.subspan(4)) {
    rest = crc32c_step(rest, bytes[0] | std::uint32_t{bytes[1]} << 8 |
                                 std::uint32_t{bytes[2]} << 16 | std::uint32_t{bytes[3]} << 24);
  }
  for (const std::uint8_t byte : bytes) rest = rest >> 8 ^ kCrc32cTables[0][(rest ^ byte) & 0xff];
  return ~rest;
}

/// Of the key's bytes as they stand in memory on a little-endian machine. 32 bits; see widened().
/// The seed 0 gives the standard's starting value.
class Crc32cHash {
 public:
  constexpr explicit Crc32cHash(const HashConfig& config = {})
      : start_(~static_cast<std::uint32_t>(mix64(config.seed))) {}

  template <class Key>
  constexpr std::uint32_t operator()(const Key& key) const {
    std::uint32_t rest = add(start_, key.local_address);
    rest = add(rest, key.remote_address);
    return ~crc32c_step(rest, key.local_port | std::uint32_t{key.remote_port} << 16);
  }

 private:
  static constexpr std::uint32_t add(std::uint32_t rest, std::uint32_t address) {
    return crc32c_step(rest, address);
  }
  static constexpr std::uint32_t add(std::uint32_t rest, const std::uint32_t (&address)[4]) {
    for (const std::uint32_t word : address) rest = crc32c_step(rest, word);
    return rest;
  }

  std::uint32_t start_;
};

}  // namespace demuxsim
