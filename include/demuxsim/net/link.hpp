// One direction of a link: a pipe that loses, delays and queues segments. It knows what is in
// flight and when each arrives; only its head needs an event, which is the engine's business.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "demuxsim/core/check.hpp"
#include "demuxsim/core/event.hpp"
#include "demuxsim/core/random.hpp"
#include "demuxsim/core/ring.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/core/units.hpp"
#include "demuxsim/net/segment.hpp"

namespace demuxsim {

/// How much may wait for the line or be on its way into it when one more segment comes. 0 is
/// without limit; a link without a rate never lets anything wait.
struct QueueLimit {
  std::uint64_t segments = 0;
  std::uint64_t bytes = 0;  ///< Of IP datagrams, with the one that comes.
};

struct LinkProperties {
  Duration delay{1};  ///< Propagation; at least 1 ns.
  BitRate rate;
  Ratio loss;
  QueueLimit queue;
};

enum class TransmitResult : std::uint8_t {
  queued,
  lost,      ///< By chance.
  overflow,  ///< The queue had no room.
};

/// First in, first out. A segment departs when those before it have departed and its own
/// transmission time is over, and arrives `delay` later. As in Linux's netem, chance strikes before
/// the queue: what is lost takes neither room nor time.
class Link {
 public:
  /// Precondition: properties.delay is at least 1 ns, so that an arrival causes only later events.
  Link(const LinkProperties& properties, Rng rng, EventOrigin origin)
      : properties_(properties), rng_(rng), origin_(origin) {
    DEMUXSIM_CHECK(properties.delay >= Duration{1});
  }

  const LinkProperties& properties() const { return properties_; }

  /// Precondition: `now` is not before that of an earlier call of transmit or take_head.
  TransmitResult transmit(SimTime now, const Segment& segment) {
    if (rng_.chance(properties_.loss)) return TransmitResult::lost;
    const std::uint32_t bytes = segment.ip_bytes();
    if (!has_room(now, bytes)) return TransmitResult::overflow;
    SimTime departure = now;
    if (properties_.rate.bits_per_s != 0) {
      free_at_ = later(std::max(now, free_at_), transmission_time(bytes, properties_.rate));
      departure = free_at_;
    }
    in_flight_.push_back({{later(departure, properties_.delay), origin_.stamp()}, segment});
    if (has_limit()) waiting_bytes_ += bytes;
    return TransmitResult::queued;
  }

  /// True with nothing in flight: the next segment that is queued needs an event.
  bool idle() const { return in_flight_.empty(); }
  /// When the next segment arrives. Precondition: not idle().
  const EventKey& head_key() const { return in_flight_.front().key; }
  /// Removes and returns the segment that head_key() tells of. If the link is not idle then, the
  /// new head needs an event. Precondition: not idle().
  Segment take_head() {
    const Segment head = in_flight_.front().segment;
    if (departed_ > 0) {
      --departed_;
    } else if (has_limit()) {
      waiting_bytes_ -= head.ip_bytes();
    }
    in_flight_.pop_front();
    return head;
  }

  /// Segments that have departed or wait to.
  std::size_t in_flight() const { return in_flight_.size(); }

 private:
  struct InFlight {
    EventKey key;
    Segment segment;
  };

  bool has_limit() const { return properties_.queue.segments != 0 || properties_.queue.bytes != 0; }

  /// Departures are in order, so each segment is passed over once.
  void note_departures(SimTime now) {
    while (departed_ < in_flight_.size()) {
      const InFlight& next = in_flight_[departed_];
      if (next.key.at - properties_.delay > now) return;
      waiting_bytes_ -= next.segment.ip_bytes();
      ++departed_;
    }
  }

  bool has_room(SimTime now, std::uint64_t bytes) {
    if (!has_limit()) return true;
    note_departures(now);
    const QueueLimit& limit = properties_.queue;
    if (limit.segments != 0 && in_flight_.size() - departed_ >= limit.segments) return false;
    return limit.bytes == 0 || waiting_bytes_ + bytes <= limit.bytes;
  }

  LinkProperties properties_;
  Rng rng_;
  EventOrigin origin_;
  SimTime free_at_;                  ///< When the last segment has departed.
  std::uint64_t waiting_bytes_ = 0;  ///< Of those not known to have departed; 0 without a limit.
  std::size_t departed_ = 0;  ///< How many at the front of in_flight_ have; 0 without a limit.
  Ring<InFlight> in_flight_;
};

static_assert(sizeof(Link) <= 136);

}  // namespace demuxsim
