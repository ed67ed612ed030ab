// What bench/peers.cpp gives all tables alike: look-ups made beforehand from a fixed seed, and
// tables that are filled when they are first needed and then serve all the benchmarks of a run.
#pragma once

#include <algorithm>
#include <bit>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "demuxsim/core/check.hpp"
#include "demuxsim/core/huge_array.hpp"
#include "peers_maps.hpp"

namespace demuxsim::peers {

enum class Sought : std::uint8_t { uniform, zipf, trains, miss };
constexpr const char* name_of(Sought sought) {
  constexpr const char* kNames[] = {"uniform", "zipf", "trains", "miss"};
  return kNames[static_cast<std::size_t>(sought)];
}

/// What is in a table.
struct Content {
  KeySet keys;
  std::uint32_t connections;
  friend auto operator<=>(const Content&, const Content&) = default;
};

/// Look-ups in the order of their time. They go round, and each benchmark goes on where the last
/// one stopped: none finds what it seeks in the cache because it had sought it just before.
class LookupList {
 public:
  LookupList(Sought sought, Content content) {
    const bool miss = sought == Sought::miss;
    const auto order = miss ? LookupOrder::uniform : static_cast<LookupOrder>(sought);
    Lookups lookups(order, content.connections, Rng(kSeed, {StreamKind::test}));
    const std::uint32_t count = std::clamp(std::bit_ceil(content.connections), kFewest, kMost);
    keys_.reserve(count);
    numbers_.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t number = lookups.next() + (miss ? content.connections : 0);
      keys_.push_back(connection_key<Key>(content.keys, number));
      numbers_.push_back(static_cast<std::uint32_t>(mix64(number)));
    }
  }

  /// Precondition: a power of two, at most kLargestBatch, the same until the next align().
  std::span<const Key> next_keys(std::size_t count) { return {&keys_[advance(count)], count}; }
  /// The same connections as numbers that spread evenly over all of 32 bits.
  std::span<const std::uint32_t> next_numbers(std::size_t count) {
    return {&numbers_[advance(count)], count};
  }
  void align() { at_ = at_ / kLargestBatch * kLargestBatch; }

 private:
  static constexpr std::uint64_t kSeed = 42;
  static constexpr std::uint32_t kFewest = 1u << 15;  ///< More than a branch predictor remembers.
  static constexpr std::uint32_t kMost = 1u << 22;    ///< More entries than any cache holds.

  std::size_t advance(std::size_t count) {
    const std::size_t at = at_;
    at_ = at + count == keys_.size() ? 0 : at + count;
    return at;
  }

  std::vector<Key> keys_;
  std::vector<std::uint32_t> numbers_;
  std::size_t at_ = 0;
};

class Inputs {
 public:
  LookupList& lookups(Sought sought, Content content) {
    auto& list = lists_[{sought, content}];
    if (list == nullptr) list = std::make_unique<LookupList>(sought, content);
    list->align();
    return *list;
  }

 private:
  std::map<std::pair<Sought, Content>, std::unique_ptr<LookupList>> lists_;
};

/// What the program has from malloc, with what malloc itself needs for it; 0 where nobody knows.
inline std::size_t allocated_bytes() {
#if defined(__GLIBC__)
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
#else
  return 0;
#endif
}

template <class Table>
class Filled {
 public:
  explicit Filled(Content content) : content_(content) {}

  Content content() const { return content_; }
  Table& table() {
    if (table_ == nullptr) fill();
    return *table_;
  }
  std::size_t memory_bytes() {
    table();
    return bytes_;
  }
  /// Opens a connection and forgets the oldest, as a host does with TIME-WAIT.
  void churn() {
    Table& table = *table_;
    table.insert(connection_key<Key>(content_.keys, newest_), newest_);
    table.erase(connection_key<Key>(content_.keys, newest_ - content_.connections));
    ++newest_;
  }

 private:
  void fill() {
    const std::size_t before = allocated_bytes();
    table_ = std::make_unique<Table>(content_.connections);
    for (newest_ = 0; newest_ < content_.connections; ++newest_) {
      table_->insert(connection_key<Key>(content_.keys, newest_), newest_);
    }
    check();
    if constexpr (requires { table_->memory_bytes(); }) {
      bytes_ = table_->memory_bytes();
    } else {
      bytes_ = allocated_bytes() - before;
    }
  }

  /// A table that finds nothing would be fast.
  void check() const {
    for (std::uint32_t i = 0; i < std::min(1'000u, content_.connections); ++i) {
      const std::uint32_t absent = content_.connections + i;
      DEMUXSIM_CHECK(table_->find(connection_key<Key>(content_.keys, i)) == i);
      DEMUXSIM_CHECK(table_->find(connection_key<Key>(content_.keys, absent)) == kNone);
    }
  }

  Content content_;
  std::unique_ptr<Table> table_;
  std::size_t bytes_ = 0;
  std::uint32_t newest_ = 0;
};

/// As many cache lines as a table has, to read one of them for each look-up.
class Lines {
 public:
  explicit Lines(std::size_t bytes)
      : lines_(HugeArray<Line>::zeroed(std::max<std::size_t>(1, bytes / sizeof(Line)))) {}
  std::uint64_t read(std::uint32_t number) const {
    return lines_[number * std::uint64_t{lines_.size()} >> 32].word;
  }

 private:
  struct Line {
    std::uint64_t word;
    std::uint64_t rest[7];
  };
  HugeArray<Line> lines_;
};

}  // namespace demuxsim::peers
