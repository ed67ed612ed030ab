// Demultiplexer "bsd": the list of connections behind one remembered entry, the connection that the
// last segment was for (tcp_last_inpcb of BSD's Net/2). Analysed in McKenney and Dove, "Efficient
// Demultiplexing of Incoming TCP Packets", SIGCOMM 1992.
#pragma once

#include <cstddef>
#include <cstdint>

#include "demuxsim/demux/demultiplexer.hpp"
#include "demuxsim/demux/linear_list.hpp"
#include "demuxsim/demux/recent_entry.hpp"

namespace demuxsim {

/// Examines the remembered entry and, where it is another, the list from its front: 1 for a hit in
/// the cache, otherwise 1 more than the place in the list. The list does not skip the entry that
/// has just been examined.
template <class Key>
class BsdList {
 public:
  static constexpr AlgorithmInfo kInfo{"bsd"};

  explicit BsdList(const DemuxConfig& = {}) {}

  DemuxResult find(const Key& key) {
    if (received_.holds(key)) return {received_.value(), 1};
    DemuxResult result = list_.find(key);
    if (received_.any()) ++result.examined;
    if (result) received_.remember(key, result.value);
    return result;
  }

  template <class See>
  DemuxResult walk(const Key& key, See&& see) const {
    if (!received_.any()) return list_.walk(key, see);
    const bool hit = received_.holds(key);
    see(LookupStep{LookupStepKind::received, hit}, &received_.key());
    if (hit) return {received_.value(), 1};
    DemuxResult result = list_.walk(key, see);
    ++result.examined;
    return result;
  }

  bool insert(const Key& key, std::uint32_t value) { return list_.insert(key, value); }

  bool erase(const Key& key) {
    received_.forget(key);
    return list_.erase(key);
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
  LinearList<Key> list_;
  RecentEntry<Key> received_;
};

}  // namespace demuxsim
