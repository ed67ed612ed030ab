// A byte for each of fifteen entries of a hash table, compared all at once: most keys that are not
// there are told so without a look at any entry.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace demuxsim {

/// The set bits of a number, one after the other: places in a group.
class Places {
 public:
  constexpr explicit Places(std::uint32_t bits) : bits_(bits) {}
  constexpr explicit operator bool() const { return bits_ != 0; }
  constexpr std::uint32_t first() const {
    return static_cast<std::uint32_t>(std::countr_zero(bits_));
  }
  /// The end of the group where there is none.
  constexpr std::uint32_t first_or_end() const {
    return static_cast<std::uint32_t>(std::countr_zero(bits_ | 1u << 15));
  }
  constexpr void drop_first() { bits_ &= bits_ - 1; }
  constexpr std::uint32_t count() const { return static_cast<std::uint32_t>(std::popcount(bits_)); }

 private:
  std::uint32_t bits_;
};

/// A byte of a hash, any but 0, which marks an empty place.
class Tag {
 public:
  constexpr explicit Tag(std::uint64_t hash) : word_(kWords[hash >> 56]) {}
  constexpr std::uint8_t byte() const { return static_cast<std::uint8_t>(word_); }
  /// The byte four times.
  constexpr std::uint32_t word() const { return word_; }

 private:
  static constexpr std::array<std::uint32_t, 256> kWords = [] {
    std::array<std::uint32_t, 256> words{};
    for (std::uint32_t i = 0; i < words.size(); ++i) words[i] = (i + (i == 0)) * 0x01010101u;
    return words;
  }();
  std::uint32_t word_;
};

/// Which of eight kinds a hash is of.
constexpr std::uint32_t kind_of_hash(std::uint64_t hash) { return hash >> 53 & 7; }

/// How many entries of each kind have gone on from a group. A count that has come to its most stays
/// there: it may have missed some.
class GoneOnCounts {
 public:
  void add(std::uint64_t hash) { counts_ += count_of(hash) == kMost ? 0 : one(hash); }
  /// True when none is left.
  bool drop(std::uint64_t hash) {
    counts_ -= count_of(hash) == kMost ? 0 : one(hash);
    return count_of(hash) == 0;
  }

 private:
  static constexpr std::uint32_t kBits = 4;
  static constexpr std::uint32_t kMost = (1u << kBits) - 1;
  static std::uint32_t one(std::uint64_t hash) { return 1u << kBits * kind_of_hash(hash); }
  std::uint32_t count_of(std::uint64_t hash) const {
    return counts_ >> kBits * kind_of_hash(hash) & kMost;
  }

  std::uint32_t counts_ = 0;
};

class alignas(16) TagGroup {
 public:
  static constexpr std::uint32_t kPlaces = 15;

  Places places_of(Tag tag) const { return Places(equal(tag.word()) & kAllPlaces); }
  Places empty_places() const { return Places(equal(0) & kAllPlaces); }
  Places taken_places() const { return Places(~equal(0) & kAllPlaces); }

  void set(std::uint32_t place, Tag tag) { bytes_[place] = tag.byte(); }
  void clear(std::uint32_t place) { bytes_[place] = 0; }

  /// Whether an entry of this hash's kind, one of eight, has found no room here and gone on.
  bool may_go_on(std::uint64_t hash) const { return (bytes_[kPlaces] & bit_of(hash)) != 0; }
  void set_gone_on(std::uint64_t hash) { bytes_[kPlaces] |= bit_of(hash); }
  void clear_gone_on(std::uint64_t hash) {
    bytes_[kPlaces] &= static_cast<std::uint8_t>(~bit_of(hash));
  }

 private:
  static constexpr std::uint32_t kAllPlaces = (1u << kPlaces) - 1;

  static std::uint8_t bit_of(std::uint64_t hash) {
    return static_cast<std::uint8_t>(1u << kind_of_hash(hash));
  }

  /// A bit for each byte that is the one which `word` repeats.
  std::uint32_t equal(std::uint32_t word) const {
#if defined(__SSE2__)
    const __m128i bytes = _mm_load_si128(reinterpret_cast<const __m128i*>(bytes_.data()));
    const __m128i sought = _mm_set1_epi32(static_cast<int>(word));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, sought)));
#else
    std::uint32_t bits = 0;
    for (std::uint32_t i = 0; i < bytes_.size(); ++i)
      bits |= std::uint32_t{bytes_[i] == (word & 0xff)} << i;
    return bits;
#endif
  }

  std::array<std::uint8_t, kPlaces + 1> bytes_{};
};

static_assert(sizeof(TagGroup) == 16);

}  // namespace demuxsim
