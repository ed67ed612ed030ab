// Whole runs of the star, by calls in all: short calls one after the other, closed by either end,
// and calls that are all held at once.
#include <chrono>
#include <cstdint>

#include <benchmark/benchmark.h>

#include "demuxsim/scenario/run.hpp"
#include "star.hpp"

namespace {

using namespace demuxsim;

/// One run after the other; only the run is timed, not how it is built.
void run_star(benchmark::State& state, workload::StarOptions options) {
  options.calls = static_cast<std::uint64_t>(state.range(0)) / options.clients;
  const ScenarioSpec spec = workload::star(options);
  std::uint64_t segments = 0;
  std::uint64_t events = 0;
  for (auto _ : state) {
    state.PauseTiming();
    {
      ScenarioRun run(spec);
      state.ResumeTiming();
      while (!run.advance(1'000'000)) continue;
      state.PauseTiming();
      const RunTotals totals = run.simulation().totals();
      segments += totals.segments;
      events += totals.events;
      const std::uint64_t calls = options.calls * options.clients;
      if (totals.connections != calls || totals.bytes_delivered != calls * 2048 ||
          totals.bytes_misdelivered != 0) {
        state.SkipWithError("the run lost something");
      }
    }
    state.ResumeTiming();
  }
  const auto rate = [](std::uint64_t count) {
    return benchmark::Counter(static_cast<double>(count), benchmark::Counter::kIsRate);
  };
  state.counters["segments/s"] = rate(segments);
  state.counters["events/s"] = rate(events);
}

void star_closed_by_clients(benchmark::State& state) { run_star(state, {}); }
void star_closed_by_server(benchmark::State& state) { run_star(state, {.server_closes = true}); }

/// The first call still lasts when the last one is answered: all are alive at once.
void star_held(benchmark::State& state) { run_star(state, {.hold = std::chrono::hours{1}}); }

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
}

BENCHMARK(star_closed_by_clients)->Apply(sizes);
BENCHMARK(star_closed_by_server)->Apply(sizes);
BENCHMARK(star_held)->Apply(sizes);

}  // namespace
