// Segments of one connection as lines of a log, for tests about what crossed the wire.
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/conversations.hpp"

namespace demuxsim::test {

inline const Endpoint kOpener{IpAddress::ipv4(0x0a00000b), Port{50000}};
inline const Endpoint kTarget{IpAddress::ipv4(0x0a000001), Port{80}};

struct WireLine {
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint16_t bytes = 0;
  std::int64_t at_ms = 0;
  std::uint16_t window = 1000;
};

/// A segment from one end to the other.
inline kernel::SeenSegment sent(const Endpoint& from, const Endpoint& to, unsigned flags,
                                WireLine line) {
  kernel::SeenSegment seen;
  seen.at = kStart + std::chrono::milliseconds{line.at_ms};
  seen.segment.source = from.address;
  seen.segment.source_port = from.port;
  seen.segment.destination = to.address;
  seen.segment.destination_port = to.port;
  seen.segment.flags = static_cast<std::uint8_t>(flags);
  seen.segment.seq = {line.seq};
  seen.segment.ack = {line.ack};
  seen.segment.payload_bytes = line.bytes;
  seen.segment.window = line.window;
  return seen;
}
inline kernel::SeenSegment there(unsigned flags, WireLine line) {
  return sent(kOpener, kTarget, flags, line);
}
inline kernel::SeenSegment back(unsigned flags, WireLine line) {
  return sent(kTarget, kOpener, flags, line);
}

}  // namespace demuxsim::test
