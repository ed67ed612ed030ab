// DPDK's rte_hash under the interface of bench/peers_maps.hpp, and what it takes to run it in an
// ordinary program: an EAL without devices, huge page files or privileges.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <rte_config.h>
#include <span>
// These want rte_config.h before them.
#include <rte_hash.h>

#include "peers_maps.hpp"

namespace demuxsim::peers {

/// Starts the EAL if it has not been tried yet. Returns nullptr, or why there is none.
const char* start_dpdk();

/// Which hash a table is made with.
enum class RteHashing : std::uint8_t { fair, own };

/// Precondition: start_dpdk() gave nullptr.
template <RteHashing hashing>
class RteHash {
 public:
  static const char* absence() { return start_dpdk(); }

  explicit RteHash(std::uint32_t connections);
  RteHash(const RteHash&) = delete;
  RteHash& operator=(const RteHash&) = delete;
  ~RteHash() { rte_hash_free(table_); }

  std::uint32_t find(const Key& key) const {
    void* data = nullptr;
    return rte_hash_lookup_data(table_, &key, &data) < 0 ? kNone : value_of(data);
  }
  /// Precondition: at most RTE_HASH_LOOKUP_BULK_MAX keys.
  const void* find_batch(std::span<const Key> keys) {
    std::array<const void*, RTE_HASH_LOOKUP_BULK_MAX> pointers;
    for (std::size_t i = 0; i < keys.size(); ++i) pointers[i] = &keys[i];
    rte_hash_lookup_bulk_data(table_, pointers.data(), static_cast<std::uint32_t>(keys.size()),
                              &found_, results_.data());
    return results_.data();
  }
  void insert(const Key& key, std::uint32_t value);
  void erase(const Key& key) { rte_hash_del_key(table_, &key); }
  std::size_t memory_bytes() const { return bytes_; }

 private:
  static std::uint32_t value_of(const void* data) {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(data));
  }

  rte_hash* table_ = nullptr;
  std::size_t bytes_ = 0;
  std::uint64_t found_ = 0;
  std::array<void*, RTE_HASH_LOOKUP_BULK_MAX> results_{};
};

}  // namespace demuxsim::peers
