// A Demultiplexer that is one of several: a variant whose every call goes to the one it holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>

#include "demuxsim/core/check.hpp"
#include "demuxsim/demux/demultiplexer.hpp"

namespace demuxsim {

/// Tables is a std::variant of Demultiplexers. Each call costs one foreseeable branch a table more
/// than the table itself.
template <class Key, class Tables>
class OneOf {
 public:
  /// The one at this place of the list, made from `arguments`. Precondition: there is such a one,
  /// and each can be made from them.
  template <class... Arguments>
  explicit OneOf(std::size_t index, const Arguments&... arguments)
      : table_(make(index, std::make_index_sequence<kCount>{}, arguments...)) {}

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

  /// Calls f with the one it is: to choose once for many calls.
  template <class F>
  decltype(auto) visit(F&& f) {
    return call(table_, std::forward<F>(f));
  }

 private:
  static constexpr std::size_t kCount = std::variant_size_v<Tables>;

  template <std::size_t... I, class... Arguments>
  static Tables make(std::size_t index, std::index_sequence<I...>, const Arguments&... arguments) {
    DEMUXSIM_CHECK(index < kCount);
    using Maker = Tables (*)(const Arguments&...);
    constexpr Maker kMakers[] = {
        [](const Arguments&... all) { return Tables(std::in_place_index<I>, all...); }...};
    return kMakers[index](arguments...);
  }

  /// std::visit, as comparisons that the compiler can see through.
  template <std::size_t I = 0, class Variant, class F>
  static decltype(auto) call(Variant& table, F&& f) {
    if constexpr (I + 1 < kCount) {
      if (table.index() != I) return call<I + 1>(table, std::forward<F>(f));
    }
    return f(*std::get_if<I>(&table));
  }

  Tables table_;
};

}  // namespace demuxsim
