// Demultiplexer "move-to-front": the list in which what is found moves to the front, so that busy
// connections stand there. Proposed for TCP by Jon Crowcroft; analysed in McKenney and Dove,
// SIGCOMM 1992, who count the connections ahead of the one sought: examined - 1.
#pragma once

#include <cstddef>
#include <cstdint>

#include "demuxsim/demux/demultiplexer.hpp"
#include "demuxsim/demux/entry_chains.hpp"

namespace demuxsim {

/// A new connection goes to the front, too. Sending moves nothing.
template <class Key>
class MoveToFrontList {
 public:
  static constexpr AlgorithmInfo kInfo{"move-to-front"};

  explicit MoveToFrontList(const DemuxConfig& = {}) {}

  /// Examines as many keys as stand before and at the one sought.
  DemuxResult find(const Key& key) {
    DemuxResult result;
    const auto place = list_.search(0, same_key(key, result.examined));
    if (!place.found()) return result;
    result.value = list_.value(place.at);
    list_.move_to_front(0, place);
    return result;
  }

  template <class See>
  DemuxResult walk(const Key& key, See&& see) const {
    DemuxResult result;
    result.value = list_.value(list_.search(0, same_key(key, result.examined, see)).at);
    return result;
  }

  bool insert(const Key& key, std::uint32_t value) {
    if (place_of(key).found()) return false;
    list_.push_front(0, key, value);
    return true;
  }

  bool erase(const Key& key) {
    const auto place = place_of(key);
    if (!place.found()) return false;
    list_.erase(0, place);
    return true;
  }

  void note_sent(const Key&) {}

  /// From the front of the list.
  template <class F>
  void for_each(F&& f) const {
    list_.for_each(f);
  }

  std::size_t size() const { return list_.size(); }
  std::size_t memory_bytes() const { return list_.memory_bytes(); }

 private:
  auto place_of(const Key& key) const {
    return list_.search(0, [&](const Key& here) { return here == key; });
  }

  EntryChains<Key> list_{1};
};

}  // namespace demuxsim
