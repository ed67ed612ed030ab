// Demultiplexer "linux": the table of established connections as Linux keeps it (the ehash of
// net/ipv4/inet_hashtables.c): very many short chains, newest first, and each entry's hash kept
// with it (sk_hash) and compared before the key. Its number of buckets is set once and for all.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "demuxsim/demux/demultiplexer.hpp"
#include "demuxsim/demux/entry_chains.hpp"
#include "demuxsim/demux/hash_functions.hpp"

namespace demuxsim {

/// A number of buckets that is no power of two is taken up to the next. An entry whose 32-bit hash
/// differs is passed over and not counted as examined.
template <class Key, class Hash = SipTupleHash>
class LinuxTable {
 public:
  static constexpr AlgorithmInfo kInfo{"linux", "buckets", 65536, 1 << 24, true};

  explicit LinuxTable(const DemuxConfig& config = {})
      : chains_(std::bit_ceil(config.number != 0 ? config.number : kInfo.usual_number)),
        hash_(config.hash) {}

  DemuxResult find(const Key& key) const {
    if (size() == 0) return {};
    DemuxResult result;
    result.value = chains_.value(place_of(key, hash_of(key), result.examined).at);
    return result;
  }

  template <class See>
  DemuxResult walk(const Key& key, See&& see) const {
    const std::uint32_t hash = hash_of(key);
    see(LookupStep{LookupStepKind::chain, false, bucket(hash), chains_.chain_count(), hash},
        static_cast<const Key*>(nullptr));
    DemuxResult result;
    std::uint32_t number = 0;
    const auto place = chains_.search(bucket(hash), [&](const Stored& here) {
      const bool same_hash = here.hash == hash;
      const bool same = same_hash && here.key == key;
      result.examined += same_hash ? 1 : 0;
      const auto kind = same_hash ? LookupStepKind::compare : LookupStepKind::pass_over;
      see(LookupStep{kind, same, number++, 0, here.hash}, &here.key);
      return same;
    });
    result.value = chains_.value(place.at);
    return result;
  }

  bool insert(const Key& key, std::uint32_t value) {
    const std::uint32_t hash = hash_of(key);
    std::uint32_t examined = 0;
    if (place_of(key, hash, examined).found()) return false;
    chains_.push_front(bucket(hash), {key, hash}, value);
    return true;
  }

  bool erase(const Key& key) {
    const std::uint32_t hash = hash_of(key);
    std::uint32_t examined = 0;
    const auto place = place_of(key, hash, examined);
    if (!place.found()) return false;
    chains_.erase(bucket(hash), place);
    return true;
  }

  void note_sent(const Key&) {}

  template <class F>
  void for_each(F&& f) const {
    chains_.for_each([&](const Stored& stored, std::uint32_t value) { f(stored.key, value); });
  }

  std::size_t size() const { return chains_.size(); }
  std::size_t memory_bytes() const { return chains_.memory_bytes(); }

 private:
  struct Stored {
    Key key;
    std::uint32_t hash = 0;
  };

  std::uint32_t hash_of(const Key& key) const { return static_cast<std::uint32_t>(hash_(key)); }
  std::uint32_t bucket(std::uint32_t hash) const { return hash & (chains_.chain_count() - 1); }
  auto place_of(const Key& key, std::uint32_t hash, std::uint32_t& examined) const {
    return chains_.search(bucket(hash), [&](const Stored& here) {
      if (here.hash != hash) return false;
      ++examined;
      return here.key == key;
    });
  }

  EntryChains<Stored> chains_;
  Hash hash_;
};

}  // namespace demuxsim
