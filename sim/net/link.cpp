// The way of a segment over a link that does more than delay it, or is down.
#include "demuxsim/net/link.hpp"

#include <utility>

namespace demuxsim {

TransmitResult Link::transmit_with_care(SimTime now, const Segment& segment) {
  if (is_down_) return TransmitResult::down;
  if (rng_.chance(properties_.loss)) return TransmitResult::lost;
  const bool twice = rng_.chance(properties_.duplicate);
  if (!put(now, segment)) return TransmitResult::overflow;
  if (twice) put(now, segment);
  return TransmitResult::queued;
}

bool Link::has_room(SimTime now, std::uint32_t bytes) {
  while (!waiting_.empty() && waiting_.front().departure <= now) {
    waiting_bytes_ -= waiting_.front().bytes;
    waiting_.pop_front();
  }
  const QueueLimit& limit = properties_.queue;
  if (limit.segments != 0 && waiting_.size() >= limit.segments) return false;
  return limit.bytes == 0 || waiting_bytes_ + bytes <= limit.bytes;
}

/// False where the queue has no room.
bool Link::put(SimTime now, const Segment& segment) {
  const std::uint32_t bytes = segment.ip_bytes();
  if (has_limit() && !has_room(now, bytes)) return false;
  const SimTime departure = leave(now, bytes);
  if (has_limit()) {
    waiting_.push_back({departure, bytes});
    waiting_bytes_ += bytes;
  }
  InFlight flying{departure, segment};
  if (rng_.chance(properties_.corrupt)) flying.segment.options |= Segment::kDamaged;
  if (rng_.chance(properties_.reorder)) {
    flying.arrival = later(departure, Duration{1});
    overtake(flying);
    return true;
  }
  flying.arrival = later(departure, delay());
  if (!idle()) flying.arrival = std::max(flying.arrival, in_flight_.back().arrival);
  in_flight_.push_back(flying);
  return true;
}

/// Of one segment.
Duration Link::delay() {
  if (properties_.jitter == Duration::zero()) return properties_.delay;
  const auto choices = static_cast<std::uint64_t>(properties_.jitter.count()) + 1;
  return properties_.delay + Duration{static_cast<std::int64_t>(rng_.below(choices))};
}

/// Puts it before all that arrive later.
void Link::overtake(const InFlight& flying) {
  in_flight_.push_back(flying);
  for (std::size_t i = in_flight_.size() - 1; i > 0; --i) {
    if (in_flight_[i - 1].arrival <= flying.arrival) return;
    std::swap(in_flight_[i - 1], in_flight_[i]);
  }
}

}  // namespace demuxsim
