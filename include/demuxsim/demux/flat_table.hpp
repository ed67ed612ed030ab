// Demultiplexer "flat": boost::unordered_flat_map, open addressing by groups of 15 entries, of
// which a byte of the hash is compared before the key. What it examines and the order of its
// entries are those of the version of Boost that is compiled in.
#pragma once

#include <cstddef>
#include <cstdint>

#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/core/check.hpp"
#include "demuxsim/demux/demultiplexer.hpp"
#include "demuxsim/demux/hash_functions.hpp"

namespace demuxsim {

/// The Hash must spread over all its 64 bits, low and high.
template <class Key, class Hash = SipTupleHash>
class FlatTable {
 public:
  static constexpr AlgorithmInfo kInfo{"flat", {}, 0, 0, true};

  explicit FlatTable(const DemuxConfig& config = {}) : map_(0, MapHash{Hash(config.hash)}) {}

  DemuxResult find(const Key& key) const {
    DemuxResult result;
    const auto found = map_.find(probe(key, [&](const Key& here) {
      ++result.examined;
      return here == key;
    }));
    if (found != map_.end()) result.value = found->second;
    return result;
  }

  template <class See>
  DemuxResult walk(const Key& key, See&& see) const {
    DemuxResult result;
    const auto found = map_.find(probe(key, [&](const Key& here) {
      const bool same = here == key;
      see(LookupStep{LookupStepKind::compare, same, result.examined++}, &here);
      return same;
    }));
    if (found != map_.end()) result.value = found->second;
    return result;
  }

  bool insert(const Key& key, std::uint32_t value) {
    DEMUXSIM_CHECK(value != DemuxResult::kNone);
    return map_.emplace(key, value).second;
  }
  bool erase(const Key& key) { return map_.erase(key) != 0; }
  void note_sent(const Key&) {}

  template <class F>
  void for_each(F&& f) const {
    for (const auto& [key, value] : map_) f(key, value);
  }

  std::size_t size() const { return map_.size(); }
  /// Entries and, for each 15 of them, 16 bytes of tags.
  std::size_t memory_bytes() const {
    const std::size_t slots = map_.bucket_count();
    return slots == 0 ? 0 : slots * sizeof(typename Map::value_type) + (slots + 1) / 15 * 16;
  }

 private:
  /// What a look-up is made with: the key, and what to do with each key it is compared to.
  template <class Match>
  struct Probe {
    const Key& key;
    const Match& match;
  };
  template <class Match>
  static Probe<Match> probe(const Key& key, const Match& match) {
    return {key, match};
  }

  // NOLINTBEGIN(readability-identifier-naming): Boost asks for these names.
  struct MapHash {
    using is_avalanching = void;
    using is_transparent = void;
    Hash hash;
    std::size_t operator()(const Key& key) const { return hash(key); }
    template <class Match>
    std::size_t operator()(const Probe<Match>& probe) const {
      return hash(probe.key);
    }
  };
  struct MapEqual {
    using is_transparent = void;
    bool operator()(const Key& a, const Key& b) const { return a == b; }
    template <class Match>
    bool operator()(const Probe<Match>& probe, const Key& here) const {
      return probe.match(here);
    }
  };
  // NOLINTEND(readability-identifier-naming)
  using Map = boost::unordered_flat_map<Key, std::uint32_t, MapHash, MapEqual>;

  Map map_;
};

}  // namespace demuxsim
