// Between a script's numbers and those on the wire: whose segments it injects and expects, and by
// how much sequence numbers and timestamps of the host under test differ from the script's.
#pragma once

#include <cstdint>
#include <optional>

#include "demuxsim/net/segment.hpp"
#include "demuxsim/packetdrill/script.hpp"

namespace demuxsim::packetdrill {

/// The peer's numbers are the script's own; those of the host count from its SYN, and its clock
/// from the first timestamp that the script expects.
class Flow {
 public:
  Flow(const Endpoint& local, const Endpoint& remote) : local_(local), remote_(remote) {}

  const Endpoint& local() const { return local_; }
  const Endpoint& remote() const { return remote_; }
  bool has(const Segment& sent) const { return sent.from() == local_ && sent.to() == remote_; }

  /// The segment that the script injects, as it is on the wire.
  Segment injected(const SegmentPattern& pattern);
  /// An ICMP error about a segment that the host has sent; `next_mtu` in packet_too_big.
  Segment injected(IcmpError error, std::uint32_t next_mtu, const SegmentPattern& about) const;
  /// A segment of the host, as the script would write it.
  SegmentPattern written(const Segment& sent) const;
  /// Learns from a segment of the host: a SYN begins its numbers.
  void note_sent(const Segment& sent);
  /// Learns from what the script expects of that segment, before they are compared.
  void note_expected(const SegmentPattern& expected, const Segment& sent);

 private:
  std::uint32_t to_wire(std::uint32_t number) const { return number + offset_; }
  std::uint32_t to_script(SequenceNumber number) const { return number.value - offset_; }

  Endpoint local_;
  Endpoint remote_;
  SequenceNumber peer_iss_;
  std::uint32_t offset_ = 0;  ///< Wire minus script, of the host's sequence numbers.
  bool has_clock_ = false;
  std::uint32_t clock_offset_ = 0;  ///< The same of its timestamps.
};

}  // namespace demuxsim::packetdrill
