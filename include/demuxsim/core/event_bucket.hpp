// Storage of the event queue: a bucket keeps events in the order they came, in chunks that all
// buckets of a queue take from one pool. An empty bucket owns nothing.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "demuxsim/core/event.hpp"

namespace demuxsim {

/// An odd number of half cache lines, so that the chunks in use spread over all sets of a cache.
struct alignas(32) EventChunk {
  static constexpr std::size_t kCapacity = 16;
  EventChunk* next;
  Event events[kCapacity];
};

/// Lends chunks, the one given back last first. Memory returns to the system with the pool.
class EventPool {
 public:
  EventChunk* take() {
    if (unused_ == nullptr) [[unlikely]]
      return take_fresh();
    EventChunk* chunk = unused_;
    unused_ = chunk->next;
    return chunk;
  }

  /// Takes back the chain from `first` to `last`.
  void give_back(EventChunk* first, EventChunk* last) {
    last->next = unused_;
    unused_ = first;
  }

  std::size_t storage_bytes() const { return blocks_.size() * kBlockChunks * sizeof(EventChunk); }

 private:
  static constexpr std::size_t kBlockChunks = 64;
  EventChunk* take_fresh();

  EventChunk* unused_ = nullptr;
  std::size_t block_used_ = kBlockChunks;  ///< Chunks of the last block that were ever lent.
  std::vector<std::unique_ptr<EventChunk[]>> blocks_;
};

class EventBucket {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  void push_back(const Event& event, EventPool& pool) {
    const std::size_t position = size_ % EventChunk::kCapacity;
    if (position == 0) append(pool.take());
    last_->events[position] = event;
    ++size_;
  }

  /// Precondition: not empty.
  const Event& front() const { return last_->next->events[0]; }

  /// Calls `holds(event)` in the order the events came, until one answers false.
  template <class Predicate>
  bool all_of(Predicate holds) const {
    return for_each_chunk([&](const EventChunk& chunk, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) {
        if (!holds(chunk.events[i])) return false;
      }
      return true;
    });
  }

  /// Calls `visit(event)` in the order the events came.
  template <class Visit>
  void for_each(Visit visit) const {
    for_each_chunk([&](const EventChunk& chunk, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) visit(chunk.events[i]);
      return true;
    });
  }

  /// The same, and gives each chunk back after its last event. Leaves the bucket empty.
  template <class Visit>
  void drain(EventPool& pool, Visit visit) {
    for_each_chunk([&](EventChunk& chunk, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) visit(std::as_const(chunk.events[i]));
      pool.give_back(&chunk, &chunk);
      return true;
    });
    size_ = 0;
  }

  void clear(EventPool& pool) {
    if (!empty()) pool.give_back(last_->next, last_);
    size_ = 0;
  }

 private:
  /// Calls `visit(chunk, count)`, which may give the chunk back, until one answers false.
  template <class Visit>
  bool for_each_chunk(Visit visit) const {
    if (empty()) return true;
    EventChunk* chunk = last_->next;
    std::size_t left = size_;
    while (left > EventChunk::kCapacity) {
      EventChunk* next = chunk->next;
      prefetch(*next);
      if (!visit(*chunk, EventChunk::kCapacity)) return false;
      left -= EventChunk::kCapacity;
      chunk = next;
    }
    return visit(*chunk, left);
  }

  /// Chunks of a large bucket lie anywhere in memory: the processor cannot guess the next one.
  static void prefetch(const EventChunk& chunk) {
    for (const Event& event : chunk.events) __builtin_prefetch(&event);
  }

  void append(EventChunk* chunk) {
    if (empty()) {
      chunk->next = chunk;
    } else {
      chunk->next = last_->next;
      last_->next = chunk;
    }
    last_ = chunk;
  }

  EventChunk* last_ = nullptr;  ///< Its `next` is the first chunk.
  std::size_t size_ = 0;
};

/// A set of numbers below kLimit that knows its smallest in two steps.
class SmallNumberSet {
 public:
  static constexpr std::size_t kWordBits = 64;
  static constexpr std::size_t kLimit = kWordBits * kWordBits;

  bool empty() const { return words_in_use_ == 0; }
  /// Precondition: not empty.
  std::size_t smallest() const {
    const auto word = static_cast<std::size_t>(std::countr_zero(words_in_use_));
    return word * kWordBits + static_cast<std::size_t>(std::countr_zero(words_[word]));
  }
  void insert(std::size_t number) {
    words_[number / kWordBits] |= std::uint64_t{1} << number % kWordBits;
    words_in_use_ |= std::uint64_t{1} << number / kWordBits;
  }
  /// Precondition: not empty.
  void erase_smallest() {
    std::uint64_t& word = words_[static_cast<std::size_t>(std::countr_zero(words_in_use_))];
    word &= word - 1;
    if (word == 0) words_in_use_ &= words_in_use_ - 1;
  }

 private:
  std::uint64_t words_in_use_ = 0;
  std::array<std::uint64_t, kWordBits> words_{};
};

}  // namespace demuxsim
