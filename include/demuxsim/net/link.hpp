// One direction of a link: a pipe that loses, delays and queues segments, and damages, doubles and
// reorders them where it is told to. It knows what is in flight and when each arrives; only its
// head needs an event, which is the engine's business.
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
  BitRate rate{};
  Ratio loss{};
  QueueLimit queue{};
  Duration jitter{0};  ///< A segment takes from delay to delay + jitter, drawn evenly.
  Ratio duplicate{};   ///< Of the segments, how many arrive twice.
  Ratio reorder{};     ///< How many overtake those before them.
  Ratio corrupt{};     ///< How many arrive with a wrong checksum.

  /// Whether all that it does to segments is to delay them, and to let them wait without limit.
  constexpr bool is_plain() const {
    return loss.numerator == 0 && queue.segments == 0 && queue.bytes == 0 &&
           jitter == Duration::zero() && duplicate.numerator == 0 && reorder.numerator == 0 &&
           corrupt.numerator == 0;
  }
};

enum class TransmitResult : std::uint8_t {
  queued,
  lost,      ///< By chance.
  overflow,  ///< The queue had no room.
  down,      ///< The link is down.
};

/// First in, first out. A segment departs when those before it have departed and its own
/// transmission time is over, and arrives `delay` later. As in Linux's netem, chance strikes before
/// the queue: what is lost takes neither room nor time.
///
/// A copy follows its segment and takes room and time like any other; one that finds no room is
/// not made. Jitter keeps the order, as a queue on the way does: a segment arrives no sooner than
/// the one before it. One that is to overtake departs in its turn, but then arrives at once, as in
/// netem. Each copy is damaged, delayed and reordered by a draw of its own.
class Link {
 public:
  /// Precondition: properties.delay is at least 1 ns, so that an arrival causes only later events.
  Link(const LinkProperties& properties, Rng rng, EventOrigin origin)
      : is_plain_(properties.is_plain()), rng_(rng), origin_(origin), properties_(properties) {
    DEMUXSIM_CHECK(properties.delay >= Duration{1});
  }

  const LinkProperties& properties() const { return properties_; }

  /// Precondition: `now` is not before that of an earlier call of transmit or take_head.
  TransmitResult transmit(SimTime now, const Segment& segment) {
    if (!is_plain_) return transmit_with_care(now, segment);
    InFlight& flying = in_flight_.push_slot();
    flying.arrival = later(leave(now, segment.ip_bytes()), properties_.delay);
    flying.segment = segment;
    return TransmitResult::queued;
  }

  /// True with nothing in flight.
  bool idle() const { return in_flight_.empty(); }
  /// When the next segment arrives; kNever if idle. If a call of transmit brings it forward, or
  /// take_head leaves one, it needs an event; one that was scheduled before is stale.
  SimTime next_arrival() const { return idle() ? kNever : in_flight_.front().arrival; }
  /// The key of a new event for the next arrival. Precondition: not idle().
  EventKey next_event() { return {next_arrival(), origin_.stamp()}; }
  /// Removes and returns the segment that arrives next. Precondition: not idle().
  Segment take_head() {
    const Segment head = in_flight_.front().segment;
    in_flight_.pop_front();
    return head;
  }

  bool is_down() const { return is_down_; }
  /// The cable is cut: what is in flight is lost and handed to lost(segment), and nothing passes
  /// until bring_up().
  template <class Lost>
  void take_down(const Lost& lost) {
    is_down_ = true;
    is_plain_ = false;
    while (!idle()) lost(take_head());
    waiting_.clear();
    waiting_bytes_ = 0;
    free_at_ = kStart;
  }
  void bring_up() {
    is_down_ = false;
    is_plain_ = properties_.is_plain();
  }

  /// Segments that have departed or wait to.
  std::size_t in_flight() const { return in_flight_.size(); }

 private:
  /// Its size is a power of two, so that the ring finds one by a shift.
  struct alignas(16) InFlight {
    SimTime arrival;
    Segment segment;
  };
  struct Waiting {
    SimTime departure;
    std::uint32_t bytes = 0;
  };

  static_assert(sizeof(InFlight) == 128);
  bool has_limit() const { return properties_.queue.segments != 0 || properties_.queue.bytes != 0; }

  /// When a segment that comes now has left for the line.
  SimTime leave(SimTime now, std::uint32_t bytes) {
    if (properties_.rate.bits_per_s == 0) return now;
    free_at_ = later(std::max(now, free_at_), transmission_time(bytes, properties_.rate));
    return free_at_;
  }
  TransmitResult transmit_with_care(SimTime now, const Segment& segment);
  bool has_room(SimTime now, std::uint32_t bytes);
  bool put(SimTime now, const Segment& segment);
  Duration delay();
  void overtake(const InFlight& flying);

  bool is_plain_;  ///< It is up, and only delays.
  bool is_down_ = false;
  Rng rng_;
  EventOrigin origin_;
  SimTime free_at_;           ///< When the last segment has departed.
  Ring<InFlight> in_flight_;  ///< In the order of arrivals.
  LinkProperties properties_;
  std::uint64_t waiting_bytes_ = 0;
  Ring<Waiting> waiting_;  ///< Those not known to have departed; empty without a limit.
};

static_assert(sizeof(Link) <= 224);

}  // namespace demuxsim
