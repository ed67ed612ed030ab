// The few events that come next, sorted: they leave at the front, and one that is pushed late finds
// its place from the back. A part of the event queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "demuxsim/core/event.hpp"
#include "demuxsim/core/event_bucket.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/core/units.hpp"

namespace demuxsim {

/// Nanoseconds since kStart. Precondition: not before kStart.
constexpr std::uint64_t ticks(SimTime at) {
  return static_cast<std::uint64_t>(at.time_since_epoch().count());
}

class EventBatch {
 public:
  /// A bucket up to this size is sorted without a branch that depends on the times.
  static constexpr std::size_t kSmall = 32;
  /// With so many events inside, none must be inserted.
  static constexpr std::size_t kFull = 64;

  bool empty() const { return first_ == last_; }
  std::size_t size() const { return last_ - first_; }
  std::size_t storage_bytes() const { return events_.capacity() * sizeof(Event); }

  /// Precondition: not empty; in the second, index < size().
  const Event& front() const { return events_[first_]; }
  const Event& operator[](std::size_t index) const { return events_[first_ + index]; }

  /// Precondition: not empty.
  Event pop_front() { return events_[first_++]; }

  /// Precondition: size() < kFull.
  void insert(const Event& event) {
    if (last_ == events_.size()) move_to_start();
    sink(last_++, event);
  }

  /// Forgets the events from `index` on.
  void truncate(std::size_t index) { last_ = first_ + index; }

  /// Takes all events of `bucket`, which lie within 2^`width_bits` ns from `start` on.
  /// Precondition: the batch is empty.
  void load(EventBucket& bucket, EventPool& pool, std::uint64_t start, unsigned width_bits);

 private:
  static constexpr std::size_t kRoom = 4 * kFull;

  /// The order of keys as one comparison of 128 bits.
  static bool precedes(const Event& a, const Event& b) { return number(a) < number(b); }
  static Wide number(const Event& event) {
    return Wide{ticks(event.key.at)} << 64 | event.key.order;
  }

  /// Moves later events up, starting with the one below `hole`, and puts `event` in their place.
  void sink(std::size_t hole, const Event& event) {
    while (hole != first_ && precedes(event, events_[hole - 1])) {
      events_[hole] = events_[hole - 1];
      --hole;
    }
    events_[hole] = event;
  }

  template <std::size_t kWidth>
  void sort_small(const EventBucket& bucket, std::uint64_t start, unsigned width_bits);
  void sort_large(EventBucket& bucket, EventPool& pool);
  void move_to_start();

  std::vector<Event> events_ = std::vector<Event>(kRoom);
  std::size_t first_ = 0;
  std::size_t last_ = 0;
};

}  // namespace demuxsim
