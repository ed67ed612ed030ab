#include "demuxsim/report/resent.hpp"

#include <utility>

#include "demuxsim/tcp/state.hpp"

namespace demuxsim {

bool ResentBook::note(const TraceRecord& record) {
  const Segment& segment = record.segment;
  const End end{record.host, segment.from(), segment.to()};
  if (record.kind == TraceKind::state) {
    // The next connection between these two counts from anywhere.
    if (record.to != static_cast<std::uint8_t>(TcpState::closed)) return false;
    recent_.erase(end);
    older_.erase(end);
    return false;
  }
  if (record.kind != TraceKind::segment_sent || segment.length() == 0) return false;
  const SequenceNumber next = segment.seq + segment.length();
  Sent* const known = find(end);
  const bool begins =
      known == nullptr ||
      (segment.has(flag::kSyn) && (segment.seq != known->first || segment.flags != known->flags));
  if (begins) {
    remember(end, {segment.seq, next, segment.flags});
    return false;
  }
  const bool is_again = segment.seq < known->next;
  if (known->next < next) known->next = next;
  return is_again;
}

void ResentBook::clear() {
  recent_.clear();
  older_.clear();
}

ResentBook::Sent* ResentBook::find(const End& end) {
  if (const auto found = recent_.find(end); found != recent_.end()) return &found->second;
  const auto found = older_.find(end);
  if (found == older_.end()) return nullptr;
  const Sent sent = found->second;
  older_.erase(found);
  remember(end, sent);
  return &recent_.find(end)->second;
}

void ResentBook::remember(const End& end, Sent sent) {
  if (recent_.size() >= kRemembered) older_ = std::exchange(recent_, {});
  recent_.insert_or_assign(end, sent);
}

}  // namespace demuxsim
