// From the text of a scenario to its spec: a shipped one, one that counts to millions in a few
// lines, and files of many hosts and steps, whose time has to grow with their length.

#include <cstdint>
#include <cstdlib>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include "demuxsim/scenario/load.hpp"

namespace demuxsim {
namespace {

/// What `load` does with a text, times and bytes a second.
void run(benchmark::State& state, const std::string& text) {
  const SourceFile source{"bench.yaml", text};
  for (auto _ : state) {
    const auto spec = load(source);
    if (!spec) {
      state.SkipWithError(spec.error()[0].message.c_str());
      return;
    }
    benchmark::DoNotOptimize(spec->host_count);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}

/// The scenario of PRODUCT: three hosts, five steps, five expectations.
void a_lesson(benchmark::State& state) {
  run(state,
      "scenario: 1\n"
      "title: One well-known port, three browsers\n"
      "params: {style: same-port, profile: rfc9293}\n"
      "profile: \"${profile}\"\n"
      "hosts:\n"
      "  web:   {ip: 10.0.0.1, processes: {nginx: {listen: {port: http, setup: \"${style}\", "
      "reply: 1KiB}}}}\n"
      "  alice: {ip: 10.0.0.11, processes: {browser: {}, curl: {}}}\n"
      "  bob:   {ip: 10.0.0.12, processes: {browser: {}}}\n"
      "network: {delay: 10ms, rate: 100Mbit/s}\n"
      "tcp: {msl: 30s}\n"
      "timeline:\n"
      "  - {at: 0ms,  by: alice/browser, connect: \"web:http\", as: a1}\n"
      "  - {at: 1ms,  by: alice/curl,    connect: \"web:80\", from_port: 50000, as: a2}\n"
      "  - {at: 2ms,  by: bob/browser,   connect: \"web:80\", as: b1, expect: ok}\n"
      "  - {at: 40ms, socket: a1, send: 200B}\n"
      "  - {at: 80ms, socket: a1, close: true}\n"
      "expect:\n"
      "  - {at: 39ms, socket: a1, local: \"alice:49152\", peer: \"web:80\", state: ESTABLISHED}\n"
      "  - {at: 39ms, count: {host: web, local_port: 80, state: ESTABLISHED}, equals: 3}\n"
      "  - {at: 39ms, port: \"web:80\", class: well-known, state: LISTEN, owner: web/nginx}\n"
      "  - {segment: {from: a1, data: true}, delivered_to: web/nginx, rule: exact-4-tuple}\n"
      "  - {count: {flags: RST}, equals: 0}\n");
}
BENCHMARK(a_lesson)->Unit(benchmark::kMicrosecond);

/// The same few lines, whatever they count to.
void counted_hosts(benchmark::State& state) {
  run(state,
      fmt::format("scenario: 1\n"
                  "hosts:\n"
                  "  web: {{ip: 10.0.0.1, processes: {{nginx: {{listen: 80}}}}}}\n"
                  "  user: {{ip: 11.0.0.1, count: {0}, processes: {{p: {{connect: "
                  "{{to: \"web:80\", times: {0}}}}}}}}}\n"
                  "timeline:\n"
                  "  - {{at: 0, by: user.0/p, connect: \"web:80\", as: a, times: {0}, every: "
                  "1us}}\n"
                  "  - {{at: 1h, socket: a, close: true, times: {0}, every: 1us}}\n",
                  state.range(0)));
}
BENCHMARK(counted_hosts)->RangeMultiplier(1000)->Range(1, 1'000'000)->Unit(benchmark::kMicrosecond);

/// As many different hosts, each with a listener, a client and a step.
void different_hosts(benchmark::State& state) {
  const auto count = static_cast<std::uint32_t>(state.range(0));
  std::string text = "scenario: 1\nhosts:\n";
  for (std::uint32_t i = 0; i < count; ++i) {
    text += fmt::format(
        "  h{}: {{ip: 10.{}.{}.{}, processes: {{p: {{listen: 80, connect: \"h{}:80\"}}}}}}\n", i,
        i >> 16, i >> 8 & 0xff, i & 0xff, count - 1 - i);
  }
  text += "timeline:\n";
  for (std::uint32_t i = 0; i < count; ++i) {
    text += fmt::format("  - {{at: {0}ms, by: h{0}/p, connect: \"h0:80\", as: s{0}}}\n", i);
  }
  run(state, text);
  state.SetComplexityN(state.range(0));
}
BENCHMARK(different_hosts)
    ->RangeMultiplier(10)
    ->Range(10, 10'000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity(benchmark::oN);

/// A file that is wrong in every line is told so in the same time.
void all_wrong(benchmark::State& state) {
  std::string text = "scenario: 1\nhosts:\n";
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    text += fmt::format("  h{}: {{ip: 10.0.0.256, proceses: {{p: {{lisen: 80800}}}}}}\n", i);
  }
  const SourceFile source{"bench.yaml", text};
  for (auto _ : state) {
    const auto spec = load(source);
    if (spec) std::abort();
    benchmark::DoNotOptimize(render(source, spec.error(), Color::off));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK(all_wrong)->RangeMultiplier(10)->Range(10, 10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace demuxsim
