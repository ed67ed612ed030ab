#include "demuxsim/demux/hash_functions.hpp"

#include <cstddef>

namespace demuxsim {
namespace {

#if defined(__x86_64__)
constexpr std::size_t kLanes = 4;

/// Two times four keys at a time: while one addition waits for another, the other four go on. The
/// steps are those of SipHash13, written out, for no vector may be passed to a function that is not
/// compiled for AVX2 itself.
[[gnu::target("avx2")]] void hash_eight(const SipKey& key, const FourTuple4* keys,
                                        std::uint64_t* hashes) {
  typedef std::uint64_t Lanes __attribute__((vector_size(8 * kLanes)));
  constexpr std::uint64_t kLength = std::uint64_t{sizeof(FourTuple4)} << 56;
  Lanes words[2][2];
  Lanes v0[2];
  Lanes v1[2];
  Lanes v2[2];
  Lanes v3[2];
  for (std::size_t half = 0; half < 2; ++half) {
    const FourTuple4* const of = keys + half * kLanes;
    words[0][half] =
        Lanes{of[0].addresses(), of[1].addresses(), of[2].addresses(), of[3].addresses()};
    words[1][half] = Lanes{kLength | of[0].ports(), kLength | of[1].ports(),
                           kLength | of[2].ports(), kLength | of[3].ports()};
    v0[half] = Lanes{} + (key.k0 ^ SipHash13::kInit0);
    v1[half] = Lanes{} + (key.k1 ^ SipHash13::kInit1);
    v2[half] = Lanes{} + (key.k0 ^ SipHash13::kInit2);
    v3[half] = Lanes{} + (key.k1 ^ SipHash13::kInit3);
  }
  for (std::size_t round = 0; round < 5; ++round) {
    for (std::size_t half = 0; half < 2; ++half) {
      if (round < 2) v3[half] ^= words[round][half];
      if (round == 2) v2[half] ^= 0xff;
      v0[half] += v1[half];
      v2[half] += v3[half];
      v1[half] = (v1[half] << 13 | v1[half] >> 51) ^ v0[half];
      v3[half] = (v3[half] << 16 | v3[half] >> 48) ^ v2[half];
      v0[half] = v0[half] << 32 | v0[half] >> 32;
      v2[half] += v1[half];
      v0[half] += v3[half];
      v1[half] = (v1[half] << 17 | v1[half] >> 47) ^ v2[half];
      v3[half] = (v3[half] << 21 | v3[half] >> 43) ^ v0[half];
      v2[half] = v2[half] << 32 | v2[half] >> 32;
      if (round < 2) v0[half] ^= words[round][half];
    }
  }
  for (std::size_t half = 0; half < 2; ++half) {
    const Lanes hash = v0[half] ^ v1[half] ^ v2[half] ^ v3[half];
    for (std::size_t lane = 0; lane < kLanes; ++lane) hashes[half * kLanes + lane] = hash[lane];
  }
}

/// Until it is known, which is before main, the slower way does as well.
const bool kHasAvx2 = __builtin_cpu_supports("avx2") != 0;
#endif

}  // namespace

void SipTupleHash::many(std::span<const FourTuple4> keys, std::uint64_t* hashes) const {
  std::size_t done = 0;
#if defined(__x86_64__)
  for (; kHasAvx2 && done + 2 * kLanes <= keys.size(); done += 2 * kLanes)
    hash_eight(key_, keys.data() + done, hashes + done);
#endif
  for (; done < keys.size(); ++done) hashes[done] = (*this)(keys[done]);
}

}  // namespace demuxsim
