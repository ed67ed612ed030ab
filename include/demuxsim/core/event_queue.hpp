// The event list of a run: a priority queue of events that only ever lie in the future. A radix
// heap over the digits of the time: a bucket holds the events that first differ from the present in
// one digit, and is spread over smaller buckets, or sorted if it is small, when its time has come.
// The digits are cut anew as time goes on, so that the last buckets hold a few events each.
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

  /// Takes any event at kStart or later before the first `pop`, after it only strictly later events
  /// than that one; never one at kNever.
  void push(const Event& event) {
    DEMUXSIM_CHECK(latest_ < event.key.at && event.key.at < kNever);
    ++size_;
    if (ticks(event.key.at) < next_end_) {
      if (next_.size() == kSpillSize) spill();
      if (ticks(event.key.at) < next_end_) return next_.insert(event);
    }
    file(event);
  }

  /// Removes and returns the event with the smallest key, whose time becomes `now`. Precondition:
  /// not empty.
  Event pop() {
    DEMUXSIM_CHECK(size_ != 0);
    if (next_.empty()) refill();
    const Event event = next_.pop_front();
    latest_ = event.key.at;
    --size_;
    ++popped_;
    return event;
  }

  /// The time of the next event, or kNever.
  SimTime next_time() const { return next_.empty() ? earliest_filed() : next_.front().key.at; }

  /// The time of the event popped last; kStart before the first.
  SimTime now() const { return std::max(latest_, kStart); }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

 private:
  static constexpr unsigned kTimeBits = 63;
  static constexpr unsigned kDigitBits = 9;
  static constexpr std::size_t kSpillSize = 64;
  static constexpr std::size_t kWordBits = 64;
  static constexpr std::size_t kBuckets = kWordBits * kWordBits;

  /// The buckets of one digit: bits `shift` to below `top` of the time.
  struct Level {
    std::uint32_t first_bucket;
    std::uint16_t mask;
    std::uint8_t shift;
    std::uint8_t top;
  };

  static std::uint64_t ticks(SimTime at) {
    return static_cast<std::uint64_t>(at.time_since_epoch().count());
  }

  /// Puts an event that is not earlier than `next_end_` in its bucket.
  void file(const Event& event) {
    const std::uint64_t at = ticks(event.key.at);
    const auto width = static_cast<std::size_t>(std::bit_width((at ^ base_) | 1));
    const Level& level = level_of_bit_[width - 1];
    const std::size_t index = level.first_bucket + ((at >> level.shift) & level.mask);
    EventBucket& bucket = buckets_[index];
    if (bucket.empty()) mark(index);
    bucket.push_back(event, pool_);
  }

  void mark(std::size_t index) {
    occupied_[index / kWordBits] |= std::uint64_t{1} << index % kWordBits;
    occupied_words_ |= std::uint64_t{1} << index / kWordBits;
  }
  void unmark(std::size_t index) {
    std::uint64_t& word = occupied_[index / kWordBits];
    word &= ~(std::uint64_t{1} << index % kWordBits);
    if (word == 0) occupied_words_ &= ~(std::uint64_t{1} << index / kWordBits);
  }
  /// Precondition: some bucket is not empty.
  std::size_t first_occupied() const {
    const auto word = static_cast<std::size_t>(std::countr_zero(occupied_words_));
    return word * kWordBits + static_cast<std::size_t>(std::countr_zero(occupied_[word]));
  }

  SimTime earliest_filed() const;
  void refill();
  void spill();
  void add_level(std::size_t event_count);
  unsigned choose_shift(unsigned top, std::size_t event_count);

  SimTime latest_ = kStart - Duration{1};
  std::size_t size_ = 0;
  std::uint64_t next_end_ = 0;
  std::uint64_t base_ = 0;
  EventBatch next_;
  EventPool pool_;
  std::vector<EventBucket> buckets_ = std::vector<EventBucket>(kBuckets);
  std::uint64_t occupied_words_ = 0;
  std::array<std::uint64_t, kBuckets / kWordBits> occupied_{};
  std::array<Level, kTimeBits> level_of_bit_;
  std::vector<Level> levels_;
  std::size_t popped_ = 0;
  unsigned ideal_shift_ = 0;
  std::size_t popped_then_ = 0;
  std::uint64_t measured_from_ = 0;
};

}  // namespace demuxsim
