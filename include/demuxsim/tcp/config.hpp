// What a host's TCP is set to; one for a host, shared by all its connections.
#pragma once

#include <cstdint>

#include "demuxsim/core/time.hpp"

namespace demuxsim {

/// How initial sequence numbers are made.
enum class IssMode : std::uint8_t {
  zero,     ///< Always 0: easy to read on a blackboard.
  rfc6528,  ///< Clock-driven, with a keyed hash of the 4-tuple (RFC 6528 section 3).
};

struct TcpConfig {
  using Seconds = std::chrono::seconds;

  Duration msl = Seconds{120};        ///< RFC 9293 section 3.4.2; TIME-WAIT lasts twice this.
  Duration rto_initial = Seconds{1};  ///< RFC 6298 (2.1).
  Duration rto_min = Seconds{1};      ///< RFC 6298 (2.4).
  Duration rto_max = Seconds{60};     ///< RFC 6298 (2.5); at least 60 s there.
  std::uint32_t syn_retries = 6;      ///< Retransmissions of a SYN or SYN,ACK before giving up.
  std::uint32_t data_retries = 8;     ///< Retransmissions of data or FIN before giving up.
  std::uint16_t mss = 1460;           ///< Announced for IPv4; 20 less for IPv6.
  std::uint16_t window = 65535;       ///< Receive window, bytes.
  IssMode iss = IssMode::rfc6528;
};

}  // namespace demuxsim
