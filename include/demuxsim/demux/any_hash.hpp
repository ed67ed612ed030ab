// Every hash in one type, chosen by its name in a scenario.
#pragma once

#include <cstdint>

#include "demuxsim/demux/hash_functions.hpp"

namespace demuxsim {

/// Each call costs one foreseeable branch more than the hash itself.
class AnyHash {
 public:
  explicit AnyHash(const HashConfig& config = {}) : kind_(config.kind), siphash_(config) {}

  template <class Key>
  std::uint64_t operator()(const Key& key) const {
    return kind_ == HashKind::fast ? FastHash()(key) : siphash_(key);
  }

 private:
  HashKind kind_;
  SipTupleHash siphash_;
};

}  // namespace demuxsim
