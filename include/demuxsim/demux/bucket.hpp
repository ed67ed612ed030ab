// One or two cache lines of a hash table: a few entries whose keys are compared all at once. How
// the buckets of a table hang together is not their business.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "demuxsim/demux/demultiplexer.hpp"
#include "demuxsim/net/four_tuple.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace demuxsim {

/// A few keys that can be compared with one.
template <class Key>
class KeyRow {
 public:
  static constexpr std::uint32_t kPlaces = 3;  ///< With their values, in 128 bytes.

  /// A bit for each place that holds this key.
  std::uint32_t equal(const Key& key) const {
    std::uint32_t bits = 0;
    for (std::uint32_t i = 0; i < kPlaces; ++i) bits |= std::uint32_t{keys_[i] == key} << i;
    return bits;
  }
  Key at(std::uint32_t place) const { return keys_[place]; }
  void set(std::uint32_t place, const Key& key) { keys_[place] = key; }

 private:
  std::array<Key, kPlaces> keys_;
};

/// The same parts of all keys lie side by side, so that a processor compares them at once.
template <>
class KeyRow<FourTuple4> {
 public:
  static constexpr std::uint32_t kPlaces = 4;  ///< With their values, in 64 bytes.

  std::uint32_t equal(const FourTuple4& key) const {
#if defined(__SSE2__)
    const auto lanes = [](const Lanes& row, std::uint32_t part) {
      return _mm_cmpeq_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(row.data())),
                             _mm_set1_epi32(static_cast<int>(part)));
    };
    const __m128i same =
        _mm_and_si128(_mm_and_si128(lanes(local_, key.local_address), lanes(ports_, key.ports())),
                      lanes(remote_, key.remote_address));
    return static_cast<std::uint32_t>(_mm_movemask_ps(_mm_castsi128_ps(same)));
#else
    std::uint32_t bits = 0;
    for (std::uint32_t i = 0; i < kPlaces; ++i) bits |= std::uint32_t{at(i) == key} << i;
    return bits;
#endif
  }
  FourTuple4 at(std::uint32_t place) const {
    return {local_[place], remote_[place], static_cast<std::uint16_t>(ports_[place]),
            static_cast<std::uint16_t>(ports_[place] >> 16)};
  }
  void set(std::uint32_t place, const FourTuple4& key) {
    local_[place] = key.local_address;
    remote_[place] = key.remote_address;
    ports_[place] = key.ports();
  }

 private:
  using Lanes = std::array<std::uint32_t, kPlaces>;
  alignas(16) Lanes local_;
  alignas(16) Lanes remote_;
  alignas(16) Lanes ports_;
};

/// Entries stand at the front, without gaps. A bucket of zeros is empty.
template <class Key>
class alignas(64) Bucket {
 public:
  static constexpr std::uint32_t kPlaces = KeyRow<Key>::kPlaces;

  /// The place of a key, or kPlaces.
  std::uint32_t find(const Key& key) const {
    const std::uint32_t equal = keys_.equal(key);
    if (equal == 0) return kPlaces;
    // An empty place has a key, too, of zeros; it comes after those that count.
    const auto place = static_cast<std::uint32_t>(std::countr_zero(equal));
    return value(place) != DemuxResult::kNone ? place : kPlaces;
  }
  Key key(std::uint32_t place) const { return keys_.at(place); }
  /// kNone where no entry is.
  std::uint32_t value(std::uint32_t place) const { return (words_[place] & kValueBits) - 1; }
  /// How many entries there are.
  std::uint32_t size() const {
#if defined(__SSE2__)
    if constexpr (kPlaces == 4) {
      const __m128i words = _mm_load_si128(reinterpret_cast<const __m128i*>(words_.data()));
      const __m128i empty = _mm_cmpeq_epi32(_mm_slli_epi32(words, 4), _mm_setzero_si128());
      const int bits = _mm_movemask_ps(_mm_castsi128_ps(empty));
      return static_cast<std::uint32_t>(std::countr_zero(static_cast<unsigned>(bits) | 16u));
    }
#endif
    std::uint32_t size = 0;
    while (size < kPlaces && (words_[size] & kValueBits) != 0) ++size;
    return size;
  }
  bool is_full() const { return value(kPlaces - 1) != DemuxResult::kNone; }

  /// Precondition: it is not full.
  void add(const Key& key, std::uint32_t value) { put(size(), key, value); }
  /// The last one takes its place.
  void remove(std::uint32_t place) {
    const std::uint32_t last = size() - 1;
    put(place, key(last), value(last));
    put(last, Key{}, DemuxResult::kNone);
  }

  /// Whether an entry of this hash's kind, one of as many as there are places, has found no room
  /// here and gone on.
  bool may_go_on(std::uint64_t hash) const { return words_[kind_of(hash)] > kValueBits; }
  /// One more has. A count that has come to its most stays there: it may miss some from now on.
  void count_gone_on(std::uint64_t hash) {
    std::uint32_t& word = words_[kind_of(hash)];
    if (word < kMostGoneOn) word += kOneGoneOn;
  }
  void forget_gone_on(std::uint64_t hash) {
    std::uint32_t& word = words_[kind_of(hash)];
    if (word < kMostGoneOn) word -= kOneGoneOn;
  }

 private:
  // A word is a value, plus one, and above it the count of one kind.
  static constexpr std::uint32_t kValueBits = DemuxResult::kValueEnd;
  static constexpr std::uint32_t kOneGoneOn = kValueBits + 1;
  static constexpr std::uint32_t kMostGoneOn = 15 * kOneGoneOn;

  static std::uint32_t kind_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>((hash >> 60) * kPlaces >> 4);
  }
  void put(std::uint32_t place, const Key& key, std::uint32_t value) {
    keys_.set(place, key);
    words_[place] = (words_[place] & ~kValueBits) | (value + 1);
  }

  KeyRow<Key> keys_;
  std::array<std::uint32_t, kPlaces> words_;
};

static_assert(sizeof(Bucket<FourTuple4>) == 64 && sizeof(Bucket<FourTuple6>) == 128);

}  // namespace demuxsim
