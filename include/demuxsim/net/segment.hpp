// One TCP segment on its way: header fields as they matter here, and a payload known by its length
// and by the stream it belongs to. Copied, never owned.
#pragma once

#include <cstdint>
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

struct Segment {
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

  constexpr bool has(std::uint8_t any_of) const { return (flags & any_of) != 0; }
  constexpr bool is_ipv4() const { return source.is_ipv4(); }
  /// SEG.LEN of RFC 9293: payload, and one each for SYN and FIN.
  constexpr std::uint32_t length() const {
    return std::uint32_t{payload_bytes} + (has(flag::kSyn) ? 1 : 0) + (has(flag::kFin) ? 1 : 0);
  }
  /// Bytes of the IP datagram: IP header (20 or 40), TCP header with options, payload.
  constexpr std::uint32_t ip_bytes() const {
    return (is_ipv4() ? 20u : 40u) + 20u + (mss != 0 ? 4u : 0u) + payload_bytes;
  }
  constexpr Endpoint from() const { return {source, source_port}; }
  constexpr Endpoint to() const { return {destination, destination_port}; }
};

static_assert(sizeof(Segment) == 64 && std::is_trivially_copyable_v<Segment>);

}  // namespace demuxsim
