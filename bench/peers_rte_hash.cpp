#include "peers_rte_hash.hpp"

#include <bit>
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

/// Gives DPDK memory for a table of so many places, whose pages are as those of the other tables.
/// (Without huge page files the EAL's own memory never has huge pages.) DPDK fills it with zeros.
bool add_memory(std::uint32_t entries) {
  constexpr std::size_t kBytesOfPlace = 8 + sizeof(std::uint32_t);  // A bucket's and the ring's.
  constexpr std::size_t kBytesOfEntry = 32;
  const std::size_t wanted =
      std::bit_ceil(entries + 1) * kBytesOfPlace + entries * kBytesOfEntry + kHugePage / 2;
  const std::size_t bytes = (wanted + kHugePage - 1) / kHugePage * kHugePage;
  void* const mapped =
      mmap(nullptr, bytes + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return false;
  const std::size_t past = reinterpret_cast<std::uintptr_t>(mapped) % kHugePage;
  void* const memory = static_cast<char*>(mapped) + (kHugePage - past);
  madvise(memory, bytes, MADV_HUGEPAGE);
  return rte_malloc_heap_memory_add(kHeap, memory, bytes, nullptr,
                                    static_cast<std::uint32_t>(bytes / kHugePage), kHugePage) == 0;
}

/// It promises no room for the last of the entries it is made for, so it gets twice the buckets
/// where more than seven eighths of them would be full; and room for one more, for churn.
std::uint32_t entries_for(std::uint32_t connections) {
  const std::uint32_t entries = connections + 1;
  const std::uint32_t places = std::bit_ceil(entries);
  return entries > places / 8 * 7 ? places + 1 : entries;
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
  static const char* const absence = []() -> const char* {
    const char* const no_eal = start_eal();
    if (no_eal != nullptr) return no_eal;
    return rte_malloc_heap_create(kHeap) == 0 ? nullptr : "DPDK makes no heap for its tables";
  }();
  return absence;
}

template <RteHashing hashing>
RteHash<hashing>::RteHash(std::uint32_t connections) {
  static int tables = 0;
  const std::string name =
      (hashing == RteHashing::fair ? "fair" : "own") + std::to_string(tables++);
  rte_hash_parameters parameters{};
  parameters.name = name.c_str();
  parameters.entries = entries_for(connections);
  parameters.key_len = sizeof(Key);
  parameters.hash_func = hashing == RteHashing::fair ? fair_hash : nullptr;
  parameters.socket_id = rte_malloc_heap_get_socket(kHeap);
  if (!add_memory(parameters.entries)) give_up("memory for rte_hash");
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
