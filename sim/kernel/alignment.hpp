// The segments of one connection in two runs, side by side. Judged are flags, sequence and
// acknowledgement, length and, for each direction, order; how the two directions are interleaved is
// what the acknowledgements tell. Times are judged only so far as a timer must have another value.
// What may differ though both are right is explained: when data are acknowledged, how a stretch of
// bytes is cut into segments, which of two timers is the first.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "kernel/conversations.hpp"

namespace demuxsim::kernel {

enum class Judgement : std::uint8_t {
  same,
  delayed_ack,    ///< One side acknowledges by itself what the other does by a later segment.
  window_update,  ///< An acknowledgement again, since the window has grown.
  coalesced,      ///< One side sends in one segment what the other sends in several.
  timer_tick,     ///< A SYN,ACK twice within a tick of Linux's timers, or the answer to the second.
  push,           ///< PSH alone differs; Linux sets it now and then within what one call sends.
  other_time,     ///< Alike, but so far apart that no timer of Linux is that late.
  differs,
};

constexpr bool is_difference(Judgement judgement) { return judgement >= Judgement::other_time; }
constexpr bool is_explained(Judgement judgement) {
  return judgement != Judgement::same && !is_difference(judgement);
}

/// "delayed ACK", "coalescing" ...
std::string_view name_of(Judgement judgement);

struct AlignedSegment {
  std::optional<SeenSegment> simulated;  ///< Relative, as in Conversation.
  std::optional<SeenSegment> kernel;
  bool by_opener = true;
  Judgement judgement = Judgement::same;
};

/// In the simulator's order, with what the kernel alone has where it fits.
std::vector<AlignedSegment> align(const ConversationPair& pair);

}  // namespace demuxsim::kernel
