// Maximum segment sizes: payload bytes of a segment, headers not counted (RFC 9293 section 3.7.1).
#pragma once

#include <cstdint>

#include "demuxsim/net/address.hpp"
#include "demuxsim/tcp/config.hpp"

namespace demuxsim {

/// The MSS option that an end sends, and the most it sends itself; never 0.
constexpr std::uint16_t own_mss(const TcpConfig& config, Family family) {
  const std::uint16_t longer_header = family == Family::ipv6 ? 20 : 0;  // MUST-67
  if (config.mss <= longer_header) return 1;
  return static_cast<std::uint16_t>(config.mss - longer_header);
}

/// What to take for the MSS of a peer that sent no such option. RFC 9293 MUST-15.
constexpr std::uint16_t default_mss(Family family) {
  return family == Family::ipv6 ? 1220 : 536;  // MUST-15
}

}  // namespace demuxsim
