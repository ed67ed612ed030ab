#include "demuxsim/demux/crc32c_hash.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <string_view>
#include <vector>

#include "demuxsim/demux/any_hash.hpp"
#include "support/catch.hpp"

namespace demuxsim {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// Division of polynomials bit by bit, as RFC 3720 section 12.1 words it, from a start of our own.
std::uint32_t divided(std::uint32_t start, const Bytes& bytes) {
  std::uint32_t rest = start;
  for (const std::uint8_t byte : bytes) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      const bool carry = ((rest ^ byte >> bit) & 1) != 0;
      rest = rest >> 1 ^ (carry ? 0x82f63b78 : 0);
    }
  }
  return ~rest;
}

template <class Key>
Bytes bytes_of(const Key& key) {
  static_assert(std::endian::native == std::endian::little);
  Bytes bytes(sizeof(Key));
  std::memcpy(bytes.data(), &key, sizeof(Key));
  return bytes;
}

FourTuple4 random_key(Rng& rng) {
  const std::uint64_t a = rng.next();
  const std::uint64_t b = rng.next();
  return {static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(a >> 32),
          static_cast<std::uint16_t>(b), static_cast<std::uint16_t>(b >> 16)};
}

}  // namespace

TEST_CASE("CRC32C of RFC 3720 appendix B.4", "[demux][rfc3720-B.4]") {
  Bytes up(32);
  Bytes down(32);
  for (std::uint8_t i = 0; i < 32; ++i) {
    up[i] = i;
    down[i] = static_cast<std::uint8_t>(31 - i);
  }
  Bytes read(48);  // An iSCSI READ (10) command.
  read[0] = 0x01;
  read[1] = 0xc0;
  read[16] = 0x14;
  read[22] = 0x04;
  read[27] = 0x14;
  read[31] = 0x18;
  read[32] = 0x28;
  read[40] = 0x02;
  CHECK(crc32c(Bytes(32, 0x00)) == 0x8a9136aa);
  CHECK(crc32c(Bytes(32, 0xff)) == 0x62a8ab43);
  CHECK(crc32c(up) == 0x46dd794e);
  CHECK(crc32c(down) == 0x113fdb5c);
  CHECK(crc32c(read) == 0xd9963a56);
}

TEST_CASE("CRC32C of the nine digits that all its users agree on", "[demux]") {
  const std::string_view digits = "123456789";
  CHECK(crc32c(Bytes(digits.begin(), digits.end())) == 0xe3069283);
  CHECK(crc32c({}) == 0);
}

TEST_CASE("the CRC32C of a key is that of its bytes", "[demux]") {
  const FourTuple6 key6{{0x20010db8, 1, 2, 3}, {0x20010db8, 4, 5, 6}, 80, 49152};
  CHECK(Crc32cHash()(key6) == crc32c(bytes_of(key6)));
  Rng rng(1, {StreamKind::test});
  for (int i = 0; i < 1000; ++i) {
    const FourTuple4 key = random_key(rng);
    REQUIRE(Crc32cHash()(key) == crc32c(bytes_of(key)));
    REQUIRE(Crc32cHash()(key) == divided(0xffffffff, bytes_of(key)));
  }
}

TEST_CASE("a seed of CRC32C changes all hashes by the same bits", "[demux]") {
  Rng rng(2, {StreamKind::test});
  const Crc32cHash plain;
  const Crc32cHash seeded({HashKind::crc32c, 99});
  const std::uint32_t change = plain(FourTuple4{}) ^ seeded(FourTuple4{});
  CHECK(change != 0);
  for (int i = 0; i < 1000; ++i) {
    const FourTuple4 key = random_key(rng);
    REQUIRE((plain(key) ^ seeded(key)) == change);
  }
}

}  // namespace demuxsim
