// A TCP segment as the bytes that a TUN device gives and takes: an IP datagram.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "demuxsim/net/segment.hpp"

namespace demuxsim::kernel {

struct Packet {
  Segment segment;    ///< What is in it, as far as the simulator knows such things.
  std::string bytes;  ///< As it travels.
};

/// Nothing for what is not a whole TCP segment in one datagram.
std::optional<Packet> parse_packet(std::string_view bytes);

/// The datagram of a segment that is made up, with valid checksums.
Packet make_packet(const Segment& segment);

}  // namespace demuxsim::kernel
