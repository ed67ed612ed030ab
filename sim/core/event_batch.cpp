#include "demuxsim/core/event_batch.hpp"

#include <limits>

namespace demuxsim {
namespace {

constexpr std::size_t kLanes = 4;
using Lanes = std::int32_t __attribute__((vector_size(kLanes * sizeof(std::int32_t))));

/// For each of `mine`, how many of the first `count` keys are smaller.
Lanes count_smaller(const std::int32_t* keys, std::size_t count, Lanes mine) {
  Lanes smaller{};
  for (std::size_t i = 0; i < count; ++i) {
    const Lanes other = Lanes{} + keys[i];
    smaller -= other < mine;  // True is -1 in each lane.
  }
  return smaller;
}

}  // namespace

void EventBatch::sort_small(const EventBucket& bucket, std::uint64_t start, unsigned width_bits) {
  // Each event's place is the number of smaller keys. A key is the time within the bucket, to 26
  // bits, and the place of arrival, which makes keys differ.
  constexpr unsigned kTimeBits = 26;
  constexpr unsigned kArrivalBits = 5;
  static_assert(kSmall <= 1U << kArrivalBits && kSmall % kLanes == 0);
  const unsigned dropped = width_bits > kTimeBits ? width_bits - kTimeBits : 0;
  alignas(Lanes) std::int32_t keys[kSmall];
  const Event* sources[kSmall];
  const std::size_t count = bucket.size();
  std::size_t n = 0;
  bucket.for_each([&](const Event& event) {
    const auto at = static_cast<std::uint64_t>(event.key.at.time_since_epoch().count());
    keys[n] = static_cast<std::int32_t>((at - start) >> dropped << kArrivalBits | n);
    sources[n] = &event;
    ++n;
  });
  for (; n % kLanes != 0; ++n) {
    keys[n] = std::numeric_limits<std::int32_t>::max();
    sources[n] = sources[0];
  }
  for (std::size_t i = 0; i < n; i += kLanes) {
    const Lanes place = count_smaller(keys, count, *reinterpret_cast<const Lanes*>(keys + i));
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      events_[static_cast<std::size_t>(place[lane])] = *sources[i + lane];
    }
  }
  for (std::size_t i = 1; i < count; ++i) {
    if (precedes(events_[i], events_[i - 1])) [[unlikely]]
      sink(i, Event(events_[i]));
  }
}

void EventBatch::sort_large(EventBucket& bucket, EventPool& pool) {
  events_.resize(std::max(kCapacity, bucket.size()));
  std::size_t n = 0;
  bucket.drain(pool, [&](const Event& event) { events_[n++] = event; });
  const auto end = events_.begin() + static_cast<std::ptrdiff_t>(n);
  if (!std::is_sorted(events_.begin(), end, precedes)) std::sort(events_.begin(), end, precedes);
}

void EventBatch::move_to_start() {
  if (first_ == 0) {
    events_.resize(2 * events_.size());
    return;
  }
  const auto begin = events_.begin();
  std::copy(begin + static_cast<std::ptrdiff_t>(first_), begin + static_cast<std::ptrdiff_t>(last_),
            begin);
  last_ -= first_;
  first_ = 0;
}

}  // namespace demuxsim
