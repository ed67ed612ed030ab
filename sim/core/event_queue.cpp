#include "demuxsim/core/event_queue.hpp"

#include <utility>

namespace demuxsim {
namespace {
constexpr unsigned kMaxDigitBits = 9;
}

EventQueue::EventQueue() { add_level(0); }

/// Moves the next bucket into the empty batch, or spreads it until what comes next is small.
void EventQueue::refill() {
  for (;;) {
    const std::size_t index = in_use_.smallest();
    while (index > levels_.back().first_bucket + std::size_t{levels_.back().mask}) {
      levels_.pop_back();
    }
    const Level level = levels_.back();
    const std::uint64_t digit = index - level.first_bucket;
    base_ = (base_ >> level.top << level.top) + (digit << level.shift);
    in_use_.erase_smallest();
    EventBucket bucket = std::exchange(buckets_[index], {});
    if (bucket.size() <= EventBatch::kSmall || level.shift == 0) {
      return load_batch(bucket, level.shift);
    }
    if (add_levels_for(bucket) == 0) return load_batch(bucket, 0);
    bucket.drain(pool_, [this](const Event& event) { file(event); });
  }
}

/// Cuts digits until the events of the bucket at `base_` differ in the lowest one. Returns what
/// they differ in: 0 if all are of one instant, which then is `base_`.
std::uint64_t EventQueue::add_levels_for(const EventBucket& bucket) {
  add_level(bucket.size());
  const std::uint64_t first = ticks(bucket.front().key.at);
  std::uint64_t difference = 0;
  bucket.all_of([&](const Event& event) {
    difference |= ticks(event.key.at) ^ first;
    return difference >> levels_.back().shift == 0;
  });
  if (difference == 0) base_ = first;
  while (difference != 0 && difference >> levels_.back().shift == 0) {
    base_ = first >> levels_.back().shift << levels_.back().shift;
    add_level(bucket.size());
  }
  return difference;
}

void EventQueue::load_batch(EventBucket& bucket, unsigned width_bits) {
  batch_end_ = base_ + (std::uint64_t{1} << width_bits);
  batch_.load(bucket, pool_, base_, width_bits);
}

/// Moves the later half of a full batch back into buckets.
void EventQueue::spill() {
  base_ = ticks(latest_);
  const std::uint64_t middle = ticks(batch_[batch_.size() / 2].key.at);
  // The batch may end only where a bucket begins, and not with the bucket of the present.
  const auto bucket_start = [&] { return middle >> levels_.back().shift << levels_.back().shift; };
  while (bucket_start() <= base_ && levels_.back().shift != 0) add_level(batch_.size());
  batch_end_ = bucket_start();
  std::size_t kept = batch_.size();
  while (kept != 0 && ticks(batch_[kept - 1].key.at) >= batch_end_) --kept;
  for (std::size_t i = kept; i < batch_.size(); ++i) file(batch_[i]);
  batch_.truncate(kept);
}

/// Looks without moving anything: were a bucket taken apart, an event pushed before it would come
/// too early for the digits.
SimTime EventQueue::earliest_filed() const {
  if (in_use_.empty()) return kNever;
  std::uint64_t earliest = ticks(kNever);
  buckets_[in_use_.smallest()].for_each([&](const Event& event) {
    const std::uint64_t at = ticks(event.key.at);
    earliest = at < earliest ? at : earliest;  // A conditional move, where std::min would branch.
  });
  return SimTime{Duration{static_cast<std::int64_t>(earliest)}};
}

/// Cuts the next lower digit, for the bucket at `base_` with `event_count` events.
void EventQueue::add_level(std::size_t event_count) {
  const unsigned top = levels_.empty() ? kTimeBits : levels_.back().shift;
  const std::size_t above = levels_.empty() ? SmallNumberSet::kLimit : levels_.back().first_bucket;
  const unsigned shift = choose_shift(top, event_count);
  const std::size_t buckets = std::size_t{1} << (top - shift);
  static_assert((kTimeBits + kMaxDigitBits - 1) / kMaxDigitBits << kMaxDigitBits <=
                SmallNumberSet::kLimit);
  const std::size_t first = above - buckets;
  levels_.push_back({static_cast<std::uint32_t>(first), static_cast<std::uint16_t>(buckets - 1),
                     static_cast<std::uint8_t>(shift), static_cast<std::uint8_t>(top)});
  std::fill_n(level_of_bit_.begin(), top, levels_.back());
}

unsigned EventQueue::choose_shift(unsigned top, std::size_t event_count) {
  constexpr std::size_t kEnoughPops = 64;
  constexpr std::size_t kEventsPerBucket = 24;  // At most: the shift is rounded down.
  const std::size_t pops = popped_ - popped_when_measured_;
  if (pops >= kEnoughPops) {
    const std::uint64_t ideal = (base_ - base_when_measured_) / (pops / kEventsPerBucket);
    ideal_shift_ = ideal == 0 ? 0 : static_cast<unsigned>(63 - std::countl_zero(ideal));
    popped_when_measured_ = popped_;
    base_when_measured_ = base_;
  }
  // Full digits below and the odd one here: then the lowest level reaches as far as it can.
  if (top > ideal_shift_) {
    return ideal_shift_ + (top - ideal_shift_ - 1) / kMaxDigitBits * kMaxDigitBits;
  }
  const auto bits = static_cast<unsigned>(std::bit_width(event_count / 8));
  return top - std::min({bits, kMaxDigitBits, top});
}

}  // namespace demuxsim
