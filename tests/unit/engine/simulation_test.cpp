#include "demuxsim/engine/simulation.hpp"

#include <chrono>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace demuxsim;
using namespace std::chrono_literals;

namespace {

constexpr Port kWeb{80};

IpAddress address(std::uint32_t host) { return IpAddress::ipv4(0x0a000001 + host); }

/// A host template with one process: a server on port 80, or a client of `target`.
HostTemplate server() {
  ListenConfig service;
  service.local = {{}, kWeb};
  service.reply_bytes = 5000;
  return {{}, {{false, {service}, {}}}, {0}};
}
HostTemplate client(const IpAddress& target, std::uint64_t times = 1) {
  ClientConfig config;
  config.target = {target, kWeb};
  config.times = times;
  config.request_bytes = 2000;
  config.reply_bytes = 5000;
  return {{}, {{false, {}, config}}, {0}};
}

LinkProperties link(Duration delay, Ratio loss = {}) {
  LinkProperties properties;
  properties.delay = delay;
  properties.loss = loss;
  return properties;
}

/// Host 0 is the server, the others are its clients, all on one switch.
struct Star {
  explicit Star(std::uint32_t clients, std::uint64_t times = 1)
      : server_kind(server()), client_kind(client(address(0), times)) {
    for (std::uint32_t i = 0; i <= clients; ++i) {
      topology.add(NodeKind::host);
      topology.addresses.push_back({address(i), HostId{i}});
      plans.push_back({i == 0 ? &server_kind : &client_kind, {address(i)}});
    }
  }
  Simulation made(Duration delay, Ratio loss = {}, std::uint64_t seed = 1) {
    topology.share_switch(link(delay, loss));
    return Simulation(topology, plans, seed);
  }

  HostTemplate server_kind;
  HostTemplate client_kind;
  Topology topology;
  std::vector<Simulation::HostPlan> plans;
};

/// Collects what was dropped and when segments arrived.
struct Log : TraceSink {
  void consume(std::span<const TraceRecord> records) override {
    for (const TraceRecord& record : records) {
      if (record.kind == TraceKind::segment_dropped) drops.push_back(record);
      if (record.kind == TraceKind::segment_received) arrivals.push_back(record);
    }
  }
  std::vector<TraceRecord> drops;
  std::vector<TraceRecord> arrivals;
};

RunTotals totals_of(Duration delay, Ratio loss, std::uint64_t seed) {
  Star star(3, 20);
  Simulation simulation = star.made(delay, loss, seed);
  simulation.start();
  REQUIRE(simulation.run_until(kStart + 100s));
  return simulation.totals();
}

}  // namespace

TEST_CASE("hosts reach each other over a shared switch, after one delay") {
  Star star(2);
  Simulation simulation = star.made(10ms);
  Log log;
  simulation.trace().attach(log, TraceKinds::happenings());
  simulation.start();
  REQUIRE(simulation.run_until(kStart + 1s));
  simulation.trace().flush();
  CHECK(simulation.now() == kStart + 1s);
  const RunTotals totals = simulation.totals();
  CHECK(totals.connections == 2);
  CHECK(totals.bytes_delivered == 2 * (2000 + 5000));
  CHECK(totals.bytes_misdelivered == 0);
  CHECK(totals.segments == log.arrivals.size());
  REQUIRE_FALSE(log.arrivals.empty());
  for (const TraceRecord& record : log.arrivals) {
    CHECK(record.host == simulation.host_of(record.segment.destination));
    CHECK(record.at.time_since_epoch() % 10ms == 0ms);
  }
  CHECK(log.arrivals.front().at == kStart + 10ms);
  CHECK(log.drops.empty());
}

TEST_CASE("hosts reach each other through routers, which count the hops") {
  HostTemplate web = server();
  HostTemplate browser = client(IpAddress::ipv4(0x0a010001));
  Topology topology;
  const NodeId a = topology.add(NodeKind::host);
  const NodeId b = topology.add(NodeKind::host);
  const NodeId switched = topology.add(NodeKind::network_switch);
  const NodeId left = topology.add(NodeKind::router);
  const NodeId right = topology.add(NodeKind::router);
  topology.addresses = {{IpAddress::ipv4(0x0a010001), HostId{a.value}},
                        {IpAddress::ipv4(0x0a020001), HostId{b.value}}};
  topology.prefixes = {{{IpAddress::ipv4(0x0a010000), 16}, left},
                       {{IpAddress::ipv4(0x0a020000), 16}, right}};
  topology.connect(a, switched, link(1ms));
  topology.connect(switched, left, link(2ms));
  topology.connect(left, right, link(30ms));
  topology.connect(right, b, link(4ms));
  Simulation simulation(
      topology, {{&web, {IpAddress::ipv4(0x0a010001)}}, {&browser, {IpAddress::ipv4(0x0a020001)}}},
      1);
  Log log;
  simulation.trace().attach(log, TraceKinds{}.with(TraceKind::segment_received));
  simulation.start();
  REQUIRE(simulation.run_until(kStart + 10s));
  simulation.trace().flush();
  CHECK(simulation.totals().connections == 1);
  CHECK(simulation.totals().bytes_delivered == 7000);
  REQUIRE_FALSE(log.arrivals.empty());
  CHECK(log.arrivals.front().at == kStart + 37ms);
  for (const TraceRecord& record : log.arrivals) CHECK(record.segment.hop_limit == 62);
}

TEST_CASE("processes of one host are a microsecond apart, by any of its addresses") {
  for (const IpAddress target : {address(0), *IpAddress::parse("127.0.0.1")}) {
    HostTemplate both = server();
    both.kinds.push_back(client(target).kinds[0]);
    both.processes = {0, 1};
    Topology topology;
    topology.add(NodeKind::host);
    topology.addresses = {{address(0), HostId{0}}};
    topology.share_switch(link(1s, {1, 1}));
    Simulation simulation(topology, {{&both, {address(0)}}}, 1);
    Log log;
    simulation.trace().attach(log, TraceKinds{}.with(TraceKind::segment_received));
    simulation.start();
    REQUIRE(simulation.run_until(kStart + 1ms));
    simulation.trace().flush();
    CHECK(simulation.totals().connections == 1);
    CHECK(simulation.totals().bytes_delivered == 7000);
    REQUIRE_FALSE(log.arrivals.empty());
    CHECK(log.arrivals.front().at == kStart + 1us);
  }
}

TEST_CASE("what is lost, and what is for nobody, is recorded as dropped") {
  SECTION("by chance") {
    Star star(1);
    Simulation simulation = star.made(10ms, {1, 1});
    Log log;
    simulation.trace().attach(log, TraceKinds::happenings());
    simulation.start();
    REQUIRE(simulation.run_until(kNever));
    simulation.trace().flush();
    CHECK(simulation.totals().segments == 0);
    REQUIRE(log.drops.size() == 7);  // The SYN, and syn_retries of it.
    for (const TraceRecord& drop : log.drops) {
      CHECK(drop.reason == DropReason::loss);
      CHECK(drop.host == HostId{1});
      CHECK(drop.segment.flags == flag::kSyn);
    }
  }
  SECTION("without a way") {
    Star star(1);
    star.client_kind.kinds[0].client->target.address = address(9);
    Simulation simulation = star.made(10ms);
    Log log;
    simulation.trace().attach(log, TraceKinds::happenings());
    simulation.start();
    REQUIRE(simulation.run_until(kStart + 500ms));
    simulation.trace().flush();
    REQUIRE(log.drops.size() == 1);
    CHECK(log.drops[0].reason == DropReason::no_route);
    CHECK(log.drops[0].host == HostId{1});
  }
}

TEST_CASE("the same seed gives the same run; another one another, where chance is used") {
  const RunTotals first = totals_of(10ms, {5, 100}, 1);
  const RunTotals again = totals_of(10ms, {5, 100}, 1);
  const RunTotals other = totals_of(10ms, {5, 100}, 2);
  CHECK(first.fingerprint == again.fingerprint);
  CHECK(first.events == again.events);
  CHECK(first.fingerprint != other.fingerprint);
  CHECK(first.connections == 60);
  CHECK(other.connections == 60);
  CHECK(first.bytes_delivered == other.bytes_delivered);
}

TEST_CASE("two simulations run side by side") {
  Star star(3, 20);
  Star other(3, 20);
  Simulation a = star.made(10ms, {5, 100});
  Simulation b = other.made(10ms, {5, 100});
  a.start();
  b.start();
  for (SimTime at = kStart; at < kStart + 100s; at += 1s) {
    REQUIRE(a.run_until(at));
    REQUIRE(b.run_until(at));
  }
  CHECK(a.totals().fingerprint == b.totals().fingerprint);
}

TEST_CASE("a run in slices is the run in one go") {
  const RunTotals whole = totals_of(10ms, {5, 100}, 1);
  for (const std::uint64_t slice : std::initializer_list<std::uint64_t>{1, 2, 7, 100}) {
    Star star(3, 20);
    Simulation simulation = star.made(10ms, {5, 100});
    simulation.start();
    std::uint64_t before = 0;
    while (!simulation.run_until(kStart + 100s, slice)) {
      REQUIRE(simulation.events() >= before + slice);
      before = simulation.events();
    }
    CHECK(simulation.totals().fingerprint == whole.fingerprint);
    CHECK(simulation.totals().events == whole.events);
  }
}

TEST_CASE("segments that leave a link together arrive together, in order") {
  Star star(1);
  Simulation simulation = star.made(10ms);  // Without a rate: nothing keeps them apart.
  Log log;
  simulation.trace().attach(log, TraceKinds{}.with(TraceKind::segment_received));
  simulation.start();
  REQUIRE(simulation.run_until(kStart + 30ms));
  simulation.trace().flush();
  // SYN, SYN,ACK, then ACK and the request of 1460 and 540 bytes.
  REQUIRE(log.arrivals.size() == 5);
  for (std::size_t i = 2; i < 5; ++i) CHECK(log.arrivals[i].at == kStart + 30ms);
  CHECK(log.arrivals[2].segment.payload_bytes == 0);
  CHECK(log.arrivals[3].segment.payload_bytes == 1460);
  CHECK(log.arrivals[4].segment.payload_bytes == 540);
}

TEST_CASE("at one instant a segment comes before a timer, and a timer before the timeline") {
  // The first SYN,ACK arrives at 1 s, when the SYN is due again, and when the timeline sends.
  Star star(1);
  struct Actor : ActionHandler {
    void on_action(Simulation& simulation, std::uint32_t subject) override {
      REQUIRE(subject == 77);
      simulation.trace().flush();
      CHECK(simulation.now() == kStart + 1s);
      seen = static_cast<TcpState>(simulation.host(HostId{1}).sockets(simulation.now())[0].state);
      arrivals_before = log->arrivals.size();
    }
    Log* log = nullptr;
    TcpState seen = TcpState::closed;
    std::size_t arrivals_before = 0;
  } actor;
  Log log;
  actor.log = &log;
  Simulation simulation = star.made(500ms);
  simulation.trace().attach(log, TraceKinds{}.with(TraceKind::segment_received));
  simulation.set_action_handler(actor);
  simulation.schedule_action(kStart + 1s, HostId{1}, 77);
  simulation.start();
  REQUIRE(simulation.run_until(kStart + 10s));
  simulation.trace().flush();
  CHECK(actor.seen == TcpState::established);
  CHECK(actor.arrivals_before == 2);
  // The timer that ran out at the same instant found nothing to do: no SYN was sent twice.
  int syns = 0;
  for (const TraceRecord& record : log.arrivals) {
    if (record.segment.flags == flag::kSyn) ++syns;
  }
  CHECK(syns == 1);
}
