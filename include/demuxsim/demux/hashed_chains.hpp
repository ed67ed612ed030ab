// Demultiplexer "chains:H": a hash chooses one of H lists, each searched from its front, newest
// first. The textbook hash table (Knuth, The Art of Computer Programming, volume 3, section 6.4)
// with a number of chains that does not grow; "sequent" without its caches.
#pragma once

#include <cstddef>
#include <cstdint>

#include "demuxsim/demux/demultiplexer.hpp"
#include "demuxsim/demux/entry_chains.hpp"
#include "demuxsim/demux/hash_functions.hpp"

namespace demuxsim {

/// 19 chains unless told otherwise, as "sequent" has, so that the two differ by the caches alone.
template <class Key, class Hash = SipTupleHash>
class HashedChains {
 public:
  static constexpr AlgorithmInfo kInfo{"chains", "chains", 19, 1 << 24, true};

  explicit HashedChains(const DemuxConfig& config = {})
      : chains_(config.number != 0 ? config.number : kInfo.usual_number), hash_(config.hash) {}

  DemuxResult find(const Key& key) const {
    DemuxResult result;
    const auto place = chains_.search(home(key), same_key(key, result.examined));
    result.value = chains_.value(place.at);
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
    result.value = chains_.value(chains_.search(chain, same_key(key, result.examined, see)).at);
    return result;
  }

  bool insert(const Key& key, std::uint32_t value) {
    const std::uint32_t chain = home(key);
    if (place_of(key, chain).found()) return false;
    chains_.push_front(chain, key, value);
    return true;
  }

  bool erase(const Key& key) {
    const std::uint32_t chain = home(key);
    const auto place = place_of(key, chain);
    if (!place.found()) return false;
    chains_.erase(chain, place);
    return true;
  }

  void note_sent(const Key&) {}

  template <class F>
  void for_each(F&& f) const {
    chains_.for_each(f);
  }

  std::size_t size() const { return chains_.size(); }
  std::size_t memory_bytes() const { return chains_.memory_bytes(); }

 private:
  std::uint32_t home(const Key& key) const { return chain_of(hash_(key), chains_.chain_count()); }
  auto place_of(const Key& key, std::uint32_t chain) const {
    return chains_.search(chain, [&](const Key& here) { return here == key; });
  }

  EntryChains<Key> chains_;
  Hash hash_;
};

}  // namespace demuxsim
