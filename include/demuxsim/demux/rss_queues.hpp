// Receive-side scaling, `rss:N/TABLE`: the Toeplitz hash of a segment chooses one of N queues, and
// each queue has a table of its own (Microsoft, "Introduction to Receive Side Scaling", Windows
// Driver Kit). What a network card does in front of the tables of N processors.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "demuxsim/demux/demultiplexer.hpp"
#include "demuxsim/demux/toeplitz_hash.hpp"

namespace demuxsim {

/// The queue of a Toeplitz hash among `count`: its low 7 bits choose one of the 128 entries of an
/// indirection table, which name the queues in turn. Precondition: 1 <= count <= 128.
constexpr std::uint32_t rss_queue_of(std::uint32_t hash, std::uint32_t count) {
  return (hash & 127) % count;
}

/// N tables in front of which a hash with the published key chooses. Its examined is that of the
/// table chosen: the card's work is not the host's. Table is made from TableConfig, N times when
/// the first entry comes.
template <class Key, class Table, class TableConfig = DemuxConfig>
class RssQueues {
 public:
  RssQueues(std::uint32_t count, TableConfig config)
      : count_(std::clamp(count, std::uint32_t{1}, std::uint32_t{128})),
        config_(std::move(config)) {}

  DemuxResult find(const Key& key) {
    return queues_.empty() ? DemuxResult{} : queues_[queue_of(key)].find(key);
  }

  template <class See>
  DemuxResult walk(const Key& key, See&& see) const {
    const std::uint32_t hash = hash_of(key);
    const std::uint32_t queue = rss_queue_of(hash, count_);
    see(LookupStep{LookupStepKind::queue, false, queue, count_, hash},
        static_cast<const Key*>(nullptr));
    return queues_.empty() ? DemuxResult{} : queues_[queue].walk(key, see);
  }

  bool insert(const Key& key, std::uint32_t value) {
    if (queues_.empty()) {
      queues_.reserve(count_);
      for (std::uint32_t i = 0; i < count_; ++i) queues_.emplace_back(config_);
    }
    return queues_[queue_of(key)].insert(key, value);
  }
  bool erase(const Key& key) { return !queues_.empty() && queues_[queue_of(key)].erase(key); }
  void note_sent(const Key& key) {
    if (!queues_.empty()) queues_[queue_of(key)].note_sent(key);
  }

  /// Queue by queue.
  template <class F>
  void for_each(F&& f) const {
    for (const Table& table : queues_) table.for_each(f);
  }

  std::size_t size() const {
    return sum([](const Table& table) { return table.size(); });
  }
  std::size_t memory_bytes() const {
    return queues_.capacity() * sizeof(Table) +
           sum([](const Table& table) { return table.memory_bytes(); });
  }

  std::uint32_t queue_count() const { return count_; }
  std::uint32_t queue_of(const Key& key) const { return rss_queue_of(hash_of(key), count_); }

 private:
  static std::uint32_t hash_of(const Key& key) {
    return toeplitz(kPublishedToeplitzRows.data(), key);
  }
  template <class F>
  std::size_t sum(F&& f) const {
    std::size_t total = 0;
    for (const Table& table : queues_) total += f(table);
    return total;
  }

  std::vector<Table> queues_;  ///< Empty before the first entry.
  std::uint32_t count_;
  TableConfig config_;
};

}  // namespace demuxsim
