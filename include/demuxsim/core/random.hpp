// Random numbers that are the same on every machine and library. Each user of chance (a link, a
// host, a picker, a behaviour) draws from its own stream, so adding one moves nobody else's luck.
#pragma once

#include <cstdint>

#include "demuxsim/core/time.hpp"
#include "demuxsim/core/units.hpp"

namespace demuxsim {

enum class StreamKind : std::uint32_t { link, host, port_picker, behaviour, hash_secret, test };

/// Names one stream of a run: who draws, and which of them.
struct StreamId {
  StreamKind kind;
  std::uint32_t index = 0;
  std::uint32_t part = 0;  ///< A further number where one index has several streams.
};

/// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a bijection that mixes well.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// SplitMix64: eight bytes of state, equally distributed, not for secrets.
class Rng {
 public:
  constexpr explicit Rng(std::uint64_t state = 0) : state_(state) {}
  constexpr Rng(std::uint64_t seed, StreamId stream)
      : state_(mix64(mix64(seed + 0x9e3779b97f4a7c15ULL) ^
                     mix64((std::uint64_t{static_cast<std::uint32_t>(stream.kind)} << 56) ^
                           (std::uint64_t{stream.part} << 32) ^ stream.index ^
                           0x632be59bd9b4e019ULL))) {}

  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    return mix64(state_);
  }

  /// A number in [0, bound), without bias. Precondition: bound > 0. (Lemire, TOMACS 2019.)
  std::uint64_t below(std::uint64_t bound);

  /// True with the given probability; draws nothing when it is 0 or 1.
  bool chance(Ratio probability) {
    if (probability.numerator == 0) return false;
    if (probability.numerator >= probability.denominator) return true;
    return below(probability.denominator) < probability.numerator;
  }

  /// An exponentially distributed wait with this mean, by integers alone (von Neumann 1951).
  /// Never negative; precondition: mean >= 0.
  Duration exponential(Duration mean);

 private:
  std::uint64_t state_;
};

}  // namespace demuxsim
