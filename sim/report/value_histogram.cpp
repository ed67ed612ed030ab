#include "demuxsim/report/value_histogram.hpp"

namespace demuxsim {
namespace {

/// The range that holds `value`, without its count.
ValueHistogram::Range range_around(std::uint64_t value, unsigned width) {
  constexpr std::uint64_t kSingles = 8;
  if (value == 0 || (width == 0 && value < kSingles)) return {value, value, 0};
  const auto bits = static_cast<unsigned>(std::bit_width(value)) - 1;
  const unsigned step = std::max(width, 1u);
  const unsigned low = bits / step * step;
  const unsigned high = low + step;
  return {std::uint64_t{1} << low, high < 64 ? (std::uint64_t{1} << high) - 1 : ~std::uint64_t{0},
          0};
}

}  // namespace

ValueHistogram& ValueHistogram::operator+=(const ValueHistogram& other) {
  if (counts_.size() < other.counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
  return *this;
}

std::uint64_t ValueHistogram::p99() const {
  const std::uint64_t wanted = count_ - count_ / 100;  // 99 of a hundred, rounded up.
  std::uint64_t passed = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    passed += counts_[i];
    if (passed >= wanted) return std::min(last_of(i), max_);
  }
  return 0;
}

std::vector<ValueHistogram::Range> ValueHistogram::ranges(unsigned width) const {
  std::vector<Range> ranges;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] == 0) continue;
    const std::uint64_t value = std::min(last_of(i), max_);
    if (ranges.empty() || ranges.back().last < value) ranges.push_back(range_around(value, width));
    ranges.back().count += counts_[i];
  }
  return ranges;
}

}  // namespace demuxsim
