// A segment as the bytes that cross a wire: Ethernet, IPv4 or IPv6, TCP, payload.
#pragma once

#include <cstdint>
#include <string>

#include "demuxsim/core/ids.hpp"
#include "demuxsim/net/segment.hpp"

namespace demuxsim {

/// Who sends an Ethernet frame to whom. The addresses are locally administered and made from the
/// number of the host (IEEE 802, section 8.4): 02:00 and four bytes.
struct FrameEnds {
  HostId source;
  HostId destination;  ///< None where nobody has the destination address: 02:ff:ff:ff:ff:ff.
};

/// The six bytes of a host's Ethernet address.
std::string ethernet_address(HostId host);

/// Appends the frame, with valid checksums (RFC 1071) and without padding or frame check sequence.
/// `payload_offset` is where the payload begins in its stream. No fragments; the identification of
/// IPv4 (RFC 6864) is the number of the segment, the MSS is the only option of TCP.
void append_frame(std::string& out, const Segment& segment, FrameEnds ends,
                  std::uint64_t payload_offset);

}  // namespace demuxsim
