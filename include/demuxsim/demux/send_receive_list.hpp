// Demultiplexer "send-receive": the list behind two remembered entries, the connection that was
// last received on and the one that was last sent on. Partridge and Pink, "A Faster UDP", IEEE/ACM
// Transactions on Networking 1(4), 1993; for TCP in McKenney and Dove, SIGCOMM 1992.
#pragma once

#include <cstddef>
#include <cstdint>

#include "demuxsim/demux/demultiplexer.hpp"
#include "demuxsim/demux/linear_list.hpp"
#include "demuxsim/demux/recent_entry.hpp"

namespace demuxsim {

/// Examines first what was last received, then what was last sent, but one entry that is both only
/// once; then the list from its front. A demultiplexer does not know whether a segment brings data
/// or acknowledges some, so the order is the same for both.
template <class Key>
class SendReceiveList {
 public:
  static constexpr AlgorithmInfo kInfo{"send-receive"};

  explicit SendReceiveList(const DemuxConfig& = {}) {}

  DemuxResult find(const Key& key) {
    const DemuxResult result = walk(key, IgnoreSteps{});
    if (result) received_.remember(key, result.value);
    return result;
  }

  template <class See>
  DemuxResult walk(const Key& key, See&& see) const {
    std::uint32_t examined = 0;
    const auto look_at = [&](const RecentEntry<Key>& entry, LookupStepKind kind) {
      const bool hit = entry.holds(key);
      see(LookupStep{kind, hit}, &entry.key());
      ++examined;
      return hit;
    };
    if (received_.any() && look_at(received_, LookupStepKind::received))
      return {received_.value(), examined};
    const bool same = sent_.any() && received_.holds(sent_.key());
    if (sent_.any() && !same && look_at(sent_, LookupStepKind::sent))
      return {sent_.value(), examined};
    DemuxResult result = list_.walk(key, see);
    result.examined += examined;
    return result;
  }

  bool insert(const Key& key, std::uint32_t value) { return list_.insert(key, value); }

  bool erase(const Key& key) {
    received_.forget(key);
    sent_.forget(key);
    return list_.erase(key);
  }

  /// A key that is not there changes nothing. A stack has the sender's entry at hand; here it is
  /// searched for, which costs time but nothing examined.
  void note_sent(const Key& key) {
    if (sent_.holds(key)) return;
    const std::uint32_t value = received_.holds(key) ? received_.value() : list_.find(key).value;
    if (value != DemuxResult::kNone) sent_.remember(key, value);
  }

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
  RecentEntry<Key> sent_;
};

}  // namespace demuxsim
