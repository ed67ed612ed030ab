// A growing circular buffer: first in, first out, no allocation once it has reached its size.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "demuxsim/core/check.hpp"

namespace demuxsim {

template <class T>
class Ring {
 public:
  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }

  const T& front() const { return slots_[first_]; }
  T& front() { return slots_[first_]; }
  const T& back() const { return (*this)[count_ - 1]; }
  /// The element that `index` others stand before. Precondition: index < size().
  const T& operator[](std::size_t index) const { return slots_[(first_ + index) & mask()]; }
  T& operator[](std::size_t index) { return slots_[(first_ + index) & mask()]; }

  void push_back(const T& value) { push_slot() = value; }
  /// One more element at the end, with what an earlier one may have left in its slot, to be filled
  /// in place: a large one is copied once.
  T& push_slot() {
    if (count_ == slots_.size()) grow();
    return slots_[(first_ + count_++) & mask()];
  }
  /// Precondition: not empty.
  void pop_front() {
    first_ = (first_ + 1) & mask();
    --count_;
  }
  void clear() { first_ = count_ = 0; }

 private:
  std::size_t mask() const { return slots_.size() - 1; }
  void grow() {
    std::vector<T> larger(slots_.empty() ? 4 : slots_.size() * 2);
    for (std::size_t i = 0; i < count_; ++i) larger[i] = std::move((*this)[i]);
    slots_ = std::move(larger);
    first_ = 0;
  }

  std::vector<T> slots_;  ///< Its size is zero or a power of two.
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

}  // namespace demuxsim
