#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "demuxsim/engine/simulation.hpp"
#include "support/catch.hpp"

using namespace demuxsim;
using namespace std::chrono_literals;

namespace {

constexpr IpAddress kAlice = IpAddress::ipv4(0x0a010001);
constexpr IpAddress kWeb = IpAddress::ipv4(0x0a020001);
constexpr IpAddress kRouter = IpAddress::ipv4(0x0a0200fe);

LinkProperties one_millisecond() {
  LinkProperties properties;
  properties.delay = 1ms;
  return properties;
}

Segment syn_to(const IpAddress& destination) {
  Segment segment;
  segment.source = kAlice;
  segment.source_port = Port{5000};
  segment.destination = destination;
  segment.destination_port = Port{80};
  segment.seq = {77};
  segment.flags = flag::kSyn;
  return segment;
}

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

/// Hosts 0, alice, and 1, web, without processes: what arrives is answered by resets.
struct Net {
  Net() {
    for (const IpAddress& address : {kAlice, kWeb}) {
      topology.add(NodeKind::host);
      topology.addresses.push_back({address, HostId{node_count()}});
      plans.push_back({&kind, {address}});
    }
  }
  std::uint32_t node_count() const { return static_cast<std::uint32_t>(plans.size()); }

  /// alice - left - right - web; links 0 and 1, 2 and 3, 4 and 5.
  Net& routed() {
    left = topology.add(NodeKind::router);
    right = topology.add(NodeKind::router);
    topology.prefixes = {{{IpAddress::ipv4(0x0a010000), 16}, left},
                         {{IpAddress::ipv4(0x0a020000), 16}, right}};
    topology.router_addresses = {{kRouter, right}, {IpAddress::ipv4(0x0a0100fe), left}};
    topology.nodes[left.value].default_route = right;
    topology.connect(NodeId{0}, left, one_millisecond());
    topology.connect(left, right, one_millisecond());
    topology.connect(right, NodeId{1}, one_millisecond());
    return *this;
  }
  Net& shared() {
    topology.share_switch(one_millisecond());
    return *this;
  }

  HostTemplate kind;
  Topology topology;
  std::vector<Simulation::HostPlan> plans;
  NodeId left;
  NodeId right;
};

struct Run {
  explicit Run(Net& net) : simulation(net.topology, net.plans, 1) {
    simulation.trace().attach(log, TraceKinds::happenings());
    simulation.start();
  }
  void send(const Segment& segment) {
    simulation.host(HostId{0}).inject(simulation.now(), segment);
    simulation.flush(HostId{0});
  }
  void until(Duration at) {
    REQUIRE(simulation.run_until(kStart + at));
    simulation.trace().flush();
  }
  Simulation simulation;
  Log log;
};

}  // namespace

TEST_CASE("a link that is down loses what is in flight and what is sent into it") {
  Net net;
  Run run(net.routed());
  run.send(syn_to(kWeb));
  run.until(500us);
  run.simulation.take_down(LinkId{0});
  run.send(syn_to(kWeb));
  run.until(10ms);
  CHECK(run.log.arrivals.empty());
  REQUIRE(run.log.drops.size() == 2);
  for (const TraceRecord& drop : run.log.drops) CHECK(drop.reason == DropReason::link_down);
  run.simulation.bring_up(LinkId{0});
  run.send(syn_to(kWeb));
  run.until(20ms);
  CHECK(run.log.arrivals.size() == 2);  // And the reset in answer.
}

TEST_CASE("a segment sent over a link that came up again is not late by what was lost") {
  Net net;
  Run run(net.shared());
  run.send(syn_to(kWeb));
  run.simulation.take_down(LinkId{0});
  run.simulation.bring_up(LinkId{0});
  run.until(500us);
  run.send(syn_to(kWeb));
  run.until(1400us);
  CHECK(run.log.arrivals.empty());  // The event of the lost one is stale.
  run.until(1500us);
  CHECK(run.log.arrivals.size() == 1);
}

TEST_CASE("a host whose link to the shared switch is down gets nothing") {
  Net net;
  Run run(net.shared());
  run.simulation.take_down(LinkId{1});
  run.send(syn_to(kWeb));
  run.until(10ms);
  CHECK(run.log.arrivals.empty());
  REQUIRE(run.log.drops.size() == 1);
  CHECK(run.log.drops[0].at == kStart + 1ms);
  CHECK(run.log.drops[0].reason == DropReason::link_down);
}

TEST_CASE("a partition keeps apart nodes of different groups until it heals") {
  const bool routed = GENERATE(false, true);
  Net net;
  Run run(routed ? net.routed() : net.shared());
  const auto parted = [&](std::vector<std::uint32_t> groups) {
    if (routed) groups.resize(4);
    run.log = {};
    run.simulation.part(std::move(groups));
    run.send(syn_to(kWeb));
    run.until(run.simulation.now() - kStart + 10ms);
    // A router that is cut off may tell alice so.
    return std::none_of(run.log.arrivals.begin(), run.log.arrivals.end(),
                        [](const TraceRecord& record) { return record.host == HostId{1}; });
  };
  // With routers between them, hosts are apart if the links on the way are.
  CHECK(parted({1, 2, 1, 2}));
  REQUIRE(run.log.drops.size() == 1);
  CHECK(run.log.drops[0].reason == DropReason::partition);
  CHECK_FALSE(parted({1, 1, 1, 1}));
  CHECK_FALSE(parted({1, 0, 1, 0}));
  CHECK_FALSE(parted({}));
}

TEST_CASE("a partition that begins while a segment is on its way stops it") {
  Net net;
  Run run(net.shared());
  run.send(syn_to(kWeb));
  run.until(500us);
  run.simulation.part({1, 2});
  run.until(10ms);
  CHECK(run.log.arrivals.empty());
  REQUIRE(run.log.drops.size() == 1);
  CHECK(run.log.drops[0].reason == DropReason::partition);
}

TEST_CASE("routers report what they cannot pass on", "[rfc1812-4.3.3]") {
  Net net;
  Run run(net.routed());
  Segment sent = syn_to(kWeb);
  IcmpError error = IcmpError::none;
  SECTION("the host's link is down") {
    run.simulation.take_down(LinkId{4});
    error = IcmpError::host_unreachable;
  }
  SECTION("nobody has the address") {
    sent.destination = IpAddress::ipv4(0x0a020099);
    error = IcmpError::host_unreachable;
  }
  SECTION("it is for the router itself") {
    sent.destination = kRouter;
    error = IcmpError::protocol_unreachable;
  }
  SECTION("there is no route") {
    sent.destination = IpAddress::ipv4(0x0b000001);
    error = IcmpError::net_unreachable;
  }
  SECTION("the hop limit ends") {
    sent.hop_limit = 2;
    error = IcmpError::time_exceeded;
  }
  run.send(sent);
  run.until(10ms);
  REQUIRE(run.log.arrivals.size() == 1);
  const Segment& told = run.log.arrivals[0].segment;
  CHECK(told.icmp == error);
  CHECK(told.source == kRouter);
  CHECK(told.to() == sent.from());
  CHECK(told.quoted_destination() == sent.destination);
  CHECK(told.source_port == sent.destination_port);
  CHECK(told.seq == sent.seq);
}

TEST_CASE("nothing is reported of an error, nor to nobody", "[rfc1122-3.2.2]") {
  Net net;
  net.routed();
  Segment sent = syn_to(IpAddress::ipv4(0x0a020099));
  SECTION("of an ICMP error") { sent = icmp_error(IcmpError::time_exceeded, kAlice, sent); }
  SECTION("to a sender that is no single host") { sent.source = IpAddress::ipv4(0xe0000001); }
  SECTION("by a router without an address") { net.topology.router_addresses.clear(); }
  sent.destination = IpAddress::ipv4(0x0a020099);
  Run run(net);
  run.send(sent);
  run.until(10ms);
  CHECK(run.log.arrivals.empty());
  CHECK(run.log.drops.size() == 1);
}

TEST_CASE("a host drops what is damaged before it looks it up", "[rfc9293-3.1]") {
  Net net;
  Run run(net.shared());
  Segment sent = syn_to(kWeb);
  sent.options |= Segment::kDamaged;
  run.send(sent);
  run.until(10ms);
  CHECK(run.log.arrivals.size() == 1);  // No reset in answer.
  REQUIRE(run.log.drops.size() == 1);
  CHECK(run.log.drops[0].reason == DropReason::checksum);
  CHECK(run.log.drops[0].host == HostId{1});
}

TEST_CASE("each arrival of a duplicate is received, and answered") {
  Net net;
  LinkProperties doubling = one_millisecond();
  doubling.duplicate = {1, 1};
  net.topology.share_switch(doubling);
  Run run(net);
  run.send(syn_to(kWeb));
  run.until(10ms);
  CHECK(run.log.arrivals.size() == 2 + 4);  // Each answer is doubled, too.
}

TEST_CASE("segments that overtake arrive in the order of their times") {
  Net net;
  LinkProperties properties = one_millisecond();
  properties.reorder = {1, 2};
  properties.jitter = 100us;
  net.topology.share_switch(properties);
  Run run(net);
  for (int i = 0; i < 200; ++i) {
    run.send(syn_to(kWeb));
    run.until(10us * (i + 1));
  }
  run.until(100ms);
  CHECK(run.log.drops.empty());
  CHECK(run.log.arrivals.size() == 400);
  for (std::size_t i = 1; i < run.log.arrivals.size(); ++i) {
    CHECK(run.log.arrivals[i - 1].at <= run.log.arrivals[i].at);
  }
}
