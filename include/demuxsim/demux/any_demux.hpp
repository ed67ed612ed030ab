// Every demultiplexer in one type, chosen by its name in a scenario. To add one, include its header
// and add it to the list below.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "demuxsim/demux/demultiplexer.hpp"
#include "demuxsim/demux/linear_list.hpp"
#include "demuxsim/demux/open_table.hpp"
#include "demuxsim/net/four_tuple.hpp"

namespace demuxsim {

/// The first is the default.
template <class Key>
using Demultiplexers = std::variant<OpenTable<Key>, LinearList<Key>>;

/// One of Demultiplexers: its place in that list.
struct Algorithm {
  std::uint8_t index = 0;
  friend constexpr bool operator==(Algorithm, Algorithm) = default;
};

namespace detail {

template <NamedDemultiplexer<FourTuple4>... D>
constexpr std::array<std::string_view, sizeof...(D)> names_of(const std::variant<D...>*) {
  return {D::kName...};
}

}  // namespace detail

/// What a scenario's `demux:` may say.
inline constexpr auto kAlgorithmNames =
    detail::names_of(static_cast<Demultiplexers<FourTuple4>*>(nullptr));

constexpr std::string_view name_of(Algorithm algorithm) { return kAlgorithmNames[algorithm.index]; }

/// Takes exactly one of kAlgorithmNames.
constexpr std::optional<Algorithm> parse_algorithm(std::string_view name) {
  const auto* const found = std::find(kAlgorithmNames.begin(), kAlgorithmNames.end(), name);
  if (found == kAlgorithmNames.end()) return std::nullopt;
  return Algorithm{static_cast<std::uint8_t>(found - kAlgorithmNames.begin())};
}

/// A Demultiplexer that is any of them; each call costs one switch more than the table itself.
template <class Key>
class AnyDemux {
 public:
  explicit AnyDemux(std::uint64_t seed = 0) : AnyDemux(Algorithm{}, seed) {}
  AnyDemux(Algorithm algorithm, std::uint64_t seed) {
    construct(algorithm, seed, std::make_index_sequence<kCount>{});
  }

  Algorithm algorithm() const { return {static_cast<std::uint8_t>(table_.index())}; }

  DemuxResult find(const Key& key) {
    return call(table_, [&](auto& table) { return table.find(key); });
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
  /// Starts to bring what find(key) will read into the cache, for a table that can.
  void prefetch(const Key& key) const {
    call(table_, [&](const auto& table) {
      if constexpr (requires { table.prefetch(key); }) table.prefetch(key);
    });
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
  void construct(Algorithm algorithm, std::uint64_t seed, std::index_sequence<I...>) {
    DEMUXSIM_CHECK(algorithm.index < kCount);
    ((algorithm.index == I ? static_cast<void>(table_.template emplace<I>(seed)) : void()), ...);
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
