// The few events that come next, sorted: they leave at the front, and one that is pushed late finds
// its place from the back. A part of the event queue.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "demuxsim/core/event.hpp"
#include "demuxsim/core/event_bucket.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/core/units.hpp"

namespace demuxsim {

class EventBatch {
 public:
  /// A bucket up to this size is sorted without a branch that depends on the times.
  static constexpr std::size_t kSmall = 32;

  bool empty() const { return first_ == last_; }
  std::size_t size() const { return last_ - first_; }
  /// Precondition: not empty.
  const Event& front() const { return events_[first_]; }
  const Event& operator[](std::size_t index) const { return events_[first_ + index]; }
  Event pop_front() { return events_[first_++]; }

  void insert(const Event& event) {
    if (last_ == events_.size()) move_to_start();
    sink(last_++, event);
  }

  /// Forgets the events from `index` on.
  void truncate(std::size_t index) { last_ = first_ + index; }

  /// Takes all events of `bucket`, which lie within 2^`width_bits` ns of `start`. Precondition: the
  /// batch is empty.
  void load(EventBucket& bucket, EventPool& pool, std::uint64_t start, unsigned width_bits) {
    first_ = 0;
    last_ = bucket.size();
    if (last_ <= kSmall) {
      sort_small(bucket, start, width_bits);
      bucket.clear(pool);
    } else {
      sort_large(bucket, pool);
    }
  }

 private:
  static constexpr std::size_t kCapacity = 256;

  /// Key order as one comparison of 128 bits, which compiles to no branch.
  static bool precedes(const Event& a, const Event& b) { return number(a) < number(b); }
  static Wide number(const Event& event) {
    const auto at = static_cast<std::uint64_t>(event.key.at.time_since_epoch().count());
    return Wide{at} << 64 | event.key.order;
  }

  /// Moves later events up from `hole` and puts `event` below them.
  void sink(std::size_t hole, const Event& event) {
    while (hole != first_ && precedes(event, events_[hole - 1])) {
      events_[hole] = events_[hole - 1];
      --hole;
    }
    events_[hole] = event;
  }

  void sort_small(const EventBucket& bucket, std::uint64_t start, unsigned width_bits);
  void sort_large(EventBucket& bucket, EventPool& pool);
  void move_to_start();

  std::vector<Event> events_ = std::vector<Event>(kCapacity);
  std::size_t first_ = 0;
  std::size_t last_ = 0;
};

}  // namespace demuxsim
