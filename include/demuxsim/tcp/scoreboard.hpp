// What the peer has told to hold ahead of a gap: the sender's side of selective acknowledgement
// (RFC 2018, RFC 6675). A connection has one only while there is such a gap.
#pragma once

#include <cstdint>
#include <vector>

#include "demuxsim/net/segment.hpp"

namespace demuxsim {

class Scoreboard {
 public:
  /// Takes what `in` reports between `una` and `next`, where nothing else can be true. True where
  /// that is news, which makes the segment a duplicate acknowledgement (RFC 6675 section 2).
  bool update(const Segment& in, SequenceNumber una, SequenceNumber next);
  /// Everything before `una` is acknowledged.
  void pass(SequenceNumber una);

  bool empty() const { return ranges_.empty(); }
  std::uint32_t bytes() const { return bytes_; }
  /// How many of the numbers from `begin` up to `end` are held.
  std::uint32_t bytes_between(SequenceNumber begin, SequenceNumber end) const;
  /// The first number from `from` on that is not held.
  SequenceNumber skip(SequenceNumber from) const;
  /// Where the first range that begins behind `from` begins; `limit` if none does before that.
  SequenceNumber hole_end(SequenceNumber from, SequenceNumber limit) const;
  /// Up to where all that is not held counts as lost: IsLost() of RFC 6675 section 4, three ranges
  /// or more than two segments of `mss` bytes lie above. `una` where nothing does.
  SequenceNumber lost_until(SequenceNumber una, std::uint32_t mss) const;

 private:
  bool add(SackBlock block);

  std::vector<SackBlock> ranges_;  ///< Sorted, without touching each other.
  std::uint32_t bytes_ = 0;
};

}  // namespace demuxsim
