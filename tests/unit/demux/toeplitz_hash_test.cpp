#include "demuxsim/demux/toeplitz_hash.hpp"

#include <bit>
#include <cstdint>
#include <vector>

#include "support/catch.hpp"

namespace demuxsim {
namespace {

/// Of Microsoft's "Verifying the RSS hash calculation".
struct Vector {
  const char* source;
  std::uint16_t source_port;
  const char* destination;
  std::uint16_t destination_port;
  std::uint32_t of_addresses;
  std::uint32_t of_all;
};

constexpr Vector kVectors[] = {
    {"66.9.149.187", 2794, "161.142.100.80", 1766, 0x323e8fc2, 0x51ccc178},
    {"199.92.111.2", 14230, "65.69.140.83", 4739, 0xd718262a, 0xc626b0ea},
    {"24.19.198.95", 12898, "12.22.207.184", 38024, 0xd2d0a5de, 0x5c2b394a},
    {"38.27.205.30", 48228, "209.142.163.6", 2217, 0x82989176, 0xafc7327f},
    {"153.39.163.191", 44251, "202.188.127.2", 1303, 0x5d1809c5, 0x10e828a2},
    {"3ffe:2501:200:1fff::7", 2794, "3ffe:2501:200:3::1", 1766, 0x2cc18cd5, 0x40207d3d},
    {"3ffe:501:8::260:97ff:fe40:efab", 14230, "ff02::1", 4739, 0x0f0c461c, 0xdde51bbf},
    {"3ffe:1900:4545:3:200:f8ff:fe21:67cf", 44251, "fe80::200:f8ff:fe21:67cf", 38024, 0x4b61e985,
     0x02d1feef},
};

/// The definition: for each bit set, the 32 bits of the key from there on.
std::uint32_t bit_by_bit(const ToeplitzKey& key, const std::vector<std::uint8_t>& input) {
  const auto key_bit = [&](std::size_t at) {
    return std::uint32_t{key[at / 8]} >> (7 - at % 8) & 1u;
  };
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < input.size() * 8; ++at) {
    if ((input[at / 8] >> (7 - at % 8) & 1) == 0) continue;
    std::uint32_t window = 0;
    for (std::size_t i = 0; i < 32; ++i) window = window << 1 | key_bit(at + i);
    sum ^= window;
  }
  return sum;
}

void append(std::vector<std::uint8_t>& bytes, std::uint32_t number, int count) {
  while (count-- > 0) bytes.push_back(static_cast<std::uint8_t>(number >> (8 * count)));
}

template <class Key>
void check_vector(const Vector& vector, const Key& key) {
  const ToeplitzRow* const rows = kPublishedToeplitzRows.data();
  CHECK(toeplitz(rows, key) == vector.of_all);
  CHECK(toeplitz_of_addresses(rows, key) == vector.of_addresses);
  CHECK(ToeplitzHash()(key) == vector.of_all);
}

}  // namespace

TEST_CASE("the Toeplitz hash of Microsoft's verification suite", "[demux]") {
  for (const Vector& vector : kVectors) {
    CAPTURE(vector.source);
    const auto remote = IpAddress::parse(vector.source);
    const auto local = IpAddress::parse(vector.destination);
    REQUIRE((remote && local));
    const Port remote_port{vector.source_port};
    const Port local_port{vector.destination_port};
    if (remote->is_ipv4()) {
      check_vector(vector, four_tuple4(*local, local_port, *remote, remote_port));
    } else {
      check_vector(vector, four_tuple6(*local, local_port, *remote, remote_port));
    }
  }
}

TEST_CASE("the Toeplitz hash with a secret key is that of its definition", "[demux]") {
  Rng rng(1, {StreamKind::test});
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto word = [&] { return static_cast<std::uint32_t>(rng.next()); };
    const FourTuple6 key{{word(), word(), word(), word()},
                         {word(), word(), word(), word()},
                         static_cast<std::uint16_t>(word()),
                         static_cast<std::uint16_t>(word())};
    std::vector<std::uint8_t> header;
    for (const std::uint32_t each : key.remote_address) append(header, each, 4);
    for (const std::uint32_t each : key.local_address) append(header, each, 4);
    append(header, key.remote_port, 2);
    append(header, key.local_port, 2);
    REQUIRE(ToeplitzHash({HashKind::toeplitz_keyed, seed})(key) ==
            bit_by_bit(secret_toeplitz_key(seed), header));
    REQUIRE(ToeplitzHash({HashKind::toeplitz, seed})(key) ==
            bit_by_bit(kPublishedToeplitzKey, header));
  }
}

TEST_CASE("secret keys of the Toeplitz hash differ from seed to seed", "[demux]") {
  CHECK(secret_toeplitz_key(1) == secret_toeplitz_key(1));
  CHECK(secret_toeplitz_key(1) != secret_toeplitz_key(2));
  int bits = 0;
  for (const std::uint8_t byte : secret_toeplitz_key(3)) bits += std::popcount(byte);
  CHECK(bits > 120);
  CHECK(bits < 200);
}

TEST_CASE("the published key tells the two directions of a connection apart", "[demux]") {
  const FourTuple4 key{0x0a000001, 0x0a000002, 80, 49152};
  const FourTuple4 reverse{0x0a000002, 0x0a000001, 49152, 80};
  CHECK(ToeplitzHash()(key) != ToeplitzHash()(reverse));
}

}  // namespace demuxsim
