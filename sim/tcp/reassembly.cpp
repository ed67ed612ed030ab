#include "demuxsim/tcp/reassembly.hpp"

#include <algorithm>

namespace demuxsim {

void Reassembly::add(Text text) {
  if (text.fin && !fin_) {
    fin_ = true;
    fin_at_ = text.end();
  }
  if (text.bytes != 0) latest_ = text.begin;
  SequenceNumber begin = text.begin;
  auto range = std::find_if(ranges_.begin(), ranges_.end(),
                            [begin](const Text& each) { return each.end() > begin; });
  while (begin < text.end()) {
    const bool in_gap = range == ranges_.end() || begin < range->begin;
    if (in_gap) {
      const bool fits = range == ranges_.end() || text.end() <= range->begin;
      const SequenceNumber end = fits ? text.end() : range->begin;
      Text piece{begin, end - begin, text.stream};
      if (fits) piece.sends = text.sends;
      piece.push = text.push && fits;
      range = ranges_.insert(range, piece);
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
    const bool countable = last->sends != 0 || !last->push;
    if (last->end() == each->begin && last->stream == each->stream && countable) {
      last->bytes += each->bytes;
      last->push = each->push;
      if (each->sends != 0) last->sends = each->sends;
    } else {
      *++last = *each;
    }
  }
  ranges_.erase(last + 1, ranges_.end());
}

std::uint8_t Reassembly::blocks(std::span<SackBlock> out) const {
  std::size_t count = 0;
  const auto write = [&](const Text& range) {
    if (count < out.size()) out[count++] = {range.begin, range.end()};
  };
  const auto is_latest = [&](const Text& range) {
    return range.begin <= latest_ && latest_ < range.end();
  };
  for (const Text& range : ranges_) {
    if (is_latest(range)) write(range);
  }
  for (const Text& range : ranges_) {
    if (!is_latest(range)) write(range);
  }
  return static_cast<std::uint8_t>(count);
}

}  // namespace demuxsim
