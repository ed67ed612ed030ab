// Where each SEND of a process ends in its stream, as long as that is not acknowledged: no segment
// holds bytes of two of them, and the one with a last byte carries PSH, however often it is sent.
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

  /// The first mark beyond `position`. Precondition: position < last().
  std::uint64_t after(std::uint64_t position) const {
    if (position < first_) return first_;
    std::size_t low = 0;
    for (std::size_t high = rest_->size() - 1; low < high;) {
      const std::size_t middle = (low + high) / 2;
      if ((*rest_)[middle] > position) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return (*rest_)[low];
  }
  /// Forgets the marks up to and at `position`.
  void pass(std::uint64_t position) {
    while (first_ != 0 && first_ <= position) {
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
  std::uint64_t first_ = 0;                    ///< 0: empty.
  std::unique_ptr<Ring<std::uint64_t>> rest_;  ///< Ascending; none where there are no more.
};

}  // namespace demuxsim
