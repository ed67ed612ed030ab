// The event list of a run: a priority queue for events that only ever lie in the future. A radix
// heap: a bucket holds the events whose time first differs from the present in one digit. When its
// time has come it is spread over buckets of the next digit or, if it is small, sorted at once.
// Digits are cut anew as time goes on, so that the last buckets hold about a dozen events each.
// An event cannot be cancelled: a stale one carries an old generation and is ignored.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "demuxsim/core/check.hpp"
#include "demuxsim/core/event.hpp"
#include "demuxsim/core/event_batch.hpp"
#include "demuxsim/core/event_bucket.hpp"
#include "demuxsim/core/time.hpp"

namespace demuxsim {

class EventQueue {
 public:
  EventQueue();

  /// Before the first `pop` an event may lie at kStart; later it must lie strictly after `now`.
  /// Never at kNever. Keys must differ.
  void push(const Event& event) {
    DEMUXSIM_CHECK(latest_ < event.key.at && event.key.at < kNever);
    ++pushed_;
    if (ticks(event.key.at) < batch_end_) {
      if (batch_.size() == EventBatch::kFull) spill();
      if (ticks(event.key.at) < batch_end_) return batch_.insert(event);
    }
    file(event);
  }

  /// Removes and returns the event with the smallest key; its time is `now` from here on.
  /// Precondition: not empty.
  Event pop() {
    DEMUXSIM_CHECK(!empty());
    if (batch_.empty()) refill();
    ++popped_;
    const Event event = batch_.pop_front();
    latest_ = event.key.at;
    return event;
  }

  /// The time of the event that `pop` would return; kNever when empty.
  SimTime next_time() const { return batch_.empty() ? earliest_filed() : batch_.front().key.at; }

  /// The time of the event popped last; kStart before the first.
  SimTime now() const { return std::max(latest_, kStart); }
  bool empty() const { return pushed_ == popped_; }
  std::size_t size() const { return pushed_ - popped_; }

  /// What the queue holds of the machine's memory: it grows with the largest size and then stays.
  std::size_t storage_bytes() const {
    return sizeof(*this) + batch_.storage_bytes() + pool_.storage_bytes() +
           buckets_.capacity() * sizeof(EventBucket);
  }

 private:
  static constexpr int kTimeBits = 63;

  /// A digit: the bits of the time from `shift` up to below `top`, with a bucket for each value.
  /// A lower digit has lower buckets, so the first bucket in use is always the next in time.
  struct Level {
    std::uint32_t first_bucket;
    std::uint16_t mask;
    std::uint8_t shift;
    std::uint8_t top;
  };

  void file(const Event& event) {
    const std::uint64_t at = ticks(event.key.at);
    const int highest_difference = kTimeBits - std::countl_zero((at ^ base_) | 1);
    const Level& level = level_of_bit_[static_cast<std::size_t>(highest_difference)];
    const std::size_t index = level.first_bucket + ((at >> level.shift) & level.mask);
    if (buckets_[index].empty()) in_use_.insert(index);
    buckets_[index].push_back(event, pool_);
  }

  SimTime earliest_filed() const;
  void refill();
  void spill();
  void load_batch(EventBucket& bucket, unsigned width_bits);
  std::uint64_t add_levels_for(const EventBucket& bucket);
  void add_level(std::size_t event_count);
  unsigned choose_shift(unsigned top, std::size_t event_count);

  SimTime latest_ = kStart - Duration{1};  ///< Before the first pop: so that kStart is later.
  std::size_t pushed_ = 0;
  std::size_t popped_ = 0;

  // Events before `batch_end_` are in the batch, all others in buckets: each in the one where it
  // would be put if the present were any time from `base_` up to `batch_end_`.
  EventBatch batch_;
  std::uint64_t base_ = 0;
  std::uint64_t batch_end_ = 0;

  EventPool pool_;
  std::vector<EventBucket> buckets_ = std::vector<EventBucket>(SmallNumberSet::kLimit);
  SmallNumberSet in_use_;
  std::vector<Level> levels_;  ///< From the highest digit down.
  std::array<Level, kTimeBits> level_of_bit_;

  unsigned ideal_shift_ = 0;  ///< A bucket of 2^ideal_shift_ ns should hold about a dozen events.
  std::size_t popped_when_measured_ = 0;
  std::uint64_t base_when_measured_ = 0;
};

}  // namespace demuxsim
