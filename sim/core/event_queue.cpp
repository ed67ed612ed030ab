#include "demuxsim/core/event_queue.hpp"

#include <utility>

namespace demuxsim {

EventChunk* EventPool::take_fresh() {
  if (block_used_ == kBlockChunks) {
    blocks_.push_back(std::unique_ptr<EventChunk[]>(new EventChunk[kBlockChunks]));
    block_used_ = 0;
  }
  return &blocks_.back()[block_used_++];
}

EventQueue::EventQueue() {
  levels_.reserve(kTimeBits);
  add_level(0);
}

void EventQueue::refill() {
  for (;;) {
    const std::size_t index = first_occupied();
    while (index > levels_.back().first_bucket + std::size_t{levels_.back().mask}) {
      levels_.pop_back();
    }
    const Level level = levels_.back();
    const std::uint64_t digit = index - level.first_bucket;
    base_ = (base_ >> level.top << level.top) + (digit << level.shift);
    unmark(index);
    EventBucket bucket = std::exchange(buckets_[index], {});
    if (bucket.size() <= EventBatch::kSmall || level.shift == 0) {
      next_end_ = base_ + (std::uint64_t{1} << level.shift);
      next_.load(bucket, pool_, base_, level.shift);
      return;
    }
    add_level(bucket.size());
    bucket.drain(pool_, [this](const Event& event) { file(event); });
  }
}

void EventQueue::spill() {
  base_ = ticks(latest_);
  const std::uint64_t middle = ticks(next_[next_.size() / 2].key.at);
  for (;;) {
    const unsigned shift = levels_.back().shift;
    next_end_ = middle >> shift << shift;
    if (next_end_ > base_ || shift == 0) break;
    add_level(next_.size());
  }
  std::size_t kept = next_.size();
  while (kept != 0 && ticks(next_[kept - 1].key.at) >= next_end_) --kept;
  for (std::size_t i = kept; i < next_.size(); ++i) file(next_[i]);
  next_.truncate(kept);
}

SimTime EventQueue::earliest_filed() const {
  if (occupied_words_ == 0) return kNever;
  SimTime earliest = kNever;
  buckets_[first_occupied()].for_each(
      [&](const Event& event) { earliest = std::min(earliest, event.key.at); });
  return earliest;
}

void EventQueue::add_level(std::size_t event_count) {
  const unsigned top = levels_.empty() ? kTimeBits : levels_.back().shift;
  const std::size_t above = levels_.empty() ? kBuckets : levels_.back().first_bucket;
  const unsigned shift = choose_shift(top, event_count);
  const std::size_t count = std::size_t{1} << (top - shift);
  const Level level{static_cast<std::uint32_t>(above - std::max(count, kWordBits)),
                    static_cast<std::uint16_t>(count - 1), static_cast<std::uint8_t>(shift),
                    static_cast<std::uint8_t>(top)};
  levels_.push_back(level);
  std::fill_n(level_of_bit_.begin(), top, level);
}

unsigned EventQueue::choose_shift(unsigned top, std::size_t event_count) {
  const std::size_t pops = popped_ - popped_then_;
  if (pops >= 64) {
    ideal_shift_ = static_cast<unsigned>(std::bit_width((base_ - measured_from_) / (pops / 16)));
    if (ideal_shift_ != 0) --ideal_shift_;
    measured_from_ = base_;
    popped_then_ = popped_;
  }
  if (top > ideal_shift_) {
    return ideal_shift_ + (top - ideal_shift_ - 1) / kDigitBits * kDigitBits;
  }
  const auto wanted = static_cast<unsigned>(std::bit_width(event_count / 8));
  return top - std::min({wanted, kDigitBits, top});
}

}  // namespace demuxsim
