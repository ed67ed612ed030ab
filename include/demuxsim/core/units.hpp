// Small exact quantities: a probability or share as a ratio of integers, a rate in bits a second.
#pragma once

#include <cstdint>

#include "demuxsim/core/time.hpp"

namespace demuxsim {

/// 128 bits where a product of two 64-bit numbers must not overflow.
__extension__ using Wide = unsigned __int128;

/// A probability or share without rounding: 1% is {1, 100}. Precondition: denominator > 0.
struct Ratio {
  std::uint64_t numerator = 0;
  std::uint64_t denominator = 1;
  friend constexpr bool operator==(Ratio, Ratio) = default;
};

/// A transmission rate; 0 means without limit (transmission takes no time).
struct BitRate {
  std::uint64_t bits_per_s = 0;
  friend constexpr bool operator==(BitRate, BitRate) = default;
};

/// How long `bytes` take on a line of this rate, rounded up to a whole nanosecond. Precondition:
/// fewer than 2^31 bytes.
constexpr Duration transmission_time(std::uint32_t bytes, BitRate rate) {
  if (rate.bits_per_s == 0) return Duration{0};
  const std::uint64_t bit_nanoseconds = std::uint64_t{bytes} * 8'000'000'000;
  const std::uint64_t whole = bit_nanoseconds / rate.bits_per_s;
  return Duration{
      static_cast<std::int64_t>(whole * rate.bits_per_s == bit_nanoseconds ? whole : whole + 1)};
}

}  // namespace demuxsim
