// One thing that happened, as plain data: what every output (text, JSONL, captures) is made from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "demuxsim/core/errno.hpp"
#include "demuxsim/core/ids.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/net/segment.hpp"

namespace demuxsim {

enum class TraceKind : std::uint8_t {
  segment_sent,      ///< segment, process.
  segment_received,  ///< segment.
  segment_dropped,   ///< segment, reason; host is the sender's, or of the host that dropped it.
  demux,             ///< segment, rule, examined_*, process and fd of the receiver (or none).
  state,             ///< from, to, result, segment.from() = local end, segment.to() = peer.
  port,              ///< port_action, port(), amount.
  call,              ///< call, result, segment.to() = its address argument, amount.
  probe,             ///< A step of the look-up whose demux record follows: from = its kind, to =
                     ///< matched, examined_* = number and count, amount = hash; segment.from() and
                     ///< to() = the local end and the peer of the entry compared, if any.
};

/// Which rule of the look-up found the receiver.
enum class LookupRule : std::uint8_t {
  exact_4_tuple,
  listener_address,
  listener_any,
  reuseport_hash,
  time_wait,
  port_switch,
  no_match,
};

enum class DropReason : std::uint8_t {
  none,
  loss,          ///< The link lost it, by chance.
  queue_full,    ///< The link's queue had no room.
  link_down,     ///< The link is down, or was cut with the segment on it.
  partition,     ///< The two ends are on different sides of a partition.
  no_route,      ///< No way to the destination.
  hop_limit,     ///< Went round in circles.
  host_down,     ///< Nobody has this address any more.
  backlog_full,  ///< The listener's backlog had no room for this SYN.
  no_port,       ///< The server had no ephemeral port left for this SYN.
  not_for_us,    ///< Reached a host that does not have the destination address.
  checksum,      ///< Damaged on the way; the receiving host's checksum shows it.
  unacceptable,  ///< TCP ignores it (RFC 9293): e.g. a reset nobody is concerned with.
};

enum class PortAction : std::uint8_t { bound, allocated, released };

enum class SocketCall : std::uint8_t {
  bind,
  listen,
  connect,
  accept,
  send,
  receive,
  shutdown,
  close,
  abort,
  exit,
  reboot,
  inject,
};

inline constexpr std::size_t kLookupRuleCount = static_cast<std::size_t>(LookupRule::no_match) + 1;
inline constexpr std::size_t kDropReasonCount =
    static_cast<std::size_t>(DropReason::unacceptable) + 1;

std::string_view name_of(LookupRule rule);    ///< "exact-4-tuple", ... as PRODUCT lists them.
std::string_view name_of(DropReason reason);  ///< "loss", "queue-full", ...
std::string_view name_of(PortAction action);  ///< "bound", "allocated", "released".
std::string_view name_of(SocketCall call);    ///< "bind", ...

/// The name a scenario gives a socket: an entry of its name list and, where a step repeats, which
/// repetition (`a1.3`). None for sockets without a name.
struct SocketName {
  static constexpr std::uint32_t kNone = 0xffffffff;
  static constexpr std::uint32_t kFirst = 0x8000'0000;  ///< Mark in `base`, see first().
  std::uint32_t base = kNone;
  std::uint32_t index = kNone;  ///< kNone where the step does not repeat.
  constexpr explicit operator bool() const { return base != kNone; }
  /// Names the connection to a well-known port whose server announces another: `a1.first`.
  constexpr SocketName first() const {
    return base == kNone ? *this : SocketName{base | kFirst, index};
  }
  constexpr SocketName conversation() const {
    return base == kNone ? *this : SocketName{base & ~kFirst, index};
  }
  constexpr bool is_first() const { return base != kNone && (base & kFirst) != 0; }
  friend constexpr bool operator==(SocketName, SocketName) = default;
};

inline constexpr std::int32_t kNoDescriptor = -1;

struct TraceRecord {
  SimTime at;
  HostId host;
  /// Within the host; none where no process is concerned. Of segment_sent: whose connection sends
  /// it, none where the host itself answers. Of segment_received: none, its demux record tells.
  ProcessId process;
  SocketName socket;
  std::int32_t fd = kNoDescriptor;
  TraceKind kind = TraceKind::segment_sent;
  std::uint8_t from = 0;  ///< TcpState, kind state.
  std::uint8_t to = 0;    ///< TcpState, kind state.
  union {
    LookupRule rule = LookupRule::no_match;  ///< Kind demux.
    DropReason reason;                       ///< Kind segment_dropped.
    PortAction port_action;                  ///< Kind port; the port is segment.source_port.
    SocketCall call;                         ///< Kind call.
  };
  Errno result = Errno::ok;  ///< Kind call. Kind state: what the owner is told of this end.
  std::uint32_t examined_connections = 0;  ///< Kind demux: full comparisons of 4-tuples.
  std::uint32_t examined_listeners = 0;    ///< Kind demux: full comparisons of listeners.
  std::uint64_t amount = 0;  ///< Call: bytes, or a listen's backlog. Port: looks at an allocation.
  Segment segment;
};

static_assert(sizeof(TraceRecord) <= 176 && std::is_trivially_copyable_v<TraceRecord>);

}  // namespace demuxsim
