#include "kernel/wire.hpp"

#include "demuxsim/scenario/load.hpp"
#include "demuxsim/scenario/run.hpp"
#include "support/catch.hpp"
#include "support/wire_log.hpp"

using namespace demuxsim;
using namespace demuxsim::kernel;
using namespace demuxsim::test;

namespace {

ScenarioSpec loaded(const std::string& network, const char* rest = "") {
  const std::string text =
      "scenario: 1\nhosts: {web: {ip: 10.0.0.1}, alice: {ip: 10.0.0.11}}\n" + network + rest;
  auto spec = load({"test.yaml", text});
  REQUIRE(spec.has_value());
  return std::move(*spec);
}

/// A datagram from alice to web, with 40 bytes of headers.
Packet packet(std::uint16_t bytes = 0) {
  return make_packet(there(flag::kAck, {.seq = 1, .ack = 1, .bytes = bytes}).segment);
}

constexpr HostId kAlice{1};

SimTime us(std::int64_t count) { return kStart + std::chrono::microseconds{count}; }

}  // namespace

TEST_CASE("a datagram takes the delay and the rate of its link", "[kernel]") {
  Wire wire(loaded("network: {delay: 10ms, rate: 8Mbit/s}\n"));
  CHECK(wire.next() == kNever);
  const Packet sent = packet(60);
  wire.send(us(5), kAlice, sent);
  wire.send(us(5), kAlice, packet(160));
  REQUIRE(wire.next() == us(5 + 10'000 + 100));
  const auto arrival = wire.step();
  REQUIRE(arrival.has_value());
  CHECK(arrival->host == HostId{0});
  CHECK(arrival->bytes == sent.bytes);
  CHECK(wire.next() == us(5 + 10'000 + 300));
  CHECK(wire.step().has_value());
  CHECK(wire.next() == kNever);
}

TEST_CASE("a datagram that was read late does not overtake", "[kernel]") {
  Wire wire(loaded("network: {delay: 1ms}\n"));
  wire.send(us(50), kAlice, packet());
  wire.send(us(40), kAlice, packet(1));
  CHECK(wire.step()->bytes.size() == 40);
  CHECK(wire.step()->bytes.size() == 41);
}

TEST_CASE("routers pass on, and report an address that nobody has", "[kernel]") {
  Wire wire(
      loaded("network:\n  nodes: {r: {kind: router, prefixes: 10.0.0.0/8}}\n"
             "  links: [{between: [web, r], delay: 2ms}, {between: [r, alice], delay: 3ms}]\n"));
  wire.send(us(0), kAlice, packet());
  CHECK(wire.next() == us(3000));
  CHECK_FALSE(wire.step().has_value());
  CHECK(wire.next() == us(5000));
  CHECK(wire.step()->host == HostId{0});
  Segment stray = packet().segment;
  stray.destination = IpAddress::ipv4(0x0a000063);
  wire.send(us(6000), kAlice, make_packet(stray));
  CHECK_FALSE(wire.step().has_value());
  const auto told = wire.step();
  REQUIRE(told.has_value());
  CHECK(told->host == HostId{1});
  CHECK(told->bytes.at(9) == 1);  // ICMP.
  CHECK(wire.next() == kNever);
}

TEST_CASE("the simulator's chance loses the same segments", "[kernel]") {
  const ScenarioSpec spec = loaded("network: {delay: 1ms, loss: 30%}\nseed: 5\n",
                                   "timeline:\n"
                                   "  - {at: 0, inject: {from: \"alice:1\", to: \"web:2\", flags: "
                                   "RST}, times: 200, every: 1us}\n");
  struct Lost final : TraceSink {
    void consume(std::span<const TraceRecord> records) override {
      for (const TraceRecord& record : records) {
        if (record.kind == TraceKind::segment_received) arrived.push_back(record.at);
      }
    }
    std::vector<SimTime> arrived;
  } simulated;
  ScenarioRun run(spec);
  run.simulation().trace().attach(simulated, TraceKinds{}.with(TraceKind::segment_received));
  while (!run.advance(1000)) continue;
  run.simulation().trace().flush();
  Wire wire(spec);
  for (int i = 0; i < 200; ++i) wire.send(us(i), kAlice, packet());
  std::vector<SimTime> arrived;
  for (; wire.next() != kNever; wire.step()) arrived.push_back(wire.next());
  CHECK(arrived == simulated.arrived);
  CHECK(arrived.size() > 100);
  CHECK(arrived.size() < 180);
}
