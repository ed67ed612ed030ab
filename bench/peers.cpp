// The simulator's own table beside those that programs use today: look-ups that hit, in three
// orders, look-ups that miss, and churn. Benchmarks are named
// <what>/<keys>/<table>/<single or batch>/<connections>; bench/README.md tells how to read them.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <unistd.h>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/version.hpp>
#if defined(DEMUXSIM_DPDK_VERSION)
#include "peers_rte_hash.hpp"
#endif

#include "peers_inputs.hpp"
#include "peers_maps.hpp"

namespace demuxsim::peers {
namespace {

constexpr std::size_t kBurst = 64;
constexpr std::uint32_t kSizes[] = {1'000, 100'000, 1'000'000, 10'000'000};

template <class Table>
const char* absence() {
  if constexpr (requires { Table::absence(); }) return Table::absence();
  return nullptr;
}

template <class Table>
void count(benchmark::State& state, Filled<Table>& filled, std::size_t items) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
  state.counters["bytes/entry"] = static_cast<double>(filled.memory_bytes()) /
                                  static_cast<double>(filled.content().connections);
}

template <class Table>
void find_singly(benchmark::State& state, Filled<Table>& filled, LookupList& lookups) {
  Table& table = filled.table();
  for (auto _ : state) {
    for (const Key& key : lookups.next_keys(kBurst)) {
      std::uint32_t value = table.find(key);
      benchmark::DoNotOptimize(value);
    }
  }
  count(state, filled, kBurst);
}

template <std::size_t size, class Table>
void find_batches(benchmark::State& state, Filled<Table>& filled, LookupList& lookups) {
  Table& table = filled.table();
  for (auto _ : state) {
    benchmark::DoNotOptimize(table.find_batch(lookups.next_keys(size)));
    benchmark::ClobberMemory();
  }
  count(state, filled, size);
}

template <class Table>
void churn(benchmark::State& state, Filled<Table>& filled) {
  filled.table();
  for (auto _ : state) {
    for (std::size_t i = 0; i < kBurst; ++i) filled.churn();
  }
  count(state, filled, kBurst);
}

/// The bound: a cache line read for each look-up, no one waiting for another.
template <class Table>
void read_lines(benchmark::State& state, Filled<Table>& filled, LookupList& lookups) {
  const Lines lines(filled.memory_bytes());
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (const std::uint32_t number : lookups.next_numbers(kBurst)) sum += lines.read(number);
    benchmark::DoNotOptimize(sum);
  }
  count(state, filled, kBurst);
}

/// Registers a benchmark of tables that must outlive it.
template <class Table, class Run>
void add(const std::string& name, Filled<Table>& filled, Run run) {
  benchmark::RegisterBenchmark((name + '/' + std::to_string(filled.content().connections)).c_str(),
                               [&filled, run](benchmark::State& state) {
                                 if (const char* const why = absence<Table>())
                                   return state.SkipWithError(why);
                                 run(state, filled);
                               });
}

/// The benchmarks of one table, and the tables themselves.
template <class Table>
class Row {
 public:
  Row(std::string name, Inputs& inputs) : name_(std::move(name)), inputs_(inputs) {}

  void add_lookups() {
    for_each_content([this](Filled<Table>& filled, Sought sought) {
      add_lookup(filled, sought, "single", find_singly<Table>);
      if constexpr (requires(Table table) { table.find_batch({}); }) {
        add_lookup(filled, sought, "batch64", find_batches<64, Table>);
      }
    });
  }
  void add_batches_of_256() {
    for_each_content([this](Filled<Table>& filled, Sought sought) {
      add_lookup(filled, sought, "batch256", find_batches<256, Table>);
    });
  }
  /// Of as many bytes as these tables have.
  void add_bound(const std::string& bound) {
    for_each_content([this, &bound](Filled<Table>& filled, Sought sought) {
      add_lookup(filled, sought, "single", read_lines<Table>, bound);
    });
  }
  void add_churn() {
    for (const std::uint32_t size : kSizes) {
      auto& filled = churned_.emplace_back(Content{KeySet::one_server, size});
      add(std::string("churn/") + demuxsim::name_of(KeySet::one_server).data() + '/' + name_ +
              "/single",
          filled, churn<Table>);
    }
  }

 private:
  template <class F>
  void for_each_content(F f) {
    if (filled_.empty()) {
      for (const KeySet keys : {KeySet::one_server, KeySet::random}) {
        for (const std::uint32_t size : kSizes) filled_.emplace_back(Content{keys, size});
      }
    }
    for (Filled<Table>& filled : filled_) {
      for (const auto sought : {Sought::uniform, Sought::zipf, Sought::trains, Sought::miss}) {
        f(filled, sought);
      }
    }
  }

  template <class Run>
  void add_lookup(Filled<Table>& filled, Sought sought, const char* manner, Run run,
                  const std::string& as = {}) {
    const std::string keys(demuxsim::name_of(filled.content().keys));
    add(std::string(name_of(sought)) + '/' + keys + '/' + (as.empty() ? name_ : as) + '/' + manner,
        filled, [run, sought, &inputs = inputs_](benchmark::State& state, Filled<Table>& there) {
          run(state, there, inputs.lookups(sought, there.content()));
        });
  }

  std::string name_;
  Inputs& inputs_;
  std::deque<Filled<Table>> filled_;
  std::deque<Filled<Table>> churned_;
};

template <class Table>
struct Peer : Row<Table> {
  Peer(const std::string& name, Inputs& inputs) : Row<Table>(name, inputs) {
    this->add_lookups();
    this->add_churn();
  }
};

/// So that the table of results shows a gap and its reason.
[[maybe_unused]] void add_absent(const char* name) {
  benchmark::RegisterBenchmark(
      (std::string("absent/") + name).c_str(),
      [](benchmark::State& state) { state.SkipWithError("not installed when this was built"); });
}

/// The libraries' tables: all with FairHash, or each with the hash it would have by itself.
template <bool fair>
struct Peers {
  template <class Own>
  using Hash = std::conditional_t<fair, FairHash, Own>;

  explicit Peers(Inputs& inputs)
      : boost_map("boost::unordered_flat_map", inputs),
#if defined(DEMUXSIM_ABSL_VERSION)
        absl_map("absl::flat_hash_map", inputs),
#endif
#if defined(DEMUXSIM_TSL_VERSION)
        tsl_map("tsl::robin_map", inputs),
#endif
#if defined(DEMUXSIM_DPDK_VERSION)
        rte("rte_hash", inputs),
#endif
        std_map("std::unordered_map", inputs) {
#if !defined(DEMUXSIM_ABSL_VERSION)
    add_absent("absl::flat_hash_map");
#endif
#if !defined(DEMUXSIM_TSL_VERSION)
    add_absent("tsl::robin_map");
#endif
#if !defined(DEMUXSIM_DPDK_VERSION)
    add_absent("rte_hash");
#endif
  }

  Peer<BoostMap<Hash<CombinedHash>>> boost_map;
#if defined(DEMUXSIM_ABSL_VERSION)
  Peer<AbslMap<Hash<AbslHash>>> absl_map;
#endif
#if defined(DEMUXSIM_TSL_VERSION)
  Peer<TslMap<Hash<CombinedHash>>> tsl_map;
#endif
#if defined(DEMUXSIM_DPDK_VERSION)
  Peer<RteHash<fair ? RteHashing::fair : RteHashing::own>> rte;
#endif
  Peer<StdMap<Hash<CombinedHash>>> std_map;
};

void run_like_with_like() {
  Inputs inputs;
  Peer<Ours<FastHash>> open("open", inputs);
  open.add_batches_of_256();
  open.add_bound("bound");
  Row<Ours<FastHash, 2>> roomy("open-roomy", inputs);
  roomy.add_lookups();
  roomy.add_bound("bound-roomy");
  Peer<Ours<SipTupleHash>> keyed("open-keyed", inputs);
  Peers<true> peers(inputs);
  benchmark::RunSpecifiedBenchmarks();
}

void run_own_defaults() {
  Inputs inputs;
  Peer<Ours<SipTupleHash>> open("open", inputs);
  Peers<false> peers(inputs);
  benchmark::RunSpecifiedBenchmarks();
}

/// Has malloc ask for huge pages, as our table does, from the start: in a new run of this program.
void advise_huge_pages(char** arguments) {
  constexpr const char* kVariable = "GLIBC_TUNABLES";
  constexpr const char* kTunable = "glibc.malloc.hugetlb=1";
  const char* const old = std::getenv(kVariable);
  if (old != nullptr && std::strstr(old, "glibc.malloc.hugetlb") != nullptr) return;
  const std::string tunables = old == nullptr ? kTunable : std::string(old) + ':' + kTunable;
  setenv(kVariable, tunables.c_str(), 1);
  execv("/proc/self/exe", arguments);
  std::perror("bench_peers: cannot start again with huge pages");
}

/// Takes the flag out of the arguments. Returns whether it was there.
bool take_flag(int& count, char** arguments, const char* flag) {
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(arguments[i], flag) != 0) continue;
    for (; i < count; ++i) arguments[i] = arguments[i + 1];
    --count;
    return true;
  }
  return false;
}

void describe(bool own_defaults) {
  benchmark::AddCustomContext("comparison", own_defaults ? "own-defaults" : "like-with-like");
  benchmark::AddCustomContext("compiler", __VERSION__);
  benchmark::AddCustomContext("boost", BOOST_LIB_VERSION);
#if defined(DEMUXSIM_ABSL_VERSION)
  benchmark::AddCustomContext("absl", DEMUXSIM_ABSL_VERSION);
#endif
#if defined(DEMUXSIM_TSL_VERSION)
  benchmark::AddCustomContext("tsl", DEMUXSIM_TSL_VERSION);
#endif
#if defined(DEMUXSIM_DPDK_VERSION)
  benchmark::AddCustomContext("dpdk", DEMUXSIM_DPDK_VERSION);
#endif
}

}  // namespace
}  // namespace demuxsim::peers

int main(int count, char** arguments) {
  using namespace demuxsim::peers;
  std::vector<char*> all(arguments, arguments + count + 1);
  const bool own_defaults = take_flag(count, arguments, "--own-defaults");
  if (!own_defaults) advise_huge_pages(all.data());
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 1;
  describe(own_defaults);
  if (own_defaults) {
    run_own_defaults();
  } else {
    run_like_with_like();
  }
  benchmark::Shutdown();
}
