// How often each value came up, in memory that does not grow with their number: mean, maximum and
// 99th percentile of what look-ups examined.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace demuxsim {

class ValueHistogram {
 public:
  /// Values below this are counted one by one; those above in steps of less than a thousandth of
  /// the value. Sum, and so the mean, and maximum are always exact.
  static constexpr std::uint64_t kExact = 65'536;

  /// Allocates only for values larger than all before.
  void add(std::uint64_t value) {
    const std::size_t slot = slot_of(value);
    if (slot >= counts_.size()) counts_.resize(slot + 1);
    ++counts_[slot];
    ++count_;
    sum_ += value;
    max_ = std::max(max_, value);
  }
  ValueHistogram& operator+=(const ValueHistogram& other);

  std::uint64_t count() const { return count_; }
  std::uint64_t sum() const { return sum_; }
  std::uint64_t max() const { return max_; }
  /// The least value that 99 of a hundred do not exceed; from kExact on up to a thousandth more.
  /// 0 without values.
  std::uint64_t p99() const;

  /// `count` values from `first` to `last`, both included.
  struct Range {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t count = 0;
  };
  /// The ranges that hold values, in order. Width 0: 0, 1 ... 7, 8-15, 16-31 and so on; width n:
  /// 0, then from each power of 2^n to below the next.
  std::vector<Range> ranges(unsigned width = 0) const;

 private:
  static constexpr unsigned kExactBits = 16;
  static constexpr unsigned kStepBits = 10;  // Steps in a power of two, from kExact on.
  static constexpr std::uint64_t kSteps = std::uint64_t{1} << kStepBits;

  static constexpr std::size_t slot_of(std::uint64_t value) {
    if (value < kExact) return static_cast<std::size_t>(value);
    const unsigned power = static_cast<unsigned>(std::bit_width(value)) - kExactBits - 1;
    const std::uint64_t step = value >> (power + kExactBits - kStepBits);  // From kSteps on.
    return static_cast<std::size_t>(kExact + power * kSteps + step - kSteps);
  }
  static constexpr std::uint64_t last_of(std::size_t slot) {
    if (slot < kExact) return slot;
    const std::uint64_t power = (slot - kExact) / kSteps;
    const std::uint64_t step = (slot - kExact) % kSteps + kSteps;
    return ((step + 1) << (power + kExactBits - kStepBits)) - 1;
  }

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace demuxsim
