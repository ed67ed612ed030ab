// Every demultiplexer in one type, chosen by its name in a scenario. To add one, include its header
// and add it to the list below.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>

#include "demuxsim/core/check.hpp"
#include "demuxsim/demux/algorithm.hpp"
#include "demuxsim/demux/any_hash.hpp"
#include "demuxsim/demux/linear_list.hpp"
#include "demuxsim/demux/open_table.hpp"
#include "demuxsim/net/four_tuple.hpp"

namespace demuxsim {

/// The first is the default.
template <class Key>
using Demultiplexers = std::variant<OpenTable<Key, AnyHash>, LinearList<Key>>;

/// A Demultiplexer that is any of them; each call costs one switch more than the table itself.
template <class Key>
class AnyDemux {
 public:
  explicit AnyDemux(const DemuxConfig& config = {}) : table_(std::in_place_index<0>, config) {}
  AnyDemux(const Algorithm& algorithm, std::uint64_t seed) {
    construct(algorithm.table, {{algorithm.hash, seed}, algorithm.number},
              std::make_index_sequence<kCount>{});
  }

  DemuxResult find(const Key& key) {
    return call(table_, [&](auto& table) { return table.find(key); });
  }
  template <class See>
  DemuxResult walk(const Key& key, See&& see) const {
    return call(table_, [&](const auto& table) { return table.walk(key, see); });
  }
  /// As many results as keys, in their order.
  void find_batch(std::span<const Key> keys, std::span<DemuxResult> results) {
    call(table_, [&](auto& table) {
      if constexpr (requires { table.find_batch(keys, results); }) {
        table.find_batch(keys, results);
      } else {
        for (std::size_t i = 0; i < keys.size(); ++i) results[i] = table.find(keys[i]);
      }
    });
  }
  bool insert(const Key& key, std::uint32_t value) {
    return call(table_, [&](auto& table) { return table.insert(key, value); });
  }
  bool erase(const Key& key) {
    return call(table_, [&](auto& table) { return table.erase(key); });
  }
  void note_sent(const Key& key) {
    call(table_, [&](auto& table) { table.note_sent(key); });
  }
  template <class F>
  void for_each(F&& f) const {
    call(table_, [&](const auto& table) { table.for_each(f); });
  }
  std::size_t size() const {
    return call(table_, [](const auto& table) { return table.size(); });
  }
  std::size_t memory_bytes() const {
    return call(table_, [](const auto& table) { return table.memory_bytes(); });
  }

 private:
  static constexpr std::size_t kCount = std::variant_size_v<Demultiplexers<Key>>;

  template <std::size_t... I>
  void construct(std::size_t index, const DemuxConfig& config, std::index_sequence<I...>) {
    DEMUXSIM_CHECK(index < kCount);
    ((index == I ? static_cast<void>(table_.template emplace<I>(config)) : void()), ...);
  }

  /// std::visit, as comparisons that the compiler can see through.
  template <std::size_t I = 0, class Variant, class F>
  static decltype(auto) call(Variant& table, F&& f) {
    if constexpr (I + 1 < kCount) {
      if (table.index() != I) return call<I + 1>(table, std::forward<F>(f));
    }
    return f(*std::get_if<I>(&table));
  }

  Demultiplexers<Key> table_;
};

static_assert(Demultiplexer<AnyDemux<FourTuple4>, FourTuple4>);
static_assert(Demultiplexer<AnyDemux<FourTuple6>, FourTuple6>);

}  // namespace demuxsim
