// SipHash (Aumasson, Bernstein 2012): a keyed hash that nobody without the key can foresee. The
// template arguments are its numbers of rounds, so the published vectors of SipHash-2-4 prove the
// faster SipHash-1-3, too.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

namespace demuxsim {

/// The two halves of a 128-bit key, each read as little-endian.
struct SipKey {
  std::uint64_t k0 = 0;
  std::uint64_t k1 = 0;
};

/// Takes a message in whole 64-bit words, the first byte lowest, and then what is left of it.
template <int kCompress, int kFinish>
class SipHash {
 public:
  // What the key is combined with, from the paper.
  static constexpr std::uint64_t kInit0 = 0x736f6d6570736575;
  static constexpr std::uint64_t kInit1 = 0x646f72616e646f6d;
  static constexpr std::uint64_t kInit2 = 0x6c7967656e657261;
  static constexpr std::uint64_t kInit3 = 0x7465646279746573;

  constexpr explicit SipHash(SipKey key)
      : v0_(key.k0 ^ kInit0), v1_(key.k1 ^ kInit1), v2_(key.k0 ^ kInit2), v3_(key.k1 ^ kInit3) {}

  constexpr SipHash& add(std::uint64_t word) {
    absorb(word);
    bytes_ += 8;
    return *this;
  }

  /// The hash of all that was added and of the `rest_bytes` low bytes of `rest`.
  /// Precondition: rest_bytes < 8, and the other bytes of `rest` are 0.
  constexpr std::uint64_t finish(std::uint64_t rest, unsigned rest_bytes) {
    absorb(rest | (std::uint64_t{bytes_ + rest_bytes} << 56));
    v2_ ^= 0xff;
    rounds<kFinish>();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  constexpr void absorb(std::uint64_t word) {
    v3_ ^= word;
    rounds<kCompress>();
    v0_ ^= word;
  }

  template <int kCount>
  constexpr void rounds() {
    for (int i = 0; i < kCount; ++i) {
      v0_ += v1_;
      v2_ += v3_;
      v1_ = std::rotl(v1_, 13) ^ v0_;
      v3_ = std::rotl(v3_, 16) ^ v2_;
      v0_ = std::rotl(v0_, 32);
      v2_ += v1_;
      v0_ += v3_;
      v1_ = std::rotl(v1_, 17) ^ v2_;
      v3_ = std::rotl(v3_, 21) ^ v0_;
      v2_ = std::rotl(v2_, 32);
    }
  }

  std::uint64_t v0_;
  std::uint64_t v1_;
  std::uint64_t v2_;
  std::uint64_t v3_;
  std::uint32_t bytes_ = 0;
};

using SipHash13 = SipHash<1, 3>;
using SipHash24 = SipHash<2, 4>;

/// The hash of a message given as bytes.
template <class Sip>
constexpr std::uint64_t sip_hash(SipKey key, std::span<const std::uint8_t> message) {
  Sip hash(key);
  std::uint64_t word = 0;
  unsigned filled = 0;
  for (const std::uint8_t byte : message) {
    word |= std::uint64_t{byte} << (8 * filled);
    if (++filled < 8) continue;
    hash.add(word);
    word = 0;
    filled = 0;
  }
  return hash.finish(word, filled);
}

}  // namespace demuxsim
