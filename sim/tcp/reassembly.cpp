#include "demuxsim/tcp/reassembly.hpp"

#include <algorithm>

namespace demuxsim {

void Reassembly::add(Text text) {
  if (text.fin && !fin_) {
    fin_ = true;
    fin_at_ = text.end();
  }
  SequenceNumber begin = text.begin;
  auto range = std::find_if(ranges_.begin(), ranges_.end(),
                            [begin](const Text& each) { return each.end() > begin; });
  while (begin < text.end()) {
    const bool in_gap = range == ranges_.end() || begin < range->begin;
    if (in_gap) {
      const bool fits = range == ranges_.end() || text.end() <= range->begin;
      const SequenceNumber end = fits ? text.end() : range->begin;
      range = ranges_.insert(range, {begin, end - begin, text.stream, false, text.push && fits});
    }
    begin = range->end();
    ++range;
  }
  join_neighbours();
}

std::optional<Text> Reassembly::take(SequenceNumber next) {
  while (!ranges_.empty() && ranges_.front().begin <= next) {
    Text first = ranges_.front();
    ranges_.erase(ranges_.begin());
    if (first.end() <= next) continue;
    first.bytes = first.end() - next;
    first.begin = next;
    return first;
  }
  return std::nullopt;
}

void Reassembly::join_neighbours() {
  if (ranges_.empty()) return;
  auto last = ranges_.begin();
  for (auto each = last + 1; each != ranges_.end(); ++each) {
    if (last->end() == each->begin && last->stream == each->stream && !last->push) {
      last->bytes += each->bytes;
      last->push = each->push;
    } else {
      *++last = *each;
    }
  }
  ranges_.erase(last + 1, ranges_.end());
}

}  // namespace demuxsim
