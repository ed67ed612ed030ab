#include "demuxsim/core/huge_array.hpp"

#include <cstdlib>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace demuxsim::detail {
namespace {
constexpr std::size_t kLine = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
}  // namespace

void* allocate_huge(std::size_t bytes, bool zeroed) {
  const std::size_t alignment = bytes >= kHugePage ? kHugePage : kLine;
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  void* const memory = std::aligned_alloc(alignment, rounded);
  if (memory == nullptr) throw std::bad_alloc();
#if defined(__linux__)
  // Advice: where it is not taken, everything works as before.
  if (alignment == kHugePage) ::madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  if (zeroed) std::memset(memory, 0, bytes);
  return memory;
}

void free_huge(void* memory) { std::free(memory); }

}  // namespace demuxsim::detail
