// A run kept to be looked at: its records in order, for whatever draws them. Of a long run only the
// first and the last segments are kept, with what happened around them, and what the sockets were
// when the last part begins. It decides nothing about TCP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "demuxsim/report/connection_book.hpp"
#include "demuxsim/report/socket_book.hpp"
#include "demuxsim/trace/recorder.hpp"

namespace demuxsim {

struct StoryRecord {
  TraceRecord record;
  /// Of a segment, counted from the initial sequence number of its end where that is known.
  SequenceNumber relative_seq;
  SequenceNumber relative_ack;
};

/// Records that belong together: a segment that is sent; one that arrives, its look-up and the
/// states and ports it changed; a call and what it changed.
struct Moment {
  std::size_t first = 0;  ///< In Story::records().
  std::size_t count = 0;
};

/// What was left out between the first and the last part.
struct StoryGap {
  std::size_t at = 0;  ///< The record before which it lies, in Story::records().
  std::uint64_t segments = 0;
  std::uint64_t records = 0;
  SimTime from;  ///< The first record left out.
  SimTime to;    ///< The last one.
  explicit operator bool() const { return records != 0; }
};

class Story final : public TraceSink {
 public:
  static constexpr std::size_t kMostSegments = 5000;

  /// Keeps up to `most_segments` segments that were sent, the first and the last half of them, and
  /// at most twelve records for each.
  explicit Story(std::size_t most_segments = kMostSegments)
      : most_segments_(most_segments / 2), most_records_(most_segments / 2 * 12) {}

  /// The kinds to attach it with: all there are.
  static constexpr TraceKinds kinds() { return TraceKinds::happenings().with(TraceKind::probe); }

  void consume(std::span<const TraceRecord> records) override;

  /// To be called once, when the run is over; what follows needs it.
  void finish();
  const std::vector<StoryRecord>& records() const { return first_; }
  const std::vector<Moment>& moments() const { return moments_; }
  std::span<const StoryRecord> records_of(const Moment& moment) const {
    return std::span(first_).subspan(moment.first, moment.count);
  }
  const StoryGap& gap() const { return gap_; }
  /// The sockets as they were at the gap's end; empty without a gap.
  const SocketBook& sockets_at_gap() const { return sockets_; }
  /// Segments that were sent, those left out included.
  std::uint64_t segments() const { return segments_; }

 private:
  void keep(const TraceRecord& record);
  void drop_oldest();

  std::size_t most_segments_;
  std::size_t most_records_;
  ConnectionBook connections_;
  SocketBook sockets_;
  std::vector<StoryRecord> first_;
  std::deque<StoryRecord> last_;
  std::vector<Moment> moments_;
  StoryGap gap_;
  std::uint64_t segments_ = 0;
  std::size_t segments_in_last_ = 0;
  bool first_is_full_ = false;
};

/// Whether `record` opens a new moment after `before`.
bool begins_moment(const TraceRecord& before, const TraceRecord& record);

}  // namespace demuxsim
