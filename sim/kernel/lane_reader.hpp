// One direction of one run as it is read to be aligned with the same direction of the other, and
// the questions that are asked of a segment there. Numbers are relative.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "kernel/seen_run.hpp"

namespace demuxsim::kernel {

/// How late a timer of Linux may be: a timer of a second has this grain where HZ is 100.
inline constexpr Duration kTick = std::chrono::milliseconds{80};

inline constexpr std::uint8_t kNotPush = static_cast<std::uint8_t>(~flag::kPsh);

using Lane = std::vector<SeenSegment>;  ///< Of one direction.

inline bool is_same_but_push(const Segment& a, const Segment& b) {
  return (a.flags & kNotPush) == (b.flags & kNotPush) && a.seq == b.seq &&
         (!a.has(flag::kAck) || a.ack == b.ack) && a.payload_bytes == b.payload_bytes;
}

inline bool is_same(const Segment& a, const Segment& b) {
  return is_same_but_push(a, b) && a.flags == b.flags;
}

inline bool is_pure_ack(const Segment& segment) {
  return segment.flags == flag::kAck && segment.payload_bytes == 0;
}

/// Of the second and third segment of a handshake; numbers are relative.
inline bool ends_handshake(const Segment& segment) {
  constexpr SequenceNumber kFirst{1};
  return segment.flags == (flag::kSyn | flag::kAck) ||
         (is_pure_ack(segment) && segment.sack_count == 0 && segment.seq == kFirst &&
          segment.ack == kFirst);
}

/// Data, a FIN or both, of a connection that is open.
inline bool has_bytes(const Segment& segment) {
  return segment.length() != 0 && !segment.has(flag::kSyn | flag::kRst);
}

inline SequenceNumber end_of(const Segment& segment) { return segment.seq + segment.length(); }

/// One direction of one run, read from front to back.
class LaneReader {
 public:
  explicit LaneReader(const Lane& lane) : lane_(lane) {}

  bool is_over() const { return next_ == lane_.size(); }
  const SeenSegment& front() const { return lane_[next_]; }
  const Segment& segment() const { return front().segment; }
  const SeenSegment* ahead(std::size_t count) const {
    return next_ + count < lane_.size() ? &lane_[next_ + count] : nullptr;
  }
  void pass() {
    if (segment().has(flag::kAck)) last_ = front();
    ++next_;
  }
  /// Whether the front repeats the acknowledgement of the one before.
  bool repeats() const { return last_ && segment().ack <= last_->segment.ack; }
  bool has_larger_window() const { return last_ && segment().window > last_->segment.window; }
  /// The time since the segment before the front.
  Duration pause() const {
    return next_ == 0 ? Duration{0} : lane_[next_].at - lane_[next_ - 1].at;
  }
  /// Whether the front is the one before it once more, and soon after it.
  bool comes_twice() const {
    return last_ && is_same(segment(), last_->segment) && front().at - last_->at <= kTick;
  }
  /// Whether the front acknowledges at least so much.
  bool acknowledges(SequenceNumber ack) const {
    return !is_over() && segment().has(flag::kAck) && segment().ack >= ack;
  }
  bool will_send(const Segment& wanted) const {
    return std::any_of(
        lane_.begin() + static_cast<std::ptrdiff_t>(next_), lane_.end(),
        [&](const SeenSegment& each) { return is_same_but_push(each.segment, wanted); });
  }

 private:
  const Lane& lane_;
  std::size_t next_ = 0;
  std::optional<SeenSegment> last_;  ///< The last one passed that had an acknowledgement.
};

}  // namespace demuxsim::kernel
