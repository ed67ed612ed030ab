// One entry of the event list: plain data, no pointer, no function.
#pragma once

#include <compare>
#include <cstdint>
#include <type_traits>

#include "demuxsim/core/time.hpp"

namespace demuxsim {

/// Who schedules, and how often it has done so: the second half of an event's key. Origins number
/// links before hosts, so a segment that arrives in the nanosecond a timer runs out comes first.
/// There is no global counter: the order is the same however hosts are split over threads.
class EventOrigin {
 public:
  static constexpr int kCounterBits = 40;
  constexpr explicit EventOrigin(std::uint32_t origin = 0)
      : next_(std::uint64_t{origin} << kCounterBits) {}
  /// The order of the next event of this origin.
  constexpr std::uint64_t stamp() { return next_++; }

 private:
  std::uint64_t next_;
};

/// The one total order of a run: time, then origin (24 bits), then the origin's counter (40 bits).
struct EventKey {
  SimTime at;
  std::uint64_t order = 0;
  friend constexpr auto operator<=>(const EventKey&, const EventKey&) = default;
};

enum class EventKind : std::uint32_t {
  link_head,          ///< target: link.
  connection_timer,   ///< target: host; subject, generation: connection.
  connection_wakeup,  ///< target: host; subject, generation: connection whose owner waits.
  process_wakeup,     ///< target: host; subject, generation: process.
  listener_timer,     ///< target: host; subject, generation: passive socket.
  time_wait,          ///< target: host. The oldest TIME-WAIT record may be over.
  action,             ///< target: host; subject: the step of a timeline.
};

struct Event {
  EventKey key;
  std::uint32_t target = 0;
  std::uint32_t subject = 0;
  std::uint32_t generation = 0;
  EventKind kind = EventKind::link_head;
};

static_assert(sizeof(Event) == 32 && std::is_trivially_copyable_v<Event>);

}  // namespace demuxsim
