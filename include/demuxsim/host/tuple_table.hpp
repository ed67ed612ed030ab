// All connections of a host of one address family, by 4-tuple: the living, which it knows by their
// slot, and those in TIME-WAIT, which it keeps itself as small records in order of age.
#pragma once

#include <cstdint>
#include <optional>

#include "demuxsim/core/check.hpp"
#include "demuxsim/core/slot_map.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/demux/any_demux.hpp"
#include "demuxsim/ports/port_space.hpp"
#include "demuxsim/tcp/time_wait.hpp"

namespace demuxsim {

template <class Key>
class TupleTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  /// What is left of a connection in TIME-WAIT.
  struct Waiting {
    SimTime until;  ///< 2 MSL after the last FIN.
    Key key;
    TimeWait tcp;
    std::uint32_t older = kNone;
    std::uint32_t younger = kNone;
    PortHolding holding;  ///< How it holds its local port.
    bool named = false;   ///< The host knows a socket name for it.
  };

  struct Found {
    std::uint32_t connection = kNone;  ///< Slot of a living connection, or
    std::uint32_t waiting = kNone;     ///< a record for waiting().
    std::uint32_t examined = 0;
    bool any() const { return connection != kNone || waiting != kNone; }
  };

  explicit TupleTable(AnyDemux<Key> demux) : demux_(std::move(demux)) {}

  Found find(const Key& key) const {
    const DemuxResult result = demux_.find(key);
    Found found{kNone, kNone, result.examined};
    if (result.value == kNone) return found;
    (is_waiting(result.value) ? found.waiting : found.connection) = result.value & ~kWaitingMark;
    return found;
  }
  /// As find, and tells each step of it; nothing changes.
  template <class See>
  void walk(const Key& key, See&& see) const {
    demux_.walk(key, see);
  }
  bool contains(const Key& key) const { return demux_.find(key).value != kNone; }
  void note_sent(const Key& key) { demux_.note_sent(key); }

  /// False if the 4-tuple is taken.
  bool insert(const Key& key, std::uint32_t connection) {
    DEMUXSIM_CHECK(!is_waiting(connection));
    return demux_.insert(key, connection);
  }
  void erase(const Key& key) { DEMUXSIM_CHECK(demux_.erase(key)); }

  /// The connection under `key` becomes a record that lasts until `until`, which is not earlier
  /// than that of any other.
  void begin_wait(const Key& key, TimeWait tcp, SimTime until, PortHolding holding, bool named) {
    erase(key);
    const std::uint32_t slot =
        waits_.emplace(Waiting{until, key, tcp, kNone, kNone, holding, named});
    DEMUXSIM_CHECK(slot < kWaitingMark && demux_.insert(key, slot | kWaitingMark));
    link_youngest(slot);
  }
  /// Counts 2 MSL anew.
  void restart_wait(std::uint32_t slot, SimTime until) {
    unlink(slot);
    waits_[slot].until = until;
    link_youngest(slot);
  }
  void end_wait(std::uint32_t slot) {
    unlink(slot);
    erase(waits_[slot].key);
    waits_.erase(slot);
  }

  const Waiting& waiting(std::uint32_t slot) const { return waits_[slot]; }
  Waiting& waiting(std::uint32_t slot) { return waits_[slot]; }
  /// The record that is over first; kNone where there is none.
  std::uint32_t oldest() const { return oldest_; }
  /// When it is; kNever where there is none.
  SimTime next_end() const { return oldest_ == kNone ? kNever : waits_[oldest_].until; }
  std::uint32_t waiting_count() const { return static_cast<std::uint32_t>(waits_.size()); }

 private:
  static constexpr std::uint32_t kWaitingMark = 1u << 27;
  static bool is_waiting(std::uint32_t value) { return (value & kWaitingMark) != 0; }

  void link_youngest(std::uint32_t slot) {
    waits_[slot].older = youngest_;
    waits_[slot].younger = kNone;
    (youngest_ == kNone ? oldest_ : waits_[youngest_].younger) = slot;
    youngest_ = slot;
  }
  void unlink(std::uint32_t slot) {
    const Waiting& record = waits_[slot];
    (record.older == kNone ? oldest_ : waits_[record.older].younger) = record.younger;
    (record.younger == kNone ? youngest_ : waits_[record.younger].older) = record.older;
  }

  mutable AnyDemux<Key> demux_;  ///< A look-up may move what it finds to the front.
  SlotMap<Waiting, struct WaitingTag> waits_;
  std::uint32_t oldest_ = kNone;
  std::uint32_t youngest_ = kNone;
};

}  // namespace demuxsim
