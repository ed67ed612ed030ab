#include "demuxsim/tcp/scoreboard.hpp"

#include <algorithm>

namespace demuxsim {
namespace {

constexpr std::uint32_t kDupThresh = 3;  // RFC 6675 section 2.

}  // namespace

bool Scoreboard::update(const Segment& in, SequenceNumber una, SequenceNumber next) {
  bool news = false;
  for (std::size_t i = 0; i < in.sack_count; ++i) {
    const SackBlock block = in.sack[i];
    // By distances: what lies more than half the circle away compares as if it lay behind.
    const std::uint32_t begin = block.begin - una;
    const std::uint32_t end = block.end - una;
    const bool possible = begin > 0 && begin < end && end <= next - una;
    if (possible && add(block)) news = true;
  }
  return news;
}

/// Joins the block with all ranges it touches; false where it is held already.
bool Scoreboard::add(SackBlock block) {
  const auto first = std::find_if(ranges_.begin(), ranges_.end(),
                                  [&](const SackBlock& each) { return each.end >= block.begin; });
  auto last = first;
  std::uint32_t joined = 0;
  for (; last != ranges_.end() && last->begin <= block.end; ++last) {
    if (last->begin <= block.begin && block.end <= last->end) return false;
    block.begin = std::min(block.begin, last->begin);
    block.end = std::max(block.end, last->end);
    joined += last->end - last->begin;
  }
  bytes_ += (block.end - block.begin) - joined;
  ranges_.insert(ranges_.erase(first, last), block);
  return true;
}

void Scoreboard::pass(SequenceNumber una) {
  auto range = ranges_.begin();
  for (; range != ranges_.end() && range->begin < una; ++range) {
    const SequenceNumber end = std::min(range->end, una);
    bytes_ -= end - range->begin;
    if (una < range->end) {
      range->begin = una;
      break;
    }
  }
  ranges_.erase(ranges_.begin(), range);
}

std::uint32_t Scoreboard::bytes_between(SequenceNumber begin, SequenceNumber end) const {
  std::uint32_t bytes = 0;
  for (const SackBlock& each : ranges_) {
    const SequenceNumber from = std::max(each.begin, begin);
    const SequenceNumber to = std::min(each.end, end);
    if (from < to) bytes += to - from;
  }
  return bytes;
}

SequenceNumber Scoreboard::skip(SequenceNumber from) const {
  for (const SackBlock& each : ranges_) {
    if (each.begin <= from && from < each.end) return each.end;
  }
  return from;
}

SequenceNumber Scoreboard::hole_end(SequenceNumber from, SequenceNumber limit) const {
  for (const SackBlock& each : ranges_) {
    if (from < each.begin) return std::min(each.begin, limit);
  }
  return limit;
}

SequenceNumber Scoreboard::lost_until(SequenceNumber una, std::uint32_t mss) const {
  std::uint32_t above = 0;
  std::uint32_t count = 0;
  for (auto range = ranges_.rbegin(); range != ranges_.rend(); ++range) {
    above += range->end - range->begin;
    ++count;
    if (count >= kDupThresh || above > (kDupThresh - 1) * mss) return range->begin;
  }
  return una;
}

}  // namespace demuxsim
