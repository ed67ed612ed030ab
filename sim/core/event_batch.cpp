#include "demuxsim/core/event_batch.hpp"

#include <algorithm>
#include <limits>

namespace demuxsim {

void EventBatch::load(EventBucket& bucket, EventPool& pool, std::uint64_t start,
                      unsigned width_bits) {
  if (events_.size() != kRoom) events_ = std::vector<Event>(kRoom);
  first_ = 0;
  last_ = bucket.size();
  if (last_ <= kSmall / 2) {
    sort_small<kSmall / 2>(bucket, start, width_bits);
  } else if (last_ <= kSmall) {
    sort_small<kSmall>(bucket, start, width_bits);
  } else {
    sort_large(bucket, pool);
  }
  bucket.clear(pool);
}

/// The place of an event is the number of smaller keys. Counting them takes loops of a length the
/// compiler knows, which it turns into vector instructions; a sort would guess wrong at every other
/// comparison. A key is the time within the bucket, to 26 bits, and then the order of arrival.
template <std::size_t kWidth>
void EventBatch::sort_small(const EventBucket& bucket, std::uint64_t start, unsigned width_bits) {
  constexpr unsigned kTimeBits = 26;
  constexpr unsigned kArrivalBits = 5;
  static_assert(kWidth <= 1U << kArrivalBits);
  const unsigned dropped = width_bits > kTimeBits ? width_bits - kTimeBits : 0;
  std::int32_t keys[kWidth];
  const Event* sources[kWidth];
  std::fill_n(keys, kWidth, std::numeric_limits<std::int32_t>::max());
  std::size_t count = 0;
  bucket.for_each([&](const Event& event) {
    const std::uint64_t time = (ticks(event.key.at) - start) >> dropped;
    keys[count] = static_cast<std::int32_t>(time << kArrivalBits | count);
    sources[count++] = &event;
  });

  std::int32_t places[kWidth] = {};
  for (std::size_t i = 0; i < kWidth; ++i) {
    for (std::size_t j = 0; j < kWidth; ++j) places[j] += keys[i] < keys[j] ? 1 : 0;
  }
  for (std::size_t i = 0; i < count; ++i) {
    events_[static_cast<std::size_t>(places[i])] = *sources[i];
  }
  // Within one time, or one that looks the same to 26 bits, the order of arrival may be wrong.
  for (std::size_t i = 1; i < count; ++i) {
    if (precedes(events_[i], events_[i - 1])) [[unlikely]]
      sink(i, Event(events_[i]));
  }
}

void EventBatch::sort_large(EventBucket& bucket, EventPool& pool) {
  events_.resize(std::max(kRoom, bucket.size()));
  auto end = events_.begin();
  bucket.drain(pool, [&](const Event& event) { *end++ = event; });
  if (!std::is_sorted(events_.begin(), end, precedes)) std::sort(events_.begin(), end, precedes);
}

void EventBatch::move_to_start() {
  const Event* events = events_.data();
  std::copy(events + first_, events + last_, events_.begin());
  last_ -= first_;
  first_ = 0;
}

}  // namespace demuxsim
