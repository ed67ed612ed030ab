// Demultiplexer "open": a hash table of groups of fifteen entries with a tag byte each. What a
// stack built today for many connections would use, and the default.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "demuxsim/core/check.hpp"
#include "demuxsim/core/huge_array.hpp"
#include "demuxsim/demux/demultiplexer.hpp"
#include "demuxsim/demux/tag_group.hpp"

namespace demuxsim {

/// An entry stands in the group that its hash names or, where that is full, in the next that has
/// room; the groups it passed remember it, so that a look-up knows when to stop, and forget it when
/// it is erased: churn does not wear the table out. It is at most seven eighths full and never
/// shrinks.
///
/// Tags lie apart from entries. A look-up reads one line of tags and, as a rule, no entry but the
/// one it finds.
template <class Key, class Hash = SipTupleHash>
class OpenTable {
 public:
  static constexpr AlgorithmInfo kInfo{"open", {}, 0, 0, true};

  explicit OpenTable(const DemuxConfig& config = {}) : hash_(config.hash) {}

  /// Most look-ups end in the group that the hash names.
  DemuxResult find(const Key& key) const {
    DemuxResult result;
    if (count_ == 0) return result;
    const std::uint64_t hash = hash_(key);
    const std::size_t group = home(hash);
    if (search(group, key, hash, result, IgnoreSteps{}) != nullptr) [[likely]]
      return result;
    if (!tags_[group].may_go_on(hash)) [[likely]]
      return result;
    return find_anywhere(key);
  }

  template <class See>
  DemuxResult walk(const Key& key, See&& see) const {
    DemuxResult result;
    if (count_ != 0) locate(key, hash_(key), result, see);
    return result;
  }

  /// Has many look-ups under way at a time: one has its tags fetched while another has its entry
  /// fetched and a third is answered. Precondition: as many results as keys.
  void find_batch(std::span<const Key> keys, std::span<DemuxResult> results) const {
    DEMUXSIM_CHECK(results.size() == keys.size());
    if (memory_bytes() <= kNearBytes) {
      for (std::size_t i = 0; i < keys.size(); ++i) results[i] = find(keys[i]);
      return;
    }
    Window window;
    const std::size_t count = keys.size();
    for (std::size_t i = 0; i < count + kTagsAhead + kEntryAhead; ++i) {
      if (i < count) begin(keys[i], window.at(i));
      if (i >= kTagsAhead && i - kTagsAhead < count) {
        const std::size_t at = i - kTagsAhead;
        find_candidate(keys[at], window.at(at), results[at]);
      }
      if (i >= kTagsAhead + kEntryAhead) {
        const std::size_t at = i - kTagsAhead - kEntryAhead;
        compare(keys[at], window.at(at), results[at]);
      }
    }
  }

  bool insert(const Key& key, std::uint32_t value) {
    DEMUXSIM_CHECK(value != DemuxResult::kNone);
    const std::uint64_t hash = hash_(key);
    DemuxResult ignored;
    if (count_ != 0 && locate(key, hash, ignored, IgnoreSteps{}).entry != nullptr) return false;
    if (count_ >= room()) grow();
    place(hash, {key, value});
    ++count_;
    return true;
  }

  bool erase(const Key& key) {
    if (count_ == 0) return false;
    const std::uint64_t hash = hash_(key);
    DemuxResult ignored;
    const auto [entry, group] = locate(key, hash, ignored, IgnoreSteps{});
    if (entry == nullptr) return false;
    tags_[group].clear(static_cast<std::uint32_t>(entry - &entries_[group * TagGroup::kPlaces]));
    for (std::size_t passed = home(hash); passed != group; passed = next(passed)) {
      if (gone_on_[passed].drop(hash)) tags_[passed].clear_gone_on(hash);
    }
    --count_;
    return true;
  }

  void note_sent(const Key&) {}

  template <class F>
  void for_each(F&& f) const {
    for (std::size_t group = 0; group < tags_.size(); ++group) {
      for (Places places = tags_[group].taken_places(); places; places.drop_first()) {
        const Entry& there = entry(group, places.first());
        f(there.key, there.value);
      }
    }
  }

  std::size_t size() const { return count_; }
  std::size_t memory_bytes() const {
    return tags_.size() *
           (sizeof(TagGroup) + sizeof(GoneOnCounts) + TagGroup::kPlaces * sizeof(Entry));
  }

 private:
  struct Entry {
    Key key;
    std::uint32_t value;
  };
  static_assert(sizeof(Entry) == sizeof(Key) + sizeof(std::uint32_t));

  struct Located {
    const Entry* entry;  ///< nullptr: it is not there.
    std::size_t group;
  };

  // A look-up of find_batch waits so many others long for its tags and for its entry.
  static constexpr std::size_t kTagsAhead = 16;
  static constexpr std::size_t kEntryAhead = 16;
  /// Look-ups that are under way.
  class Window {
   public:
    struct Lookup {
      std::uint64_t hash;
      const Entry* candidate;  ///< nullptr: the answer is known.
    };
    Lookup& at(std::size_t number) { return lookups_[number % kSize]; }

   private:
    static constexpr std::size_t kSize = kTagsAhead + kEntryAhead;
    std::array<Lookup, kSize> lookups_;
  };
  /// A table of this size is near the processor anyway.
  static constexpr std::size_t kNearBytes = std::size_t{256} << 10;

  std::size_t home(std::uint64_t hash) const { return hash & (tags_.size() - 1); }
  std::size_t next(std::size_t group) const { return (group + 1) & (tags_.size() - 1); }
  std::size_t room() const { return tags_.size() * TagGroup::kPlaces * 7 / 8; }

  const Entry& entry(std::size_t group, std::uint32_t place) const {
    return entries_[group * TagGroup::kPlaces + place];
  }

  /// The entry in this group, or nullptr.
  template <class See>
  const Entry* search(std::size_t group, const Key& key, std::uint64_t hash, DemuxResult& result,
                      See&& see) const {
    const Tag tag(hash);
    see(LookupStep{LookupStepKind::group, false, static_cast<std::uint32_t>(group),
                   static_cast<std::uint32_t>(tags_.size()), tag.byte()},
        static_cast<const Key*>(nullptr));
    for (Places places = tags_[group].places_of(tag); places; places.drop_first()) {
      const Entry& there = entry(group, places.first());
      const bool same = there.key == key;
      see(LookupStep{LookupStepKind::compare, same, result.examined++}, &there.key);
      if (same) [[likely]] {
        result.value = there.value;
        return &there;
      }
    }
    return nullptr;
  }

  /// The entry, wherever it is. The number of groups is a bound that only a table under attack
  /// comes to.
  template <class See>
  Located locate(const Key& key, std::uint64_t hash, DemuxResult& result, See&& see) const {
    std::size_t group = home(hash);
    for (std::size_t left = tags_.size(); left > 0; --left, group = next(group)) {
      const Entry* const found = search(group, key, hash, result, see);
      if (found != nullptr) return {found, group};
      if (!tags_[group].may_go_on(hash)) break;
    }
    return {nullptr, group};
  }

  [[gnu::noinline]] DemuxResult find_anywhere(const Key& key) const {
    return walk(key, IgnoreSteps{});
  }

  // The three steps of find_batch.
  void begin(const Key& key, typename Window::Lookup& lookup) const {
    lookup.hash = hash_(key);
    __builtin_prefetch(&tags_[home(lookup.hash)]);
  }
  void find_candidate(const Key& key, typename Window::Lookup& lookup, DemuxResult& result) const {
    const std::size_t group = home(lookup.hash);
    const Places places = tags_[group].places_of(Tag(lookup.hash));
    if (places) {
      lookup.candidate = &entry(group, places.first());
      __builtin_prefetch(lookup.candidate);
    } else {
      lookup.candidate = nullptr;
      result = tags_[group].may_go_on(lookup.hash) ? find_anywhere(key) : DemuxResult{};
    }
  }
  void compare(const Key& key, const typename Window::Lookup& lookup, DemuxResult& result) const {
    if (lookup.candidate == nullptr) return;
    if (lookup.candidate->key == key) [[likely]] {
      result = {lookup.candidate->value, 1};
    } else {
      result = find_anywhere(key);
    }
  }

  /// Puts an entry that is not there where it belongs.
  void place(std::uint64_t hash, const Entry& added) {
    std::size_t group = home(hash);
    Places empty = tags_[group].empty_places();
    while (!empty) {
      gone_on_[group].add(hash);
      tags_[group].set_gone_on(hash);
      group = next(group);
      empty = tags_[group].empty_places();
    }
    tags_[group].set(empty.first(), Tag(hash));
    entries_[group * TagGroup::kPlaces + empty.first()] = added;
  }

  void grow() {
    OpenTable larger(std::max<std::size_t>(1, tags_.size() * 2), hash_);
    for_each([&](const Key& key, std::uint32_t value) { larger.place(hash_(key), {key, value}); });
    larger.count_ = count_;
    *this = std::move(larger);
  }
  OpenTable(std::size_t groups, const Hash& hash)
      : tags_(HugeArray<TagGroup>::zeroed(groups)),
        gone_on_(HugeArray<GoneOnCounts>::zeroed(groups)),
        entries_(HugeArray<Entry>::raw(groups * TagGroup::kPlaces)),
        hash_(hash) {}

  HugeArray<TagGroup> tags_;  ///< None or a power of two.
  HugeArray<GoneOnCounts> gone_on_;
  HugeArray<Entry> entries_;
  std::size_t count_ = 0;
  Hash hash_;
};

}  // namespace demuxsim
