// IP addresses of both families in one 16-byte value, and prefixes of them.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "demuxsim/core/random.hpp"

namespace demuxsim {

enum class Family : std::uint8_t { ipv4, ipv6 };

/// An IPv4 or IPv6 address. IPv4 is held mapped (RFC 4291 section 2.5.5.2), so one comparison
/// orders both. The default value is `::`, which stands for "any address" in a socket.
class IpAddress {
 public:
  constexpr IpAddress() = default;
  static constexpr IpAddress ipv4(std::uint32_t bits) { return {0, kMapped | bits}; }
  static constexpr IpAddress ipv6(std::uint64_t high, std::uint64_t low) { return {high, low}; }
  /// Dotted quad (four decimal numbers without leading zeros) or RFC 4291 text, without zone or
  /// brackets; nothing for any other text.
  static std::optional<IpAddress> parse(std::string_view text);

  constexpr Family family() const {
    return high_ == 0 && (low_ >> 32) == (kMapped >> 32) ? Family::ipv4 : Family::ipv6;
  }
  constexpr bool is_ipv4() const { return family() == Family::ipv4; }
  /// `::` or `0.0.0.0`.
  constexpr bool is_unspecified() const { return high_ == 0 && (low_ == 0 || low_ == kMapped); }
  /// 127.0.0.0/8 or ::1 (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3).
  constexpr bool is_loopback() const {
    return is_ipv4() ? (ipv4_bits() >> 24) == 127 : high_ == 0 && low_ == 1;
  }
  /// 224.0.0.0/4 or ff00::/8 (RFC 1112 section 4, RFC 4291 section 2.7).
  constexpr bool is_multicast() const {
    return is_ipv4() ? (ipv4_bits() >> 28) == 0xe : (high_ >> 56) == 0xff;
  }
  /// 255.255.255.255 (RFC 919).
  constexpr bool is_broadcast() const { return is_ipv4() && ipv4_bits() == 0xffffffff; }

  /// One host's, as far as that can be seen.
  constexpr bool is_unicast() const {
    return !is_unspecified() && !is_multicast() && !is_broadcast();
  }

  /// Precondition: is_ipv4().
  constexpr std::uint32_t ipv4_bits() const { return static_cast<std::uint32_t>(low_); }
  constexpr std::uint64_t high() const { return high_; }
  constexpr std::uint64_t low() const { return low_; }

  /// This address counted up by `count`, or nothing past the end of its family's space.
  std::optional<IpAddress> plus(std::uint64_t count) const;

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  static constexpr std::uint64_t kMapped = 0xffff'0000'0000;
  constexpr IpAddress(std::uint64_t high, std::uint64_t low) : high_(high), low_(low) {}

  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

/// RFC 5952 for IPv6, dotted quad for IPv4, without brackets.
std::string to_string(const IpAddress& address);
/// Appends what to_string gives.
void append(std::string& out, const IpAddress& address);

struct IpAddressHash {
  std::size_t operator()(const IpAddress& address) const {
    return mix64(address.high() * 0x9e3779b97f4a7c15ULL ^ address.low());
  }
};

/// A network: `10.1.0.0/16`. The bits behind the length are 0.
struct IpPrefix {
  IpAddress address;
  std::uint8_t length = 0;  ///< 0..32 or 0..128, by the family of the address.

  /// Nothing for other text, a length out of range, or bits set behind it.
  static std::optional<IpPrefix> parse(std::string_view text);
  bool contains(const IpAddress& member) const;
  friend constexpr auto operator<=>(const IpPrefix&, const IpPrefix&) = default;
};

std::string to_string(const IpPrefix& prefix);

}  // namespace demuxsim
