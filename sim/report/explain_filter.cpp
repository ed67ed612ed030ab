#include "demuxsim/report/explain_filter.hpp"

#include <algorithm>

namespace demuxsim {

void ExplainFilter::consume(std::span<const TraceRecord> records) {
  if (over_) return;
  for (const TraceRecord& record : records) {
    // One segment meets its fate in one instant; what comes later is none of its story.
    over_ = choice_.segment && count_ != 0 && record.at != found_at_;
    if (over_) break;
    note(record);
    switch (record.kind) {
      case TraceKind::probe:
        probes_.push_back(record);  // Of the look-up that comes next.
        break;
      case TraceKind::demux:
      case TraceKind::segment_dropped:
        if (is_chosen(record)) {
          ++count_;
          found_at_ = record.at;
          passed_.insert(passed_.end(), probes_.begin(), probes_.end());
          passed_.push_back(record);
        }
        probes_.clear();
        break;
      default:
        passed_.push_back(record);
    }
  }
  explain_.consume(passed_);
  passed_.clear();
}

bool ExplainFilter::is_chosen(SocketName name) const {
  if (!name) return false;
  const SocketName wanted = choice_.socket;
  return wanted.base == name.base &&
         (wanted.index == SocketName::kNone || wanted.index == name.index);
}

bool ExplainFilter::is_chosen(const TraceRecord& record) const {
  const Segment& segment = record.segment;
  if (choice_.segment && segment.id != *choice_.segment) return false;
  if (!choice_.socket) return true;
  return std::any_of(ends_.begin(), ends_.end(), [&](const Ends& ends) {
    const bool from_it = ends.local == segment.from() && ends.peer == segment.to();
    const bool to_it = ends.local == segment.to() && ends.peer == segment.from();
    return from_it || to_it;
  });
}

/// Ends belong to the socket from its first state on, until a socket of another name has them.
void ExplainFilter::note(const TraceRecord& record) {
  if (record.kind == TraceKind::segment_sent) ++segments_;
  if (record.kind != TraceKind::state || !choice_.socket) return;
  const Ends ends{record.host, record.segment.from(), record.segment.to()};
  const auto known = std::find(ends_.begin(), ends_.end(), ends);
  const bool chosen = is_chosen(record.socket);
  if (chosen && known == ends_.end()) ends_.push_back(ends);
  if (!chosen && record.socket && known != ends_.end()) ends_.erase(known);
}

}  // namespace demuxsim
