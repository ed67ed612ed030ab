// The sequence numbers a receiver is ready to take: which segments are acceptable.
#pragma once

#include "demuxsim/net/segment.hpp"

namespace demuxsim {

/// RCV.NXT and RCV.WND of RFC 9293 section 3.3.1.
struct ReceiveWindow {
  SequenceNumber next;
  std::uint32_t size = 0;

  constexpr bool contains(SequenceNumber number) const { return number - next < size; }

  /// The four cases of RFC 9293 section 3.10.7.4, first check.
  constexpr bool accepts(const Segment& in) const {
    if (contains(in.seq)) return true;
    if (size == 0) return in.seq == next && in.length() == 0;
    return in.length() > 0 && contains(in.seq + (in.length() - 1));
  }
};

}  // namespace demuxsim
