#include "demuxsim/net/link.hpp"

#include <utility>

namespace demuxsim {

TransmitResult Link::transmit_roughly(SimTime now, const Segment& segment) {
  const bool twice = rng_.chance(properties_.duplicate);
  if (!put(now, segment)) return TransmitResult::overflow;
  if (twice) put(now, segment);
  return TransmitResult::queued;
}

/// False where the queue has no room.
bool Link::put(SimTime now, const Segment& segment) {
  const std::optional<SimTime> departure = depart(now, segment.ip_bytes());
  if (!departure) return false;
  InFlight flying{*departure, segment};
  if (rng_.chance(properties_.corrupt)) flying.segment.options |= Segment::kDamaged;
  if (rng_.chance(properties_.reorder)) {
    flying.arrival = later(*departure, Duration{1});
    overtake(flying);
    return true;
  }
  Duration delay = properties_.delay;
  if (properties_.jitter > Duration::zero()) {
    const auto choices = static_cast<std::uint64_t>(properties_.jitter.count()) + 1;
    delay += Duration{static_cast<std::int64_t>(rng_.below(choices))};
  }
  flying.arrival = later(*departure, delay);
  if (!idle()) flying.arrival = std::max(flying.arrival, in_flight_.back().arrival);
  in_flight_.push_back(flying);
  return true;
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
