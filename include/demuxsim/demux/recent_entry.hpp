// The one entry that a demultiplexer remembers beside its list: a copy of its key and value, so
// that a hit needs no list. Whoever erases an entry must make all that remember it forget it.
#pragma once

#include <cstdint>

#include "demuxsim/demux/demultiplexer.hpp"

namespace demuxsim {

/// Remembers nothing at first.
template <class Key>
class RecentEntry {
 public:
  constexpr bool any() const { return value_ != DemuxResult::kNone; }
  constexpr bool holds(const Key& key) const { return any() && key_ == key; }
  /// Precondition: any().
  constexpr const Key& key() const { return key_; }
  /// DemuxResult::kNone where it remembers nothing.
  constexpr std::uint32_t value() const { return value_; }

  constexpr void remember(const Key& key, std::uint32_t value) {
    key_ = key;
    value_ = value;
  }
  /// Does nothing if it is another key that is remembered.
  constexpr void forget(const Key& key) {
    if (holds(key)) value_ = DemuxResult::kNone;
  }

 private:
  Key key_{};
  std::uint32_t value_ = DemuxResult::kNone;
};

}  // namespace demuxsim
