// What TCP does with a segment that belongs to no connection: pure functions of the segment.
#pragma once

#include <cstdint>
#include <optional>

#include "demuxsim/net/segment.hpp"

namespace demuxsim {

/// The reset that the sender of `in` will believe. Precondition: `in` is no RST.
/// RFC 9293 section 3.5.2, groups 1 and 2.
constexpr Segment reset_for(const Segment& in) {
  Segment out = back_to_sender(in);
  if (in.has(flag::kAck)) {
    out.seq = in.ack;
    out.flags = flag::kRst;
  } else {
    out.ack = in.seq + in.length();
    out.flags = flag::kRst | flag::kAck;
  }
  return out;
}

/// The answer where there is no connection and nobody listens: a reset, and none to a reset.
/// RFC 9293 section 3.10.7.1.
constexpr std::optional<Segment> arrive_in_closed(const Segment& in) {
  if (in.has(flag::kRst)) return std::nullopt;
  return reset_for(in);
}

enum class ListenVerdict : std::uint8_t {
  ignore,
  reset,  ///< Answer with reset_for.
  admit,  ///< A SYN: open_from_syn, if the backlog has room.
};

/// RFC 9293 section 3.10.7.2.
constexpr ListenVerdict arrive_in_listen(const Segment& in) {
  if (in.has(flag::kRst)) return ListenVerdict::ignore;
  if (in.has(flag::kAck)) return ListenVerdict::reset;
  return in.has(flag::kSyn) ? ListenVerdict::admit : ListenVerdict::ignore;
}

}  // namespace demuxsim
