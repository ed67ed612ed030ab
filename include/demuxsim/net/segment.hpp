// One TCP segment on its way: header fields as they matter here, and a payload known by its length
// and by the stream it belongs to. Copied, never owned. An ICMP error that quotes a segment travels
// in the same form.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "demuxsim/net/endpoint.hpp"
#include "demuxsim/net/sequence.hpp"

namespace demuxsim {

/// TCP control bits at the places they have in the header (RFC 9293 section 3.1).
namespace flag {
inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kPsh = 0x08;
inline constexpr std::uint8_t kAck = 0x10;
inline constexpr std::uint8_t kUrg = 0x20;
}  // namespace flag

/// Names the bytes that one end of one connection sends: byte `offset` of a stream is a function
/// of the two. A receiver compares streams and offsets, so that a byte that reaches the wrong
/// connection cannot pass for the right one. Streams with meaning carry it in the number.
struct Stream {
  std::uint32_t value = 0;

  static constexpr std::uint32_t kAnnouncement = 0x8000'0000;
  /// The stream `PORT n\r\n`, by which a server tells a client the port to dial.
  static constexpr Stream announcing(Port port) { return {kAnnouncement | port.value}; }
  /// The stream of the end that sends from `source` to `destination` starting at `iss`.
  static Stream of(const Endpoint& source, const Endpoint& destination, SequenceNumber iss);

  constexpr bool is_announcement() const { return (value & kAnnouncement) != 0; }
  /// Precondition: is_announcement().
  constexpr Port announced_port() const { return Port{static_cast<std::uint16_t>(value)}; }
  /// The byte at `offset` (from 0). Printable, so that a capture can be read.
  std::uint8_t byte_at(std::uint64_t offset) const;
  /// How many bytes the announcement has. Precondition: is_announcement().
  std::uint32_t announcement_bytes() const;

  friend constexpr bool operator==(Stream, Stream) = default;
};

/// A range of sequence numbers that a receiver holds ahead of a gap (RFC 2018).
struct SackBlock {
  SequenceNumber begin;
  SequenceNumber end;
  friend constexpr bool operator==(SackBlock, SackBlock) = default;
};

/// What an ICMP error says of the segment it quotes (RFC 792, RFC 1122 section 3.2.2.1). The same
/// words stand for the errors of ICMPv6 (RFC 4443).
enum class IcmpError : std::uint8_t {
  none,                  ///< A TCP segment.
  net_unreachable,       ///< Destination unreachable, code 0.
  host_unreachable,      ///< Code 1.
  protocol_unreachable,  ///< Code 2.
  port_unreachable,      ///< Code 3.
  packet_too_big,        ///< Code 4: the next link's MTU is smaller, and fragmenting is forbidden.
  source_route_failed,   ///< Code 5.
  prohibited,            ///< Code 13: by a filter (RFC 1812 section 5.2.7.1).
  time_exceeded,         ///< The hop limit was reached on the way.
  parameter_problem,
};

inline constexpr std::size_t kIcmpErrorCount =
    static_cast<std::size_t>(IcmpError::parameter_problem) + 1;

struct Segment {
  static constexpr std::size_t kMostSackBlocks = 4;
  /// Which options are there, beside MSS and SACK blocks.
  enum Option : std::uint8_t {
    kTimestamps = 1,
    kWindowScale = 2,
    kSackPermitted = 4,
    kDamaged = 128,  ///< No option: bits changed on the way, so that the checksum is wrong.
  };

  std::uint64_t id = 0;  ///< One number for one segment on its whole way; 0 before it is sent.
  IpAddress source;
  IpAddress destination;
  Port source_port;
  Port destination_port;
  SequenceNumber seq;
  SequenceNumber ack;
  Stream stream;             ///< Of the payload; meaningless when that is empty.
  std::uint16_t window = 0;  ///< Bytes.
  std::uint16_t mss = 0;     ///< The MSS option, 0 if absent; on a SYN only.
  std::uint16_t payload_bytes = 0;
  std::uint8_t flags = 0;       ///< Of namespace flag.
  std::uint8_t hop_limit = 64;  ///< TTL or hop limit; a router counts it down.

  // Behind the first cache line stands what many segments do without.
  std::uint32_t ts_value = 0;  ///< TSval and TSecr of RFC 7323, with kTimestamps.
  std::uint32_t ts_echo = 0;
  std::array<SackBlock, kMostSackBlocks> sack{};  ///< The first sack_count of them.
  /// How many SENDs of the process end in its stream up to the end of this payload: no header
  /// field, but how a receiving process finds the end of a message however segments are cut.
  std::uint32_t sends = 0;
  std::uint8_t options = 0;       ///< Of Option.
  std::uint8_t sack_count = 0;    ///< How many SACK blocks it carries.
  std::uint8_t window_shift = 0;  ///< With kWindowScale; on a SYN only.
  /// An ICMP error: from who reports it, to the sender of the segment it quotes. Ports are seen
  /// from there: destination_port is that segment's source port. `seq` is that segment's, `mss` the
  /// next link's MTU in packet_too_big, quoted_destination() where it was going.
  IcmpError icmp = IcmpError::none;

  constexpr bool has(std::uint8_t any_of) const { return (flags & any_of) != 0; }
  constexpr bool has_option(Option option) const { return (options & option) != 0; }
  constexpr bool is_ipv4() const { return source.is_ipv4(); }
  /// SEG.LEN of RFC 9293: payload, and one each for SYN and FIN.
  constexpr std::uint32_t length() const {
    return std::uint32_t{payload_bytes} + (has(flag::kSyn) ? 1 : 0) + (has(flag::kFin) ? 1 : 0);
  }
  /// Bytes of the TCP options, padded with no-operations as real stacks do.
  constexpr std::uint32_t option_bytes() const {
    if ((mss | options | sack_count) == 0) return 0;
    const auto with = [&](Option option, std::uint32_t bytes) {
      return has_option(option) ? bytes : 0;
    };
    if (has(flag::kSyn)) {
      const std::uint32_t bytes = (mss != 0 ? 4u : 0u) + with(kSackPermitted, 2) +
                                  with(kTimestamps, 10) + with(kWindowScale, 3);
      return (bytes + 3) / 4 * 4;
    }
    return with(kTimestamps, 12) + (sack_count != 0 ? 4u + 8u * sack_count : 0u);
  }
  /// Bytes of the IP datagram: IP header (20 or 40), TCP header with options, payload. An ICMP
  /// error has a header of 8 bytes and quotes an IP header and 8 bytes more.
  constexpr std::uint32_t ip_bytes() const {
    const std::uint32_t header = is_ipv4() ? 20u : 40u;
    if (icmp != IcmpError::none) return header + 8 + header + 8;
    return header + 20u + option_bytes() + payload_bytes;
  }
  /// Where the segment that an ICMP error quotes was going. An error carries no SACK blocks, so the
  /// address stands in their place.
  constexpr IpAddress quoted_destination() const {
    return IpAddress::ipv6(std::uint64_t{sack[0].begin.value} << 32 | sack[0].end.value,
                           std::uint64_t{sack[1].begin.value} << 32 | sack[1].end.value);
  }
  constexpr Endpoint from() const { return {source, source_port}; }
  constexpr Endpoint to() const { return {destination, destination_port}; }
};

static_assert(sizeof(Segment) == 112 && std::is_trivially_copyable_v<Segment>);

/// An empty segment from where `in` went back to where it came from.
constexpr Segment back_to_sender(const Segment& in) {
  Segment out;
  out.source = in.destination;
  out.destination = in.source;
  out.source_port = in.destination_port;
  out.destination_port = in.source_port;
  return out;
}

/// The ICMP error by which `reporter` tells the sender of `quoted` what became of it. An error is
/// never told of an error (RFC 1122 section 3.2.2). Precondition: quoted is a TCP segment.
Segment icmp_error(IcmpError error, const IpAddress& reporter, const Segment& quoted);

std::string_view name_of(IcmpError error);  ///< "host-unreachable", ...

}  // namespace demuxsim
