// Every hash in one type, chosen by its name in a scenario.
#pragma once

#include <cstdint>
#include <span>

#include "demuxsim/demux/crc32c_hash.hpp"
#include "demuxsim/demux/hash_functions.hpp"
#include "demuxsim/demux/toeplitz_hash.hpp"

namespace demuxsim {

/// Each call costs one foreseeable branch more than the hash itself.
class AnyHash {
 public:
  explicit AnyHash(const HashConfig& config = {})
      : kind_(config.kind), crc32c_(config), siphash_(config), toeplitz_(config) {}

  template <class Key>
  std::uint64_t operator()(const Key& key) const {
    switch (kind_) {
      case HashKind::siphash:
        break;
      case HashKind::fast:
        return FastHash()(key);
      case HashKind::crc32c:
        return widened(crc32c_(key));
      case HashKind::toeplitz:
      case HashKind::toeplitz_keyed:
        return widened(toeplitz_(key));
      case HashKind::sum:
        return widened(SumHash()(key));
    }
    return siphash_(key);
  }
  /// As SipTupleHash::many.
  void many(std::span<const FourTuple4> keys, std::uint64_t* hashes) const {
    if (kind_ == HashKind::siphash) return siphash_.many(keys, hashes);
    for (const FourTuple4& key : keys) *hashes++ = (*this)(key);
  }

 private:
  HashKind kind_;
  Crc32cHash crc32c_;
  SipTupleHash siphash_;
  ToeplitzHash toeplitz_;
};

}  // namespace demuxsim
