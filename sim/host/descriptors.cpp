#include "demuxsim/host/descriptors.hpp"

#include <bit>

#include "demuxsim/core/check.hpp"

namespace demuxsim {
namespace {
constexpr std::uint64_t kFull = ~std::uint64_t{0};
constexpr std::uint64_t bit(std::size_t index) { return std::uint64_t{1} << (index % 64); }
}  // namespace

std::int32_t DescriptorTable::allocate() {
  if (levels_.empty()) levels_.emplace_back(1, 0);
  if (levels_.back()[0] == kFull) levels_.push_back({1});
  // Down from the top: each level's lowest clear bit names the word below that has room.
  std::size_t index = 0;
  for (std::size_t level = levels_.size(); level-- > 0;) {
    if (levels_[level].size() <= index) levels_[level].resize(index + 1, 0);
    index = index * 64 + static_cast<std::size_t>(std::countr_one(levels_[level][index]));
  }
  ++used_;
  const auto fd = static_cast<std::int32_t>(index) + kFirst;
  for (std::vector<std::uint64_t>& level : levels_) {
    level[index / 64] |= bit(index);
    if (level[index / 64] != kFull) break;
    index /= 64;
  }
  return fd;
}

void DescriptorTable::release(std::int32_t fd) {
  auto index = static_cast<std::size_t>(fd - kFirst);
  DEMUXSIM_CHECK(!levels_.empty() && index / 64 < levels_[0].size() &&
                 (levels_[0][index / 64] & bit(index)) != 0);
  --used_;
  for (std::vector<std::uint64_t>& level : levels_) {
    level[index / 64] &= ~bit(index);
    index /= 64;
  }
}

}  // namespace demuxsim
