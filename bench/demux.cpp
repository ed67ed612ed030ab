// Look-ups and churn in the simulator's own tables, beside the standard library's and Boost's.
#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/core/random.hpp"
#include "demuxsim/demux/any_demux.hpp"

namespace demuxsim {
namespace {

constexpr std::uint64_t kSeed = 42;

/// What a web server sees: clients in one network, each with ports that count up.
template <class Key>
std::vector<Key> make_keys(std::size_t count) {
  std::vector<Key> keys;
  const std::size_t clients = std::max<std::size_t>(100, count / 10'000);
  for (std::size_t i = 0; i < count; ++i) {
    const auto client = static_cast<std::uint32_t>(i % clients);
    const Port port{static_cast<std::uint16_t>(49152 + i / clients)};
    if constexpr (std::is_same_v<Key, FourTuple4>) {
      const auto server = IpAddress::ipv4(0x0a000001);
      keys.push_back(four_tuple4(server, Port{80}, IpAddress::ipv4(0x0a010001 + client), port));
    } else {
      const auto network = std::uint64_t{0x20010db8} << 32;
      keys.push_back(four_tuple6(IpAddress::ipv6(network, 1), Port{80},
                                 IpAddress::ipv6(network | 1, 1 + client), port));
    }
  }
  return keys;
}

template <class T>
std::vector<T> shuffled(std::vector<T> items) {
  Rng rng(kSeed, {StreamKind::test});
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[rng.below(i)]);
  return items;
}

/// The same hash, told to be good as it is, so that Boost does not mix it again.
struct MapHash : FastHash {
  using is_avalanching = void;
};

/// A map of a library under the interface of our tables; it does not tell what it examined.
template <class Map>
class Library {
 public:
  using Key = typename Map::key_type;
  explicit Library(const DemuxConfig&) {}
  DemuxResult find(const Key& key) {
    const auto found = map_.find(key);
    return {found == map_.end() ? DemuxResult::kNone : found->second, 0};
  }
  bool insert(const Key& key, std::uint32_t value) { return map_.emplace(key, value).second; }
  bool erase(const Key& key) { return map_.erase(key) != 0; }

 private:
  Map map_;
};

template <class Key>
using StdMap = Library<std::unordered_map<Key, std::uint32_t, MapHash>>;
template <class Key>
using BoostMap = Library<boost::unordered_flat_map<Key, std::uint32_t, MapHash>>;
template <class Key>
struct AnyOpen : AnyDemux<Key> {
  explicit AnyOpen(const DemuxConfig& config) : AnyDemux<Key>(config) {}
};

template <class D, class Key>
D filled(const std::vector<Key>& keys) {
  D table(DemuxConfig{{HashKind::fast, kSeed}, 0});
  std::uint32_t value = 0;
  for (const Key& key : keys) table.insert(key, value++);
  return table;
}

template <class D>
void count_memory(benchmark::State& state, const D& table) {
  if constexpr (requires { table.memory_bytes(); }) {
    state.counters["bytes/entry"] =
        static_cast<double>(table.memory_bytes()) / static_cast<double>(table.size());
  }
}

/// Looks up `sought` one after the other, over and over.
template <class D, class Key>
void look_up(benchmark::State& state, D& table, const std::vector<Key>& sought) {
  std::uint64_t examined = 0;
  std::size_t at = 0;
  for (auto _ : state) {
    DemuxResult result = table.find(sought[at]);
    benchmark::DoNotOptimize(result.value);
    examined += result.examined;
    if (++at == sought.size()) at = 0;
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["examined"] =
      static_cast<double>(examined) / static_cast<double>(state.iterations());
  count_memory(state, table);
}

template <template <class> class D, class Key>
void hit(benchmark::State& state) {
  const auto keys = make_keys<Key>(static_cast<std::size_t>(state.range(0)));
  auto table = filled<D<Key>>(keys);
  look_up(state, table, shuffled(keys));
}

template <template <class> class D, class Key>
void miss(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  auto keys = shuffled(make_keys<Key>(2 * count));
  const std::vector<Key> absent(keys.begin() + static_cast<std::ptrdiff_t>(count), keys.end());
  keys.resize(count);
  auto table = filled<D<Key>>(keys);
  look_up(state, table, absent);
}

/// Each step opens a connection and forgets the oldest, as a host does with TIME-WAIT.
template <template <class> class D, class Key>
void churn(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const auto keys = make_keys<Key>(2 * count);
  auto table = filled<D<Key>>(std::vector<Key>(keys.begin(), keys.begin() + state.range(0)));
  std::size_t oldest = 0;
  std::size_t newest = count;
  for (auto _ : state) {
    benchmark::DoNotOptimize(table.insert(keys[newest], static_cast<std::uint32_t>(newest)));
    benchmark::DoNotOptimize(table.erase(keys[oldest]));
    if (++newest == keys.size()) newest = 0;
    if (++oldest == keys.size()) oldest = 0;
  }
  state.SetItemsProcessed(state.iterations());
  count_memory(state, table);
}

/// Named as <what>/<table>/<family>/<entries>.
template <template <class> class D>
void register_table(const std::string& name, const std::vector<std::int64_t>& sizes) {
  const auto add = [&](const std::string& what, const char* family, auto function) {
    auto* const bench =
        benchmark::RegisterBenchmark((what + "/" + name + "/" + family).c_str(), function);
    for (const std::int64_t size : sizes) bench->Arg(size);
  };
  add("hit", "v4", hit<D, FourTuple4>);
  add("hit", "v6", hit<D, FourTuple6>);
  add("miss", "v4", miss<D, FourTuple4>);
  add("miss", "v6", miss<D, FourTuple6>);
  add("churn", "v4", churn<D, FourTuple4>);
}

const bool kRegistered = [] {
  const std::vector<std::int64_t> sizes = {1'000, 10'000, 100'000, 1'000'000};
  register_table<OpenTable>("open", sizes);
  register_table<AnyOpen>("any_open", sizes);
  register_table<LinearList>("linear", {1, 100, 1'000, 10'000});
  register_table<StdMap>("std_unordered_map", sizes);
  register_table<BoostMap>("boost_unordered_flat_map", sizes);
  return true;
}();

}  // namespace
}  // namespace demuxsim
