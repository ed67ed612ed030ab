// What a host's TCP is set to; one for a host, shared by all its connections that have none of
// their own.
#pragma once

#include <cstdint>

#include "demuxsim/core/time.hpp"

namespace demuxsim {

/// How initial sequence numbers are made.
enum class IssMode : std::uint8_t {
  zero,     ///< Always 0: easy to read on a blackboard.
  rfc6528,  ///< Clock-driven, with a keyed hash of the 4-tuple (RFC 6528 section 3).
};

/// What limits how much may be on its way. RFC 9293 section 3.8.2, MUST-19.
enum class Congestion : std::uint8_t {
  none,     ///< The peer's window alone.
  newreno,  ///< RFC 5681 and RFC 6582.
  cubic,    ///< RFC 9438.
};

/// When text that has come in order is acknowledged. RFC 9293 section 3.8.6.3.
enum class AckPolicy : std::uint8_t {
  immediate,  ///< Each segment at once.
  delayed,    ///< Every second full-sized segment, else after `delayed_ack`.
  /// As Linux: at once until the process has answered something, later as `delayed`; a FIN waits
  /// for the process to close, too.
  adaptive,
};

/// What `rto_min` is to the computed timeout.
enum class RtoFloor : std::uint8_t {
  timeout,    ///< The least it can be: RFC 6298 (2.4).
  variation,  ///< The least that 4 * RTTVAR can be, as in Linux.
  addition,   ///< Added to it, as in FreeBSD.
};

/// Whether a small segment waits while something is unacknowledged. RFC 9293 section 3.7.4.
enum class Nagle : std::uint8_t {
  off,
  on,        ///< It waits for all that is unacknowledged.
  minshall,  ///< It waits for small segments only, as in Linux.
};

/// Which SYN takes the place of a connection in TIME-WAIT. RFC 9293 MAY-2, RFC 6191.
enum class TimeWaitReuse : std::uint8_t {
  never,
  sequence,    ///< One whose sequence number is beyond all that was received.
  timestamps,  ///< Also one with a larger timestamp.
};

/// Which ICMP errors end a connection; the others are remembered (RFC 9293 section 3.9.2.2).
enum class IcmpRule : std::uint8_t {
  hard,            ///< Hard ones (protocol or port unreachable): SHLD-26.
  hard_handshake,  ///< Hard ones, before the handshake is done: RFC 5927 section 5.2.
  any_handshake,   ///< All, before the handshake is done, as in Linux.
};

/// When a listener answers a SYN without remembering it (RFC 4987 section 3.6).
enum class SynCookies : std::uint8_t { never, when_full, always };

/// Durations of 0 switch off what they belong to, unless it is said otherwise.
struct TcpConfig {
  using Seconds = std::chrono::seconds;
  using Millis = std::chrono::milliseconds;

  Duration msl = Seconds{120};        ///< RFC 9293 section 3.4.2; TIME-WAIT lasts twice this.
  Duration rto_initial = Seconds{1};  ///< RFC 6298 (2.1).
  Duration rto_min = Seconds{1};      ///< RFC 6298 (2.4).
  Duration rto_max = Seconds{60};     ///< RFC 6298 (2.5); at least 60 s there.
  RtoFloor rto_floor = RtoFloor::timeout;
  std::uint32_t syn_retries = 6;     ///< Retransmissions of a SYN before giving up.
  std::uint32_t synack_retries = 6;  ///< The same of a SYN,ACK.
  std::uint32_t data_retries = 8;    ///< Retransmissions of data or FIN before giving up.
  Duration user_timeout{0};          ///< Give up when so long nothing is acknowledged, too.
  Duration fin_wait_2_timeout{0};    ///< How long a closed socket waits for the peer's FIN.

  Duration keepalive_idle{0};  ///< After so long without a word a probe asks. RFC 9293 3.8.4.
  Duration keepalive_interval = Seconds{75};  ///< Between probes; at least 1 ns.
  std::uint32_t keepalive_probes = 9;         ///< Unanswered ones before giving up.

  std::uint32_t window = 65535;  ///< Receive buffer, bytes.
  std::uint16_t mss = 1460;      ///< Announced for IPv4; 20 less for IPv6.
  std::uint8_t hop_limit = 64;   ///< TTL of IPv4. RFC 9293 MUST-49.
  std::uint8_t window_shift = 0;
  bool window_scaling = false;         ///< RFC 7323 section 2, with that shift.
  bool timestamps = false;             ///< RFC 7323 sections 3 to 5, with PAWS.
  bool tolerate_no_timestamp = false;  ///< A segment without the agreed timestamp counts.
  bool sack = false;                   ///< RFC 2018, and RFC 6675 for recovery.
  bool window_in_segments = false;  ///< The buffer grows to a multiple of the MSS, as in FreeBSD.

  Congestion congestion = Congestion::none;
  std::uint16_t initial_window = 0;  ///< Segments; 0: as many as RFC 5681 section 3.1 allows.
  bool limited_transmit = true;      ///< RFC 3042.

  bool empty_probes =
      false;  ///< A closed window is probed by an old number, as in Linux, no octet.
  Nagle nagle = Nagle::off;
  AckPolicy acks = AckPolicy::immediate;
  Duration delayed_ack = Millis{200};  ///< At most 500 ms by RFC 9293 MUST-40; at least 1 ns.

  bool challenge_reset = true;  ///< RFC 5961 section 3; else a RST anywhere in the window counts.
  bool challenge_syn = true;    ///< RFC 5961 section 4; else a SYN in the window resets.
  Duration challenge_interval{0};    ///< Between two challenge ACKs (RFC 5961 section 7).
  bool reset_acknowledges = false;   ///< A RST that ends a connection carries an ACK, too.
  bool epipe_in_close_wait = false;  ///< A RST tells EPIPE after the peer's FIN, as in Linux.
  bool quick_syn_retry = false;      ///< A SYN that meets an old connection goes again soon: Linux.
  bool drop_syn_fin = false;         ///< SYN with FIN counts for nothing.
  bool blackhole = false;            ///< A SYN to a closed port is not answered.
  IcmpRule icmp = IcmpRule::hard;
  TimeWaitReuse time_wait_reuse = TimeWaitReuse::sequence;
  bool time_wait_wants_ack = false;  ///< What has no ACK counts for nothing in TIME-WAIT: FreeBSD.
  SynCookies syn_cookies = SynCookies::never;
  IssMode iss = IssMode::rfc6528;

  friend bool operator==(const TcpConfig&, const TcpConfig&) = default;
};

}  // namespace demuxsim
