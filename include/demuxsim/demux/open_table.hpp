// Demultiplexer "open": one array of entries, open addressing, linear probing. What a stack built
// today for many connections would use.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "demuxsim/core/check.hpp"
#include "demuxsim/demux/demultiplexer.hpp"
#include "demuxsim/demux/hash_functions.hpp"

namespace demuxsim {

/// At most three quarters full, so a look-up ends at an empty slot soon. Erasing shifts the entries
/// behind back towards their homes and leaves no mark, so churn does not wear the table out. It
/// never shrinks.
template <class Key, class Hash = SipTupleHash>
class OpenTable {
 public:
  static constexpr AlgorithmInfo kInfo{"open", {}, 0, 0, true};

  explicit OpenTable(const DemuxConfig& config = {}) : hash_(config.hash) {}

  DemuxResult find(const Key& key) const {
    DemuxResult result;
    if (count_ == 0) return result;
    for (std::size_t at = home(key);; at = next(at)) {
      const Slot& slot = slots_[at];
      if (slot.value == DemuxResult::kNone) return result;
      ++result.examined;
      if (slot.key == key) {
        result.value = slot.value;
        return result;
      }
    }
  }

  template <class See>
  DemuxResult walk(const Key& key, See&&) const {
    return find(key);
  }

  bool insert(const Key& key, std::uint32_t value) {
    DEMUXSIM_CHECK(value != DemuxResult::kNone);
    if (count_ >= room()) {
      if (find(key)) return false;
      grow();
    }
    const std::size_t at = place_of(key);
    if (is_taken(at)) return false;
    slots_[at] = {key, value};
    ++count_;
    return true;
  }

  bool erase(const Key& key) {
    if (count_ == 0) return false;
    const std::size_t at = place_of(key);
    if (!is_taken(at)) return false;
    close_gap(at);
    --count_;
    return true;
  }

  void note_sent(const Key&) {}

  /// Starts to bring what find(key) will read into the cache.
  void prefetch(const Key& key) const {
    if (count_ != 0) __builtin_prefetch(&slots_[home(key)]);
  }

  template <class F>
  void for_each(F&& f) const {
    for (const Slot& slot : slots_) {
      if (slot.value != DemuxResult::kNone) f(slot.key, slot.value);
    }
  }

  std::size_t size() const { return count_; }
  std::size_t memory_bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  struct Slot {
    Key key;
    std::uint32_t value = DemuxResult::kNone;  ///< kNone: the slot is empty.
  };
  static_assert(sizeof(Slot) == sizeof(Key) + sizeof(std::uint32_t));

  static constexpr std::size_t kFirstCapacity = 8;

  std::size_t home(const Key& key) const { return hash_(key) & (slots_.size() - 1); }
  std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
  std::size_t room() const { return slots_.size() / 4 * 3; }

  bool is_taken(std::size_t at) const { return slots_[at].value != DemuxResult::kNone; }

  /// The slot that has the key, or else the empty one where it belongs.
  std::size_t place_of(const Key& key) const {
    std::size_t at = home(key);
    while (is_taken(at) && !(slots_[at].key == key)) at = next(at);
    return at;
  }

  void grow() {
    std::vector<Slot> smaller(slots_.empty() ? kFirstCapacity : slots_.size() * 2);
    smaller.swap(slots_);
    for (const Slot& slot : smaller) {
      if (slot.value != DemuxResult::kNone) slots_[place_of(slot.key)] = slot;
    }
  }

  /// Empties the slot `gap`: moves back each entry behind it that a search from its home would
  /// otherwise no longer reach, up to the next empty slot.
  void close_gap(std::size_t gap) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = next(gap); is_taken(at); at = next(at)) {
      const std::size_t from_home = (at - home(slots_[at].key)) & mask;
      const std::size_t from_gap = (at - gap) & mask;
      if (from_home < from_gap) continue;
      slots_[gap] = slots_[at];
      gap = at;
    }
    slots_[gap].value = DemuxResult::kNone;
  }

  std::vector<Slot> slots_;  ///< Its size is zero or a power of two.
  std::size_t count_ = 0;
  Hash hash_;
};

}  // namespace demuxsim
