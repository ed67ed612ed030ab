// The tables that bench/peers.cpp measures beside each other, under one interface: made for a
// number of connections; find gives the value or kNone; insert and erase. DPDK's is in a file of
// its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <unordered_map>

#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#if defined(DEMUXSIM_ABSL_VERSION)
#include <absl/container/flat_hash_map.h>
#endif
#if defined(DEMUXSIM_TSL_VERSION)
#include <tsl/robin_map.h>
#endif

#include "demuxsim/demux/open_table.hpp"
#include "demuxsim/demux/workload.hpp"

namespace demuxsim::peers {

using Key = FourTuple4;
constexpr std::uint32_t kNone = DemuxResult::kNone;
constexpr std::size_t kLargestBatch = 256;

/// The one hash for all, where like is compared with like.
struct FairHash : FastHash {
  FairHash() = default;
  using is_avalanching = void;  // So that Boost does not mix it again.
  std::size_t operator()(const Key& key) const noexcept { return FastHash::operator()(key); }
};

/// What a program has that follows the documentation of Boost: the standard library, which has no
/// hash of a key of several parts, gets the same.
struct CombinedHash {
  std::size_t operator()(const Key& key) const noexcept {
    std::size_t seed = 0;
    boost::hash_combine(seed, key.local_address);
    boost::hash_combine(seed, key.remote_address);
    boost::hash_combine(seed, key.local_port);
    boost::hash_combine(seed, key.remote_port);
    return seed;
  }
};

/// `room_factor`: as large as for so many times the connections.
template <class Hash, std::uint32_t room_factor = 1>
class Ours {
 public:
  explicit Ours(std::uint32_t connections) {
    if constexpr (room_factor > 1) make_room(connections * room_factor);
  }
  std::uint32_t find(const Key& key) const { return table_.find(key).value; }
  /// What was found stays in the table's own array of results.
  const void* find_batch(std::span<const Key> keys) {
    table_.find_batch(keys, std::span(results_).first(keys.size()));
    return results_.data();
  }
  void insert(const Key& key, std::uint32_t value) { table_.insert(key, value); }
  void erase(const Key& key) { table_.erase(key); }
  std::size_t memory_bytes() const { return table_.memory_bytes(); }

 private:
  void make_room(std::uint32_t connections) {
    if constexpr (requires { table_.reserve(connections); }) {
      table_.reserve(connections);
    } else {                                      // It never shrinks.
      constexpr std::uint32_t kFirst = 1u << 31;  // Nobody else's.
      const auto key = [](std::uint32_t i) {
        return connection_key<Key>(KeySet::random, kFirst + i);
      };
      for (std::uint32_t i = 0; i < connections; ++i) table_.insert(key(i), i);
      for (std::uint32_t i = 0; i < connections; ++i) table_.erase(key(i));
    }
  }

  OpenTable<Key, Hash> table_;
  std::array<DemuxResult, kLargestBatch> results_{};
};

template <class Map>
class Library {
 public:
  explicit Library(std::uint32_t) {}
  std::uint32_t find(const Key& key) const {
    const auto found = map_.find(key);
    return found == map_.end() ? kNone : found->second;
  }
  void insert(const Key& key, std::uint32_t value) { map_.emplace(key, value); }
  void erase(const Key& key) { map_.erase(key); }

 private:
  Map map_;
};

template <class Hash>
using StdMap = Library<std::unordered_map<Key, std::uint32_t, Hash>>;
template <class Hash>
using BoostMap = Library<boost::unordered_flat_map<Key, std::uint32_t, Hash>>;

#if defined(DEMUXSIM_ABSL_VERSION)
/// absl::Hash of a tuple, which is what a key's AbslHashValue would come to.
struct AbslHash {
  std::size_t operator()(const Key& key) const noexcept {
    return absl::Hash<std::tuple<std::uint32_t, std::uint32_t, std::uint16_t, std::uint16_t>>()(
        {key.local_address, key.remote_address, key.local_port, key.remote_port});
  }
};
template <class Hash>
using AbslMap = Library<absl::flat_hash_map<Key, std::uint32_t, Hash>>;
#endif

#if defined(DEMUXSIM_TSL_VERSION)
template <class Hash>
using TslMap = Library<tsl::robin_map<Key, std::uint32_t, Hash>>;
#endif

}  // namespace demuxsim::peers
