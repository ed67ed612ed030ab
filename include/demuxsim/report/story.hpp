// A run kept to be looked at: its records in order, for whatever draws them. Of a long run only the
// first and the last segments are kept, with what happened around them, and what the sockets were
// when the last part begins. It decides nothing about TCP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "demuxsim/report/connection_book.hpp"
#include "demuxsim/report/ledger_book.hpp"
#include "demuxsim/report/socket_book.hpp"
#include "demuxsim/trace/recorder.hpp"

namespace demuxsim {

struct StoryRecord {
  TraceRecord record;
  /// Of a segment, counted from the initial sequence number of its end where that is known.
  SequenceNumber relative_seq;
  SequenceNumber relative_ack;
  /// Of a look-up: the state then last seen at the end that the segment goes to.
  std::optional<TcpState> state;
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

/// Sums over the whole run, what was left out included.
struct StorySums {
  std::uint64_t segments = 0;  ///< That were sent.
  std::uint64_t lookups = 0;
  std::uint64_t examined_connections = 0;
  std::uint64_t examined_listeners = 0;
  std::uint64_t ports = 0;  ///< That were ever in use, on all hosts.
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
  /// Which ports were in use at the gap's end, and since when; empty without a gap.
  const LedgerBook& ports_at_gap() const { return ports_; }
  const StorySums& sums() const { return sums_; }
  /// Segments that were sent, those left out included.
  std::uint64_t segments() const { return sums_.segments; }

 private:
  void count(const TraceRecord& record);
  void keep(const TraceRecord& record);
  void drop_oldest();
  void leave_out(const TraceRecord& record);

  std::size_t most_segments_;
  std::size_t most_records_;
  ConnectionBook connections_;
  SocketBook sockets_;
  LedgerBook ports_;
  std::vector<StoryRecord> first_;
  std::deque<StoryRecord> last_;
  std::vector<Moment> moments_;
  StoryGap gap_;
  StorySums sums_;
  boost::unordered_flat_set<std::uint64_t> ports_seen_;  ///< Host and port in one number.
  std::size_t segments_in_last_ = 0;
  bool first_is_full_ = false;
};

/// Whether `record` opens a new moment after `before`.
bool begins_moment(const TraceRecord& before, const TraceRecord& record);

}  // namespace demuxsim
