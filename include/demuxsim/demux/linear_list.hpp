// Demultiplexer "linear": the plain list of connections that BSD searched from its front, newest
// first. The measure that all others are held against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "demuxsim/core/check.hpp"
#include "demuxsim/demux/demultiplexer.hpp"

namespace demuxsim {

/// The front of the list is the end of the arrays, so that a new entry moves no other. Keys lie
/// apart from values: a search reads keys alone. Erasing keeps the order of the others.
template <class Key>
class LinearList {
 public:
  static constexpr AlgorithmInfo kInfo{"linear"};

  explicit LinearList(const DemuxConfig& = {}) {}

  /// Examines as many keys as stand before and at the one sought.
  DemuxResult find(const Key& key) const {
    const std::size_t behind = count_up_to(key);
    const auto examined = static_cast<std::uint32_t>(keys_.size() - behind);
    if (behind == 0) return {DemuxResult::kNone, examined};
    return {values_[behind - 1], examined + 1};
  }

  template <class See>
  DemuxResult walk(const Key& key, See&& see) const {
    DemuxResult result;
    for (std::size_t left = keys_.size(); left > 0; --left) {
      const Key& here = keys_[left - 1];
      const bool same = here == key;
      see(LookupStep{LookupStepKind::compare, same, result.examined++}, &here);
      if (same) return {values_[left - 1], result.examined};
    }
    return result;
  }

  bool insert(const Key& key, std::uint32_t value) {
    DEMUXSIM_CHECK(value != DemuxResult::kNone);
    if (count_up_to(key) != 0) return false;
    keys_.push_back(key);
    values_.push_back(value);
    return true;
  }

  bool erase(const Key& key) {
    const std::size_t behind = count_up_to(key);
    if (behind == 0) return false;
    const auto index = static_cast<std::ptrdiff_t>(behind - 1);
    keys_.erase(keys_.begin() + index);
    values_.erase(values_.begin() + index);
    return true;
  }

  void note_sent(const Key&) {}

  /// From the front of the list.
  template <class F>
  void for_each(F&& f) const {
    for (std::size_t i = keys_.size(); i-- > 0;) f(keys_[i], values_[i]);
  }

  std::size_t size() const { return keys_.size(); }
  std::size_t memory_bytes() const {
    return keys_.capacity() * sizeof(Key) + values_.capacity() * sizeof(std::uint32_t);
  }

 private:
  /// How many entries there are from the back of the list up to this key; 0 if it is not there.
  std::size_t count_up_to(const Key& key) const {
    std::size_t left = keys_.size();
    while (left > 0 && !(keys_[left - 1] == key)) --left;
    return left;
  }

  std::vector<Key> keys_;
  std::vector<std::uint32_t> values_;
};

}  // namespace demuxsim
