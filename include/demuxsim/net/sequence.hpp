// Sequence numbers: arithmetic modulo 2^32 (RFC 9293 section 3.4).
#pragma once

#include <cstdint>

namespace demuxsim {

/// `<` and its kin compare by the shorter way round the circle, so they are an order only among
/// numbers that lie within 2^31 of each other, as those of one window do.
struct SequenceNumber {
  std::uint32_t value = 0;

  friend constexpr bool operator==(SequenceNumber, SequenceNumber) = default;
  friend constexpr SequenceNumber operator+(SequenceNumber a, std::uint32_t n) {
    return {a.value + n};
  }
  friend constexpr SequenceNumber operator-(SequenceNumber a, std::uint32_t n) {
    return {a.value - n};
  }
  /// How far `a` lies ahead of `b`.
  friend constexpr std::uint32_t operator-(SequenceNumber a, SequenceNumber b) {
    return a.value - b.value;
  }
  friend constexpr bool operator<(SequenceNumber a, SequenceNumber b) {
    return static_cast<std::int32_t>(a.value - b.value) < 0;
  }
  friend constexpr bool operator>(SequenceNumber a, SequenceNumber b) { return b < a; }
  friend constexpr bool operator<=(SequenceNumber a, SequenceNumber b) { return !(b < a); }
  friend constexpr bool operator>=(SequenceNumber a, SequenceNumber b) { return !(a < b); }
};

}  // namespace demuxsim
