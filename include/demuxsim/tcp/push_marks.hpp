// Where each SEND of a process ends in its stream, as long as that is not acknowledged: a segment
// that ends there carries PSH, and each segment tells how many SENDs are complete with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "demuxsim/core/ring.hpp"

namespace demuxsim {

/// Positions count bytes from a place of its own choice that moves only while it is empty. One
/// mark, as most connections have, costs no allocation.
class PushMarks {
 public:
  /// The process has sent `bytes` more. Precondition: bytes > 0.
  void add(std::uint64_t bytes) {
    if (first_ == 0) {
      first_ = bytes;
      return;
    }
    const std::uint64_t end = last() + bytes;
    if (!rest_) rest_ = std::make_unique<Ring<std::uint64_t>>();
    rest_->push_back(end);
  }
  /// The position behind all that was sent; 0 if it is empty.
  std::uint64_t last() const { return rest_ ? rest_->back() : first_; }

  /// How many SENDs of this stream end at `position` or before.
  std::uint32_t count_until(std::uint64_t position) const {
    if (first_ == 0 || position < first_) return passed_;
    return passed_ + 1 + (rest_ ? marks_until(position) : 0);
  }
  /// Whether one ends just there. Precondition: position > 0 and not before what was passed.
  bool is_mark(std::uint64_t position) const {
    return count_until(position) != count_until(position - 1);
  }
  /// Forgets the marks up to and at `position`, but for their number.
  void pass(std::uint64_t position) {
    while (first_ != 0 && first_ <= position) {
      ++passed_;
      first_ = rest_ ? rest_->front() : 0;
      if (rest_) rest_->pop_front();
      if (rest_ && rest_->empty()) rest_.reset();
    }
  }
  void clear() {
    first_ = 0;
    rest_.reset();
  }

 private:
  std::uint32_t marks_until(std::uint64_t position) const {
    std::size_t low = 0;
    for (std::size_t high = rest_->size(); low < high;) {
      const std::size_t middle = (low + high) / 2;
      if ((*rest_)[middle] > position) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return static_cast<std::uint32_t>(low);
  }

  std::uint64_t first_ = 0;                    ///< 0: empty.
  std::unique_ptr<Ring<std::uint64_t>> rest_;  ///< Ascending; none where there are no more.
  std::uint32_t passed_ = 0;
};

}  // namespace demuxsim
