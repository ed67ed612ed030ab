#include "demuxsim/report/story.hpp"

#include "demuxsim/report/lookup_words.hpp"

namespace demuxsim {

bool begins_moment(const TraceRecord& before, const TraceRecord& record) {
  switch (record.kind) {
    case TraceKind::segment_sent:
    case TraceKind::segment_received:
    case TraceKind::call:
      return true;
    case TraceKind::segment_dropped:
      // A host may look up a segment and then drop it.
      return before.segment.id != record.segment.id || before.host != record.host;
    case TraceKind::demux:
    case TraceKind::state:
    case TraceKind::port:
    case TraceKind::probe:
      return before.host != record.host || before.at != record.at;
  }
  return true;
}

void Story::consume(std::span<const TraceRecord> records) {
  for (const TraceRecord& record : records) {
    connections_.note(record);
    count(record);
    keep(record);
  }
}

void Story::count(const TraceRecord& record) {
  switch (record.kind) {
    case TraceKind::segment_sent:
      ++sums_.segments;
      return;
    case TraceKind::demux:
      ++sums_.lookups;
      sums_.examined_connections += record.examined_connections;
      sums_.examined_listeners += record.examined_listeners;
      return;
    case TraceKind::port:
      ports_seen_.insert(std::uint64_t{record.host.value} << 16 | record.segment.source_port.value);
      sums_.ports = ports_seen_.size();
      return;
    default:
      return;
  }
}

void Story::keep(const TraceRecord& record) {
  const bool sent = record.kind == TraceKind::segment_sent;
  const Segment relative = connections_.relative(record.segment);
  StoryRecord kept{record, relative.seq, relative.ack, {}};
  if (record.kind == TraceKind::demux) {
    kept.state = connections_.state_of(record.segment.to(), remote_end_of(record.segment));
  }
  if (!first_is_full_) {
    const bool full = sums_.segments > most_segments_ || first_.size() == most_records_;
    first_is_full_ = full && !first_.empty() && begins_moment(first_.back().record, record);
  }
  if (!first_is_full_) {
    first_.push_back(kept);
    return;
  }
  last_.push_back(kept);
  if (sent) ++segments_in_last_;
  while (segments_in_last_ > most_segments_ || last_.size() > most_records_) drop_oldest();
}

/// Leaves out the oldest moment of the last part, and the first part's moments from the view of
/// the sockets.
void Story::drop_oldest() {
  if (!gap_) {
    for (const StoryRecord& each : first_) leave_out(each.record);
    gap_.at = first_.size();
    gap_.from = last_.front().record.at;
  }
  for (;;) {
    const TraceRecord oldest = last_.front().record;
    last_.pop_front();
    leave_out(oldest);
    gap_.to = oldest.at;
    ++gap_.records;
    if (oldest.kind == TraceKind::segment_sent) {
      ++gap_.segments;
      --segments_in_last_;
    }
    if (last_.empty() || begins_moment(oldest, last_.front().record)) return;
  }
}

/// What was before the last part is known by what it left behind.
void Story::leave_out(const TraceRecord& record) {
  sockets_.note(record);
  ports_.consume({&record, 1});
}

void Story::finish() {
  first_.insert(first_.end(), last_.begin(), last_.end());
  last_.clear();
  for (std::size_t i = 0; i < first_.size(); ++i) {
    const bool begins =
        i == 0 || (gap_ && i == gap_.at) || begins_moment(first_[i - 1].record, first_[i].record);
    if (begins) moments_.push_back({i, 0});
    ++moments_.back().count;
  }
}

}  // namespace demuxsim
