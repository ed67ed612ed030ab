#include "picture/sent_before.hpp"

#include "demuxsim/core/random.hpp"

namespace demuxsim {

bool SentBefore::note(const TraceRecord& sent) {
  const Segment& segment = sent.segment;
  if (segment.has(flag::kRst)) return false;
  const std::uint32_t length = segment.length();
  if (length == 0) return false;
  const SequenceNumber next = segment.seq + length;
  const auto [place, is_new] = ends_.try_emplace(End{sent.host, segment.from(), segment.to()},
                                                 Sent{segment.seq, next, segment.flags});
  if (is_new) return false;
  Sent& before = place->second;
  const bool begins =
      segment.has(flag::kSyn) && (segment.seq != before.first || segment.flags != before.syn_flags);
  if (begins) {
    before = {segment.seq, next, segment.flags};
    return false;
  }
  if (next <= before.next) return segment.seq >= before.first;
  before.next = next;
  return false;
}

std::size_t SentBefore::EndHash::operator()(const End& end) const {
  std::uint64_t hash = end.host.value;
  for (const Endpoint& each : {end.local, end.peer}) {
    hash = mix64(hash ^ each.address.high());
    hash = mix64(hash ^ each.address.low());
    hash = mix64(hash ^ each.port.value);
  }
  return static_cast<std::size_t>(hash);
}

}  // namespace demuxsim
