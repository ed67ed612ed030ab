// One new connection for one that has ended, at a given share of the range in use to one
// destination: what it costs to find the port, and how many ports are looked at.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "demuxsim/core/random.hpp"
#include "demuxsim/ports/ephemeral.hpp"

namespace demuxsim {
namespace {

constexpr std::uint64_t kSeed = 42;
constexpr PortRange kRange{Port{32'768}, Port{60'999}};
constexpr PortRequest kRequest{.destination = 1};

/// A host with so many connections to one destination.
class Client {
 public:
  Client(const EphemeralConfig& config, std::size_t connections)
      : picker_(config, Rng(kSeed, {StreamKind::port_picker})), in_use_(65'536) {
    while (held_.size() < connections) open();
  }

  void open() {
    const auto port =
        picker_.pick(kRequest, [&](Port candidate) { return in_use_[candidate.value] == 0; });
    probes_ += picker_.probes();
    if (!port) return;
    in_use_[port->value] = 1;
    held_.push_back(*port);
  }

  void close_any() {
    std::swap(held_[rng_.below(held_.size())], held_.back());
    const Port port = held_.back();
    held_.pop_back();
    in_use_[port.value] = 0;
    picker_.gone(port, kRequest.destination);
  }

  std::uint64_t probes() const { return probes_; }

 private:
  EphemeralPicker picker_;
  Rng rng_{kSeed, {StreamKind::test}};
  std::vector<std::uint8_t> in_use_;
  std::vector<Port> held_;
  std::uint64_t probes_ = 0;
};

void churn(benchmark::State& state, const EphemeralConfig& config) {
  const auto connections = static_cast<std::size_t>(
      config.range.size() * static_cast<std::uint64_t>(state.range(0)) / 100);
  Client client(config, connections);
  const std::uint64_t before = client.probes();
  for (auto _ : state) {
    client.close_any();
    client.open();
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["probes"] =
      static_cast<double>(client.probes() - before) / static_cast<double>(state.iterations());
}

/// One connection at a time: each finds every port free.
void alone(benchmark::State& state, const EphemeralConfig& config) {
  Client client(config, 0);
  for (auto _ : state) {
    client.open();
    client.close_any();
  }
  state.SetItemsProcessed(state.iterations());
}

/// Named churn/<way to pick>/<percent in use>, once more with half of the range reserved, every
/// second port by itself, and alone/<way to pick>.
void register_all() {
  for (const PortPick pick : kPortPicks) {
    const EphemeralConfig whole{.range = kRange, .pick = pick};
    EphemeralConfig halved = whole;
    for (std::uint32_t port = kRange.first.value; port < kRange.last.value; port += 2) {
      const Port odd{static_cast<std::uint16_t>(port + 1)};
      halved.reserved.add({odd, odd});
    }
    const std::string name(name_of(pick));
    const auto add = [&](const std::string& what, auto function, const EphemeralConfig& config) {
      return benchmark::RegisterBenchmark(
          (what + "/" + name).c_str(),
          [function, config](benchmark::State& state) { function(state, config); });
    };
    for (const int percent : {1, 25, 49, 51, 75, 90, 99}) add("churn", churn, whole)->Arg(percent);
    add("reserved", churn, halved)->Arg(25);
    add("alone", alone, whole);
  }
}

const bool kRegistered = (register_all(), true);

}  // namespace
}  // namespace demuxsim
