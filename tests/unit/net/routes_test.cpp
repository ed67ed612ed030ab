#include "demuxsim/net/routes.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace demuxsim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

IpAddress address(const char* text) { return IpAddress::parse(text).value(); }
IpPrefix prefix(const char* text) { return IpPrefix::parse(text).value(); }
HostId host(std::uint32_t number) { return {number}; }
LinkProperties taking(Duration delay) { return {delay, {}, {}, {}}; }

/// A topology with hosts 10.0.0.0, 10.0.0.1, ... and no other node yet.
Topology with_hosts(std::uint32_t count) {
  Topology topology;
  for (std::uint32_t i = 0; i < count; ++i) {
    topology.add(NodeKind::host);
    topology.addresses.push_back({IpAddress::ipv4(0x0a000000 + i), host(i)});
  }
  return topology;
}

IpAddress address_of(std::uint32_t host_number) {
  return IpAddress::ipv4(0x0a000000 + host_number);
}

/// The nodes a segment visits, as "0 5 6 1", or "... !" where it ends without a route and "... *"
/// where it goes in circles.
std::string walk(Routes& routes, const Topology& topology, NodeId from, const IpAddress& to) {
  std::string text = std::to_string(from.value);
  const HostId home = routes.host_of(to);
  NodeId node = from;
  for (int hops = 0; hops < 20; ++hops) {
    const LinkId link = routes.next_link(node, to);
    if (!link) return text + " !";
    REQUIRE(topology.links[link.value].from == node);
    node = topology.links[link.value].to;
    if (!node) node = node_of(home);
    text += ' ' + std::to_string(node.value);
    if (home && node == node_of(home)) return text;
  }
  return text.substr(0, 9) + " *";
}

/// Least delays from everywhere to one host by relaxing all links until nothing changes, hosts not
/// forwarding: an independent answer to what Routes finds.
std::vector<Duration> relaxed(const Topology& topology, NodeId to) {
  std::vector<Duration> delays(topology.nodes.size(), Duration::max());
  delays[to.value] = Duration{0};
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& link : topology.links) {
      const bool forwards = link.to == to || topology.nodes[link.to.value].kind != NodeKind::host;
      const Duration beyond = delays[link.to.value];
      if (!forwards || beyond == Duration::max()) continue;
      const Duration delay = beyond + link.properties.delay;
      if (delay < delays[link.from.value]) {
        delays[link.from.value] = delay;
        changed = true;
      }
    }
  }
  return delays;
}

Topology random_topology(Rng& rng) {
  Topology topology = with_hosts(static_cast<std::uint32_t>(2 + rng.below(6)));
  const std::uint64_t cores = 1 + rng.below(7);
  for (std::uint64_t i = 0; i < cores; ++i) {
    topology.add(rng.below(2) == 0 ? NodeKind::router : NodeKind::network_switch);
  }
  const std::uint64_t nodes = topology.nodes.size();
  for (std::uint64_t i = 0; i < nodes + rng.below(nodes); ++i) {
    const auto a = static_cast<std::uint32_t>(rng.below(nodes));
    const auto b = static_cast<std::uint32_t>(rng.below(nodes));
    // Few distinct delays, so that many ways tie.
    if (a != b) {
      topology.connect({a}, {b}, taking(milliseconds{1 + static_cast<std::int64_t>(rng.below(3))}));
    }
  }
  return topology;
}

}  // namespace

TEST_CASE("a shared switch takes a segment straight to its host", "[net]") {
  Topology topology = with_hosts(3);
  topology.addresses.push_back({address("2001:db8::2"), host(2)});
  topology.share_switch(taking(milliseconds{7}));
  Routes routes(topology);
  CHECK(routes.next_link(NodeId{0}, address_of(2)) == LinkId{0});
  CHECK(routes.next_link(NodeId{2}, address_of(0)) == LinkId{2});
  CHECK_FALSE(routes.next_link(NodeId{0}, address("10.0.0.9")));
  CHECK(routes.host_of(address("2001:db8::2")) == host(2));
  CHECK_FALSE(routes.host_of(address("2001:db8::3")));
  CHECK(routes.path(host(0), address_of(1))->delay == milliseconds{7});
  CHECK_FALSE(routes.path(host(0), address("10.0.0.9")).has_value());
}

TEST_CASE("two hosts on one cable", "[net]") {
  Topology topology = with_hosts(3);
  topology.connect({0}, {1}, taking(milliseconds{1}));
  Routes routes(topology);
  CHECK(walk(routes, topology, {0}, address_of(1)) == "0 1");
  CHECK(walk(routes, topology, {1}, address_of(0)) == "1 0");
  CHECK(walk(routes, topology, {0}, address_of(2)) == "0 !");
  CHECK(walk(routes, topology, {2}, address_of(0)) == "2 !");
}

TEST_CASE("the way of least delay wins over the one of fewer links", "[net]") {
  Topology topology = with_hosts(2);
  for (int i = 0; i < 3; ++i) topology.add(NodeKind::router);  // 2, 3, 4
  topology.connect({0}, {2}, taking(milliseconds{1}));
  topology.connect({1}, {4}, taking(milliseconds{1}));
  topology.connect({2}, {4}, taking(milliseconds{5}));
  topology.connect({2}, {3}, taking(milliseconds{2}));
  topology.connect({3}, {4}, taking(milliseconds{2}));
  Routes routes(topology);
  CHECK(walk(routes, topology, {0}, address_of(1)) == "0 2 3 4 1");
  CHECK(walk(routes, topology, {1}, address_of(0)) == "1 4 3 2 0");
  const auto path = routes.path(host(0), address_of(1));
  CHECK(path->delay == milliseconds{6});
  CHECK(path->routers == 3);
}

TEST_CASE("of equal ways the lower link number wins", "[net]") {
  Topology topology = with_hosts(2);
  for (int i = 0; i < 4; ++i) topology.add(NodeKind::router);  // 2 - (4 or 3) - 5
  topology.connect({0}, {2}, taking(milliseconds{1}));
  topology.connect({5}, {1}, taking(milliseconds{1}));
  topology.connect({2}, {4}, taking(milliseconds{1}));
  topology.connect({2}, {3}, taking(milliseconds{1}));
  topology.connect({3}, {5}, taking(milliseconds{1}));
  topology.connect({4}, {5}, taking(milliseconds{1}));
  const LinkId twin = topology.connect({5}, {1}, taking(milliseconds{1}));
  Routes routes(topology);
  CHECK(walk(routes, topology, {0}, address_of(1)) == "0 2 4 5 1");
  CHECK(walk(routes, topology, {1}, address_of(0)) == "1 5 3 2 0");
  CHECK(routes.next_link({5}, address_of(1)).value < twin.value);
}

TEST_CASE("hosts never forward; one with two links takes the shorter way", "[net]") {
  Topology topology = with_hosts(3);
  for (int i = 0; i < 2; ++i) topology.add(NodeKind::network_switch);  // 3, 4
  topology.connect({0}, {3}, taking(milliseconds{1}));
  topology.connect({1}, {3}, taking(milliseconds{1}));
  topology.connect({1}, {4}, taking(milliseconds{1}));
  topology.connect({2}, {4}, taking(milliseconds{1}));
  Routes apart(topology);
  CHECK(walk(apart, topology, {0}, address_of(1)) == "0 3 1");
  CHECK(walk(apart, topology, {2}, address_of(1)) == "2 4 1");
  CHECK(walk(apart, topology, {1}, address_of(2)) == "1 4 2");
  CHECK(walk(apart, topology, {0}, address_of(2)) == "0 !");
  topology.connect({3}, {4}, taking(microseconds{10}));
  Routes joined(topology);
  CHECK(walk(joined, topology, {0}, address_of(2)) == "0 3 4 2");
  CHECK(walk(joined, topology, {0}, address_of(1)) == "0 3 1");
}

TEST_CASE("a prefix carries addresses that nobody has to their router", "[net]") {
  Topology topology = with_hosts(2);
  for (int i = 0; i < 3; ++i) topology.add(NodeKind::router);  // 2, 3, 4
  topology.connect({0}, {2}, taking(milliseconds{1}));
  topology.connect({2}, {3}, taking(milliseconds{1}));
  topology.connect({2}, {4}, taking(milliseconds{1}));
  topology.connect({3}, {1}, taking(milliseconds{1}));
  topology.prefixes = {{prefix("192.0.2.0/24"), {3}},
                       {prefix("192.0.2.128/25"), {4}},
                       {prefix("192.0.2.0/24"), {4}},
                       {prefix("10.0.0.0/8"), {4}}};
  Routes routes(topology);
  CHECK(walk(routes, topology, {0}, address("192.0.2.1")) == "0 2 3 !");
  CHECK(walk(routes, topology, {0}, address("192.0.2.200")) == "0 2 4 !");
  CHECK(walk(routes, topology, {0}, address("198.51.100.1")) == "0 !");
  // A host that is there counts more than a prefix elsewhere.
  CHECK(walk(routes, topology, {0}, address_of(1)) == "0 2 3 1");
  CHECK(walk(routes, topology, {0}, address("10.0.0.77")) == "0 2 4 !");
}

TEST_CASE("a default route takes what is not behind the router", "[net]") {
  // Two homes (router 3 with switch 5 and host 0, router 4 with host 1) and an exchange 6 beyond
  // an internet 7 with host 2. There is a direct line 3 - 4 that default routes pass by.
  Topology topology = with_hosts(3);
  topology.add(NodeKind::router);
  topology.add(NodeKind::router);
  topology.add(NodeKind::network_switch);
  topology.add(NodeKind::router);
  topology.add(NodeKind::router);
  topology.connect({0}, {5}, taking(milliseconds{1}));
  topology.connect({5}, {3}, taking(milliseconds{1}));
  topology.connect({1}, {4}, taking(milliseconds{1}));
  topology.connect({3}, {4}, taking(milliseconds{1}));
  topology.connect({3}, {6}, taking(milliseconds{5}));
  topology.connect({4}, {6}, taking(milliseconds{5}));
  topology.connect({6}, {7}, taking(milliseconds{5}));
  topology.connect({7}, {2}, taking(milliseconds{5}));
  topology.nodes[3].default_route = NodeId{6};
  topology.nodes[4].default_route = NodeId{6};

  SECTION("also where another way is shorter") {
    Routes routes(topology);
    CHECK(walk(routes, topology, {0}, address_of(1)) == "0 5 3 6 4 1");
    CHECK(walk(routes, topology, {0}, address_of(2)) == "0 5 3 6 7 2");
    CHECK(walk(routes, topology, {2}, address_of(0)) == "2 7 6 3 5 0");
    CHECK(routes.path(host(0), address_of(1))->delay == milliseconds{13});
    CHECK(routes.path(host(0), address_of(1))->routers == 3);
  }
  SECTION("but not where a prefix says that it is behind") {
    topology.prefixes = {{prefix("10.0.0.1/32"), {3}}};
    Routes routes(topology);
    CHECK(walk(routes, topology, {0}, address_of(1)) == "0 5 3 4 1");
  }
  SECTION("and unknown addresses, to where none is left") {
    Routes routes(topology);
    CHECK(walk(routes, topology, {0}, address("192.0.2.1")) == "0 5 3 6 !");
    CHECK(walk(routes, topology, {1}, address("192.0.2.1")) == "1 4 6 !");
    CHECK(walk(routes, topology, {2}, address("192.0.2.1")) == "2 !");
  }
  SECTION("two that point at each other send it in circles") {
    topology.nodes[6].default_route = NodeId{3};
    Routes routes(topology);
    CHECK(walk(routes, topology, {0}, address_of(1)) == "0 5 3 6 3 *");
    CHECK(walk(routes, topology, {0}, address("192.0.2.1")) == "0 5 3 6 3 *");
    CHECK_FALSE(routes.path(host(0), address_of(1)).has_value());
  }
}

TEST_CASE("hosts are behind a router through switches, not through another router", "[net]") {
  // Border router 4 with its default route to router 8; switches 5 and 6 in a row; router 7 on
  // the second of them with host 1 of its own.
  Topology topology = with_hosts(4);
  topology.add(NodeKind::router);
  topology.add(NodeKind::network_switch);
  topology.add(NodeKind::network_switch);
  topology.add(NodeKind::router);
  topology.add(NodeKind::router);
  topology.connect({0}, {6}, taking(milliseconds{1}));
  topology.connect({1}, {7}, taking(milliseconds{1}));
  topology.connect({2}, {8}, taking(milliseconds{1}));
  topology.connect({3}, {4}, taking(milliseconds{1}));
  topology.connect({4}, {5}, taking(milliseconds{1}));
  topology.connect({5}, {6}, taking(milliseconds{1}));
  topology.connect({6}, {7}, taking(milliseconds{1}));
  topology.connect({4}, {8}, taking(milliseconds{1}));
  topology.nodes[4].default_route = NodeId{8};

  Routes routes(topology);
  CHECK(walk(routes, topology, {2}, address_of(0)) == "2 8 4 5 6 0");
  CHECK(walk(routes, topology, {2}, address_of(3)) == "2 8 4 3");
  CHECK(walk(routes, topology, {0}, address_of(1)) == "0 6 7 1");
  CHECK(walk(routes, topology, {3}, address_of(1)) == "3 4 8 4 8 *");
  CHECK(walk(routes, topology, {0}, address("192.0.2.1")) == "0 6 5 4 8 !");

  topology.prefixes = {{prefix("10.0.0.0/30"), {4}}};
  Routes with_prefix(topology);
  CHECK(walk(with_prefix, topology, {3}, address_of(1)) == "3 4 5 6 7 1");
}

TEST_CASE("random networks: every way takes the least delay there is", "[net]") {
  Rng rng(11, {StreamKind::test});
  int ways = 0;
  int dead_ends = 0;
  for (int round = 0; round < 2000; ++round) {
    CAPTURE(round);
    const Topology topology = random_topology(rng);
    Routes routes(topology);
    const auto hosts = static_cast<std::uint32_t>(topology.host_count());
    for (std::uint32_t to = 0; to < hosts; ++to) {
      const auto delays = relaxed(topology, {to});
      for (std::uint32_t from = 0; from < hosts; ++from) {
        if (from == to) continue;
        const auto path = routes.path(host(from), address_of(to));
        REQUIRE(path.has_value() == (delays[from] != Duration::max()));
        if (path) REQUIRE(path->delay == delays[from]);
        ++(path ? ways : dead_ends);
      }
    }
  }
  CHECK(ways > 1000);
  CHECK(dead_ends > 1000);
}

TEST_CASE("100,000 hosts behind five routers", "[net]") {
  // Anything quadratic in hosts would need 10^10 of something here.
  constexpr std::uint32_t kHosts = 100'000;
  Topology topology = with_hosts(kHosts);
  for (int i = 0; i < 5; ++i) topology.add(NodeKind::router);
  for (std::uint32_t i = 0; i < kHosts; ++i) {
    topology.connect({i}, {kHosts + i % 5}, taking(milliseconds{1}));
  }
  for (std::uint32_t i = 0; i < 4; ++i) {
    topology.connect({kHosts + i}, {kHosts + i + 1}, taking(milliseconds{10}));
  }
  Routes routes(topology);
  for (std::uint32_t i = 0; i < kHosts - 1; ++i) {
    const std::uint32_t hops = i % 5 == 4 ? 4 : 1;
    const auto path = routes.path(host(i), address_of(i + 1));
    REQUIRE((path.has_value() && path->delay == milliseconds{2 + 10 * hops}));
  }
}

TEST_CASE("a ring of 1,000 routers with ten hosts each", "[net]") {
  constexpr std::uint32_t kRouters = 1000;
  constexpr std::uint32_t kHosts = 10 * kRouters;
  Topology topology = with_hosts(kHosts);
  for (std::uint32_t i = 0; i < kRouters; ++i) topology.add(NodeKind::router);
  for (std::uint32_t i = 0; i < kHosts; ++i) {
    topology.connect({i}, {kHosts + i / 10}, taking(milliseconds{1}));
  }
  for (std::uint32_t i = 0; i < kRouters; ++i) {
    topology.connect({kHosts + i}, {kHosts + (i + 1) % kRouters}, taking(milliseconds{1}));
  }
  Routes routes(topology);
  for (std::uint32_t i = 0; i < kRouters; ++i) {
    const std::uint32_t hops = std::min(i, kRouters - i);
    if (i % 10 == 3) {
      const auto path = routes.path(host(0), address_of(10 * i));
      REQUIRE((path.has_value() && path->delay == milliseconds{2 + hops}));
      REQUIRE(path->routers == hops + 1);
    }
    // One step each is enough to make every tree.
    REQUIRE(routes.next_link({kHosts + 5}, address_of(10 * i)));
  }
}

}  // namespace demuxsim
