// Demultiplexer "sequent:H": a hash chooses one of H lists, and each list remembers the entry that
// was last found in it. McKenney and Dove, "Efficient Demultiplexing of Incoming TCP Packets",
// SIGCOMM 1992; 19 chains are what Sequent used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "demuxsim/demux/demultiplexer.hpp"
#include "demuxsim/demux/entry_chains.hpp"
#include "demuxsim/demux/hash_functions.hpp"

namespace demuxsim {

/// Each chain costs what "bsd" does: 1 for a hit in its cache, otherwise 1 more than the place in
/// the chain. New entries go to the front of their chains.
template <class Key, class Hash = SipTupleHash>
class SequentChains {
 public:
  static constexpr AlgorithmInfo kInfo{"sequent", "chains", 19, 1 << 24, true};

  explicit SequentChains(const DemuxConfig& config = {})
      : chains_(config.number != 0 ? config.number : kInfo.usual_number), hash_(config.hash) {}

  DemuxResult find(const Key& key) {
    if (size() == 0) return {};
    const std::uint32_t chain = home(key);
    DemuxResult result;
    std::uint32_t& cached = cached_[chain];
    auto match = same_key(key, result.examined);
    std::uint32_t at = cached;
    if (at == kEnd || !match(chains_.stored(at))) at = chains_.search(chain, match).at;
    if (at != kEnd) cached = at;
    result.value = chains_.value(at);
    return result;
  }

  template <class See>
  DemuxResult walk(const Key& key, See&& see) const {
    const std::uint64_t hash = hash_(key);
    const std::uint32_t chain = chain_of(hash, chains_.chain_count());
    see(LookupStep{LookupStepKind::chain, false, chain, chains_.chain_count(),
                   static_cast<std::uint32_t>(hash)},
        static_cast<const Key*>(nullptr));
    DemuxResult result;
    const std::uint32_t cached = size() == 0 ? kEnd : cached_[chain];
    if (cached != kEnd) {
      const bool hit = chains_.stored(cached) == key;
      see(LookupStep{LookupStepKind::chain_cache, hit}, &chains_.stored(cached));
      ++result.examined;
      if (hit) return {chains_.value(cached), result.examined};
    }
    result.value = chains_.value(chains_.search(chain, same_key(key, result.examined, see)).at);
    return result;
  }

  bool insert(const Key& key, std::uint32_t value) {
    const std::uint32_t chain = home(key);
    if (place_of(key, chain).found()) return false;
    if (cached_.empty()) cached_.assign(chains_.chain_count(), kEnd);
    chains_.push_front(chain, key, value);
    return true;
  }

  bool erase(const Key& key) {
    const std::uint32_t chain = home(key);
    const auto place = place_of(key, chain);
    if (!place.found()) return false;
    if (cached_[chain] == place.at) cached_[chain] = kEnd;
    chains_.erase(chain, place);
    return true;
  }

  void note_sent(const Key&) {}

  template <class F>
  void for_each(F&& f) const {
    chains_.for_each(f);
  }

  std::size_t size() const { return chains_.size(); }
  std::size_t memory_bytes() const {
    return chains_.memory_bytes() + cached_.capacity() * sizeof(std::uint32_t);
  }

 private:
  static constexpr std::uint32_t kEnd = EntryChains<Key>::kEnd;

  std::uint32_t home(const Key& key) const { return chain_of(hash_(key), chains_.chain_count()); }
  auto place_of(const Key& key, std::uint32_t chain) const {
    return chains_.search(chain, [&](const Key& here) { return here == key; });
  }

  EntryChains<Key> chains_;
  std::vector<std::uint32_t> cached_;  ///< The entry last found in each chain, or kEnd.
  Hash hash_;
};

}  // namespace demuxsim
