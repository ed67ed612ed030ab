// The file descriptors of one process: a new one is always the lowest that is free (POSIX).
#pragma once

#include <cstdint>
#include <vector>

namespace demuxsim {

class DescriptorTable {
 public:
  /// 0 to 2 are standard input, output and error.
  static constexpr std::int32_t kFirst = 3;

  std::int32_t allocate();
  /// Precondition: `fd` is allocated.
  void release(std::int32_t fd);
  std::uint32_t size() const { return used_; }

 private:
  /// A bit for each descriptor, set while it is taken, and above it levels with a bit for each full
  /// word, so that the lowest free one is found in a few steps among a million.
  std::vector<std::vector<std::uint64_t>> levels_;
  std::uint32_t used_ = 0;
};

}  // namespace demuxsim
