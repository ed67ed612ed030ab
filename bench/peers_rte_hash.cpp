#include "peers_rte_hash.hpp"

#include <cstdio>
#include <cstdlib>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <sched.h>
#include <string>
#include <sys/mman.h>

namespace demuxsim::peers {
namespace {

constexpr const char* kHeap = "demuxsim";
constexpr std::size_t kHugePage = std::size_t{2} << 20;
/// Address space for all tables of a run; only what is used becomes memory.
constexpr std::size_t kHeapBytes = std::size_t{6} << 30;

/// The EAL pins the thread that starts it, which is not its business here.
const char* start_eal() {
  cpu_set_t before;
  sched_getaffinity(0, sizeof before, &before);
  std::array<std::string, 9> words = {"bench_peers",
                                      "--no-huge",
                                      "--no-shconf",
                                      "--no-pci",
                                      "--no-telemetry",
                                      "--log-level=error",
                                      "-m",
                                      "64",
                                      "--lcores=0@" + std::to_string(sched_getcpu())};
  std::array<char*, words.size()> arguments{};
  for (std::size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
  const int result = rte_eal_init(static_cast<int>(arguments.size()), arguments.data());
  sched_setaffinity(0, sizeof before, &before);
  return result < 0 ? "DPDK's EAL does not start" : nullptr;
}

/// rte_hash has its memory from here, so that its pages are as those of the other tables. (Without
/// huge page files the EAL's own memory never has huge pages.)
const char* add_heap() {
  void* const mapped = mmap(nullptr, kHeapBytes + kHugePage, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) return "no address space for DPDK's tables";
  const auto address =
      (reinterpret_cast<std::uintptr_t>(mapped) + kHugePage - 1) & ~(kHugePage - 1);
  void* const memory = reinterpret_cast<void*>(address);
  madvise(memory, kHeapBytes, MADV_HUGEPAGE);
  if (rte_malloc_heap_create(kHeap) != 0 ||
      rte_malloc_heap_memory_add(kHeap, memory, kHeapBytes, nullptr, kHeapBytes / kHugePage,
                                 kHugePage) != 0) {
    return "DPDK does not take the memory for its tables";
  }
  return nullptr;
}

std::size_t heap_bytes_in_use() {
  rte_malloc_socket_stats stats{};
  rte_malloc_get_socket_stats(rte_malloc_heap_get_socket(kHeap), &stats);
  return stats.heap_allocsz_bytes;
}

std::uint32_t fair_hash(const void* key, std::uint32_t, std::uint32_t) {
  return static_cast<std::uint32_t>(FairHash()(*static_cast<const Key*>(key)));
}

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "bench_peers: %s: %s\n", what, rte_strerror(rte_errno));
  std::exit(EXIT_FAILURE);
}

}  // namespace

const char* start_dpdk() {
  static const char* const absence = [] {
    const char* const no_eal = start_eal();
    return no_eal != nullptr ? no_eal : add_heap();
  }();
  return absence;
}

/// With room for an eighth more, for churn, and because it promises no room for the last ones.
template <RteHashing hashing>
RteHash<hashing>::RteHash(std::uint32_t connections) {
  static int tables = 0;
  const std::string name =
      (hashing == RteHashing::fair ? "fair" : "own") + std::to_string(tables++);
  rte_hash_parameters parameters{};
  parameters.name = name.c_str();
  parameters.entries = connections + connections / 8;
  parameters.key_len = sizeof(Key);
  parameters.hash_func = hashing == RteHashing::fair ? fair_hash : nullptr;
  parameters.socket_id = rte_malloc_heap_get_socket(kHeap);
  const std::size_t before = heap_bytes_in_use();
  table_ = rte_hash_create(&parameters);
  if (table_ == nullptr) give_up("rte_hash_create");
  bytes_ = heap_bytes_in_use() - before;
}

template <RteHashing hashing>
void RteHash<hashing>::insert(const Key& key, std::uint32_t value) {
  void* const data = reinterpret_cast<void*>(std::uintptr_t{value});
  if (rte_hash_add_key_data(table_, &key, data) < 0) give_up("rte_hash_add_key_data");
}

template class RteHash<RteHashing::fair>;
template class RteHash<RteHashing::own>;

}  // namespace demuxsim::peers
