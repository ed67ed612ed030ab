// Demultiplexer "open": a hash table of buckets of a cache line each. What a stack built today for
// many connections would use, and the default.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "demuxsim/core/check.hpp"
#include "demuxsim/core/huge_array.hpp"
#include "demuxsim/demux/bucket.hpp"
#include "demuxsim/demux/demultiplexer.hpp"

namespace demuxsim {

/// An entry stands in the bucket that its hash names or, where that is full, in the next that has
/// room; the buckets it passed count it, so that a look-up knows when to stop, until it is erased:
/// churn does not wear the table out. It is at most three quarters full and never shrinks.
///
/// A look-up reads one bucket, as a rule, whether it finds the key or not: a cache line, or two for
/// IPv6.
template <class Key, class Hash = SipTupleHash>
class OpenTable {
 public:
  static constexpr AlgorithmInfo kInfo{"open", {}, 0, 0, true};

  explicit OpenTable(const DemuxConfig& config = {}) : hash_(config.hash) {}

  DemuxResult find(const Key& key) const {
    if (count_ == 0) return {};
    return find_in_bucket(key, hash_(key));
  }

  template <class See>
  DemuxResult walk(const Key& key, See&& see) const {
    DemuxResult result;
    if (count_ != 0) locate(key, hash_(key), result, see);
    return result;
  }

  /// Has many look-ups under way at a time: while one has its bucket fetched, others before it are
  /// answered. Precondition: as many results as keys.
  void find_batch(std::span<const Key> keys, std::span<DemuxResult> results) const {
    DEMUXSIM_CHECK(results.size() == keys.size());
    if (memory_bytes() <= kNearBytes) {
      for (std::size_t i = 0; i < keys.size(); ++i) results[i] = find(keys[i]);
      return;
    }
    // A ring of groups: one begins, kGroupsAhead are under way, and the one before them is
    // answered.
    std::array<std::array<std::uint64_t, kGroup>, kGroupsAhead + 1> ring;
    const std::size_t groups = (keys.size() + kGroup - 1) / kGroup;
    const auto keys_of = [&](std::size_t group) {
      return keys.subspan(group * kGroup, std::min(kGroup, keys.size() - group * kGroup));
    };
    for (std::size_t group = 0; group < groups + kGroupsAhead; ++group) {
      if (group < groups) begin(keys_of(group), ring[group % ring.size()].data());
      if (group < kGroupsAhead) continue;
      const std::size_t ended = group - kGroupsAhead;
      const std::span<const Key> sought = keys_of(ended);
      const auto& hashes = ring[ended % ring.size()];
      for (std::size_t i = 0; i < sought.size(); ++i)
        results[ended * kGroup + i] = find_in_bucket(sought[i], hashes[i]);
    }
  }

  bool insert(const Key& key, std::uint32_t value) {
    DEMUXSIM_CHECK(value < DemuxResult::kValueEnd);
    if (count_ >= room()) [[unlikely]]
      grow();
    const std::uint64_t hash = hash_(key);
    Bucket<Key>& bucket = buckets_[home(hash)];
    if (bucket.find(key) != kPlaces) return false;
    if (bucket.may_go_on(hash) && find_anywhere(key)) return false;
    if (!bucket.is_full()) {
      bucket.add(key, value);
    } else {
      place(hash, key, value);
    }
    ++count_;
    return true;
  }

  bool erase(const Key& key) {
    if (count_ == 0) return false;
    const std::uint64_t hash = hash_(key);
    Bucket<Key>& bucket = buckets_[home(hash)];
    const std::uint32_t place = bucket.find(key);
    if (place != kPlaces) [[likely]] {
      bucket.remove(place);
    } else if (!bucket.may_go_on(hash) || !erase_further_on(key, hash)) {
      return false;
    }
    --count_;
    return true;
  }

  void note_sent(const Key&) {}

  template <class F>
  void for_each(F&& f) const {
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      const std::uint32_t size = buckets_[i].size();
      for (std::uint32_t place = 0; place < size; ++place)
        f(buckets_[i].key(place), buckets_[i].value(place));
    }
  }

  std::size_t size() const { return count_; }
  std::size_t memory_bytes() const { return buckets_.size() * sizeof(Bucket<Key>); }

 private:
  static constexpr std::uint32_t kPlaces = Bucket<Key>::kPlaces;
  struct Located {
    std::size_t bucket;
    std::uint32_t place;
    bool is_there() const { return place != kPlaces; }
  };

  /// Look-ups of find_batch begin in groups of so many, and wait for their buckets while so many
  /// more groups begin.
  static constexpr std::size_t kGroup = 8;
  static constexpr std::size_t kGroupsAhead = 3;
  /// A table of this size is near the processor anyway.
  static constexpr std::size_t kNearBytes = std::size_t{256} << 10;

  std::size_t home(std::uint64_t hash) const { return hash & (buckets_.size() - 1); }
  std::size_t next(std::size_t bucket) const { return (bucket + 1) & (buckets_.size() - 1); }
  std::size_t room() const { return buckets_.size() * kPlaces * 3 / 4; }

  /// Always inline: g++ takes a call that only prefetches for one without effect.
  [[gnu::always_inline]] void fetch(std::size_t bucket) const {
    const auto* const bytes = reinterpret_cast<const char*>(&buckets_[bucket]);
    __builtin_prefetch(bytes);
    if constexpr (sizeof(Bucket<Key>) > 64) __builtin_prefetch(bytes + 64);
  }

  void begin(std::span<const Key> keys, std::uint64_t* hashes) const {
    if constexpr (requires { hash_.many(keys, hashes); }) {
      hash_.many(keys, hashes);
    } else {
      for (std::size_t i = 0; i < keys.size(); ++i) hashes[i] = hash_(keys[i]);
    }
    for (std::size_t i = 0; i < keys.size(); ++i) fetch(home(hashes[i]));
  }

  /// Most look-ups end in the bucket that the hash names.
  DemuxResult find_in_bucket(const Key& key, std::uint64_t hash) const {
    const Bucket<Key>& bucket = buckets_[home(hash)];
    const std::uint32_t place = bucket.find(key);
    if (place != kPlaces) [[likely]]
      return {bucket.value(place), place + 1};
    if (!bucket.may_go_on(hash)) [[likely]]
      return {DemuxResult::kNone, bucket.size()};
    return find_anywhere(key);
  }
  [[gnu::noinline]] DemuxResult find_anywhere(const Key& key) const {
    return walk(key, IgnoreSteps{});
  }

  /// The entry, wherever it is. The number of buckets is a bound that only a table under attack
  /// comes to.
  template <class See>
  Located locate(const Key& key, std::uint64_t hash, DemuxResult& result, See&& see) const {
    std::size_t at = home(hash);
    for (std::size_t left = buckets_.size(); left > 0; --left, at = next(at)) {
      const Bucket<Key>& bucket = buckets_[at];
      see(LookupStep{LookupStepKind::bucket, false, static_cast<std::uint32_t>(at),
                     static_cast<std::uint32_t>(buckets_.size())},
          static_cast<const Key*>(nullptr));
      const std::uint32_t place = bucket.find(key);
      const std::uint32_t compared = place != kPlaces ? place + 1 : bucket.size();
      for (std::uint32_t i = 0; i < compared; ++i) {
        const Key there = bucket.key(i);
        see(LookupStep{LookupStepKind::compare, i == place, result.examined++}, &there);
      }
      if (place != kPlaces) {
        result.value = bucket.value(place);
        return {at, place};
      }
      if (!bucket.may_go_on(hash)) break;
    }
    return {at, kPlaces};
  }

  /// Puts an entry that is not there where it belongs.
  [[gnu::noinline]] void place(std::uint64_t hash, const Key& key, std::uint32_t value) {
    std::size_t at = home(hash);
    while (buckets_[at].is_full()) {
      buckets_[at].count_gone_on(hash);
      at = next(at);
    }
    buckets_[at].add(key, value);
  }

  [[gnu::noinline]] bool erase_further_on(const Key& key, std::uint64_t hash) {
    DemuxResult ignored;
    const Located there = locate(key, hash, ignored, IgnoreSteps{});
    if (!there.is_there()) return false;
    buckets_[there.bucket].remove(there.place);
    for (std::size_t passed = home(hash); passed != there.bucket; passed = next(passed)) {
      buckets_[passed].forget_gone_on(hash);
    }
    return true;
  }

  [[gnu::noinline]] void grow() {
    OpenTable larger(std::max<std::size_t>(1, buckets_.size() * 2), hash_);
    for_each([&](const Key& key, std::uint32_t value) { larger.place(hash_(key), key, value); });
    larger.count_ = count_;
    *this = std::move(larger);
  }
  OpenTable(std::size_t buckets, const Hash& hash)
      : buckets_(HugeArray<Bucket<Key>>::zeroed(buckets)), hash_(hash) {}

  HugeArray<Bucket<Key>> buckets_;  ///< None or a power of two.
  std::size_t count_ = 0;
  Hash hash_;
};

}  // namespace demuxsim
