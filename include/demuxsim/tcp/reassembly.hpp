// What has arrived ahead of its turn: ranges of a peer's stream that wait for a gap to be filled.
// A connection has one only while there is such a gap.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "demuxsim/net/segment.hpp"

namespace demuxsim {

/// A piece of a peer's stream: `bytes` of text from `begin`, and perhaps the FIN behind them.
struct Text {
  SequenceNumber begin;
  std::uint32_t bytes = 0;
  Stream stream;
  std::uint32_t sends = 0;  ///< SENDs of the peer that end up to its end; 0: not known.
  bool fin = false;
  bool push = false;

  constexpr SequenceNumber end() const { return begin + bytes; }
};

/// All sequence numbers held at a time lie in one receive window. RFC 9293 SHLD-31.
class Reassembly {
 public:
  /// Keeps the bytes of `text` that are not held yet: what came first stays. Of a FIN the first
  /// one stays, too.
  void add(Text text);

  /// Removes and returns the first range if it begins at `next` or before, without what lies
  /// before `next`; nothing if there is a gap. A range wholly in the past is dropped.
  std::optional<Text> take(SequenceNumber next);

  bool begins_at(SequenceNumber next) const {
    return ranges_.empty() ? has_fin_at(next) : ranges_.front().begin == next;
  }
  bool has_fin_at(SequenceNumber next) const { return fin_ && fin_at_ == next; }
  /// A FIN that text has passed by was none. Call when `next` has moved.
  void forget_fin_before(SequenceNumber next) { fin_ = fin_ && fin_at_ >= next; }
  bool empty() const { return ranges_.empty() && !fin_; }
  /// The ranges held, in order; neighbours of the same stream are one.
  const std::vector<Text>& ranges() const { return ranges_; }
  /// Writes as many ranges as there is room for as SACK blocks, the one that came last first, as
  /// RFC 2018 section 4 has it. Returns how many.
  std::uint8_t blocks(std::span<SackBlock> out) const;

 private:
  void join_neighbours();

  std::vector<Text> ranges_;  ///< Sorted, without overlap, `fin` never set.
  SequenceNumber latest_;     ///< In the range that came last.
  SequenceNumber fin_at_;
  bool fin_ = false;
};

}  // namespace demuxsim
