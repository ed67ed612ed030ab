// What all tables with chains are made of: entries in one array, linked by their numbers into so
// many lists. It knows nothing of hashes and counts nothing: the match given to a search does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "demuxsim/core/check.hpp"
#include "demuxsim/demux/demultiplexer.hpp"

namespace demuxsim {

/// The chain of a hash among `count`. A power of two takes the low bits of the hash.
constexpr std::uint32_t chain_of(std::uint64_t hash, std::uint32_t count) {
  return static_cast<std::uint32_t>(hash) % count;
}

/// Each entry keeps its number as long as it is there. Nothing is allocated before the first.
template <class Stored>
class EntryChains {
 public:
  static constexpr std::uint32_t kEnd = 0xffffffff;

  /// Where an entry stands in its chain.
  struct Place {
    std::uint32_t at = kEnd;      ///< kEnd: nowhere.
    std::uint32_t before = kEnd;  ///< The entry in front of it; kEnd: it is the first.
    bool found() const { return at != kEnd; }
  };

  explicit EntryChains(std::uint32_t chain_count) : chain_count_(chain_count) {}

  std::uint32_t chain_count() const { return chain_count_; }
  const Stored& stored(std::uint32_t at) const { return nodes_[at].stored; }
  /// DemuxResult::kNone for kEnd.
  std::uint32_t value(std::uint32_t at) const {
    return at == kEnd ? DemuxResult::kNone : nodes_[at].value;
  }

  /// The first entry of the chain that match(stored) says true of.
  template <class Match>
  Place search(std::uint32_t chain, Match&& match) const {
    Place place;
    if (heads_.empty()) return place;
    for (place.at = heads_[chain]; place.found(); place.at = nodes_[place.at].next) {
      if (match(nodes_[place.at].stored)) break;
      place.before = place.at;
    }
    return place;
  }

  void push_front(std::uint32_t chain, const Stored& stored, std::uint32_t value) {
    DEMUXSIM_CHECK(value != DemuxResult::kNone);
    if (heads_.empty()) heads_.assign(chain_count_, kEnd);
    std::uint32_t at = free_;
    if (at == kEnd) {
      DEMUXSIM_CHECK(nodes_.size() < kEnd);
      at = static_cast<std::uint32_t>(nodes_.size());
      nodes_.emplace_back();
    } else {
      free_ = nodes_[at].next;
    }
    nodes_[at] = {stored, value, heads_[chain]};
    heads_[chain] = at;
    ++size_;
  }

  void move_to_front(std::uint32_t chain, Place place) {
    if (place.before == kEnd) return;
    nodes_[place.before].next = nodes_[place.at].next;
    nodes_[place.at].next = heads_[chain];
    heads_[chain] = place.at;
  }

  void erase(std::uint32_t chain, Place place) {
    Node& node = nodes_[place.at];
    (place.before == kEnd ? heads_[chain] : nodes_[place.before].next) = node.next;
    node.next = free_;
    free_ = place.at;
    --size_;
  }

  /// Calls f(stored, value), chain by chain from its front.
  template <class F>
  void for_each(F&& f) const {
    for (const std::uint32_t head : heads_) {
      for (std::uint32_t at = head; at != kEnd; at = nodes_[at].next) {
        f(nodes_[at].stored, nodes_[at].value);
      }
    }
  }

  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const {
    return heads_.capacity() * sizeof(std::uint32_t) + nodes_.capacity() * sizeof(Node);
  }

 private:
  struct Node {
    Stored stored;
    std::uint32_t value = DemuxResult::kNone;
    std::uint32_t next = kEnd;
  };

  std::vector<std::uint32_t> heads_;
  std::vector<Node> nodes_;
  std::uint32_t free_ = kEnd;  ///< The first of the nodes that hold no entry.
  std::uint32_t chain_count_;
  std::size_t size_ = 0;
};

/// A match for EntryChains::search that compares keys and counts in `examined` how many.
template <class Key>
auto same_key(const Key& key, std::uint32_t& examined) {
  return [&key, &examined](const Key& here) {
    ++examined;
    return here == key;
  };
}

/// The same, which also tells see() of each comparison; the first has the number 0.
template <class Key, class See>
auto same_key(const Key& key, std::uint32_t& examined, See& see) {
  return [&key, &examined, &see, number = std::uint32_t{0}](const Key& here) mutable {
    const bool same = here == key;
    see(LookupStep{LookupStepKind::compare, same, number++}, &here);
    ++examined;
    return same;
  };
}

}  // namespace demuxsim
