// What tells one connection of a host from another, as that host sees it: local end, remote end.
// Two key types, 12 bytes for IPv4 and 36 for IPv6, each with a table of its own.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <type_traits>

#include "demuxsim/net/endpoint.hpp"

namespace demuxsim {

struct FourTuple4 {
  std::uint32_t local_address = 0;
  std::uint32_t remote_address = 0;
  std::uint16_t local_port = 0;
  std::uint16_t remote_port = 0;
  friend constexpr auto operator<=>(const FourTuple4&, const FourTuple4&) = default;
  /// Without a branch within: scanning a list of keys is much of what this is for.
  friend constexpr bool operator==(const FourTuple4& a, const FourTuple4& b) {
    return ((a.addresses() ^ b.addresses()) | (a.ports() ^ b.ports())) == 0;
  }
  /// In the order in which they stand in memory on a little-endian machine, so that each is one
  /// load.
  constexpr std::uint64_t addresses() const {
    return std::uint64_t{remote_address} << 32 | local_address;
  }
  constexpr std::uint32_t ports() const { return std::uint32_t{remote_port} << 16 | local_port; }
};

struct FourTuple6 {
  std::uint32_t local_address[4] = {};
  std::uint32_t remote_address[4] = {};
  std::uint16_t local_port = 0;
  std::uint16_t remote_port = 0;
  friend constexpr auto operator<=>(const FourTuple6&, const FourTuple6&) = default;
};

static_assert(sizeof(FourTuple4) == 12 && std::has_unique_object_representations_v<FourTuple4>);
static_assert(sizeof(FourTuple6) == 36 && std::has_unique_object_representations_v<FourTuple6>);

/// Precondition: both addresses are IPv4.
constexpr FourTuple4 four_tuple4(const IpAddress& local, Port local_port, const IpAddress& remote,
                                 Port remote_port) {
  return {local.ipv4_bits(), remote.ipv4_bits(), local_port.value, remote_port.value};
}

constexpr FourTuple6 four_tuple6(const IpAddress& local, Port local_port, const IpAddress& remote,
                                 Port remote_port) {
  const auto word = [](std::uint64_t half, int shift) {
    return static_cast<std::uint32_t>(half >> shift);
  };
  return {
      {word(local.high(), 32), word(local.high(), 0), word(local.low(), 32), word(local.low(), 0)},
      {word(remote.high(), 32), word(remote.high(), 0), word(remote.low(), 32),
       word(remote.low(), 0)},
      local_port.value,
      remote_port.value};
}

constexpr Endpoint local_of(const FourTuple4& key) {
  return {IpAddress::ipv4(key.local_address), Port{key.local_port}};
}
constexpr Endpoint remote_of(const FourTuple4& key) {
  return {IpAddress::ipv4(key.remote_address), Port{key.remote_port}};
}
constexpr IpAddress address6(const std::uint32_t (&words)[4]) {
  return IpAddress::ipv6(std::uint64_t{words[0]} << 32 | words[1],
                         std::uint64_t{words[2]} << 32 | words[3]);
}
constexpr Endpoint local_of(const FourTuple6& key) {
  return {address6(key.local_address), Port{key.local_port}};
}
constexpr Endpoint remote_of(const FourTuple6& key) {
  return {address6(key.remote_address), Port{key.remote_port}};
}

}  // namespace demuxsim
