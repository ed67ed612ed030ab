// What the loader makes of networks that fail, and of routers that tell.
#include <chrono>
#include <string>

#include "demuxsim/scenario/load.hpp"
#include "support/catch.hpp"

namespace demuxsim {
namespace {

ScenarioSpec loaded(const std::string& text) {
  const SourceFile source{"a.yaml", "scenario: 1\n" + text};
  auto spec = load(source, {});
  if (!spec) FAIL(render(source, spec.error(), Color::off));
  return std::move(*spec);
}

IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }

const std::string kHosts = "hosts: {web: {ip: 10.0.0.1}, alice: {ip: 10.0.0.2}}\n";

}  // namespace

TEST_CASE("a link may do more to segments than lose and delay them") {
  const LinkSpec link =
      loaded(kHosts + "network: {jitter: 5ms, duplicate: 1%, reorder: 2%, corrupt: 0.1%}\n")
          .network.shared;
  CHECK(link.jitter == std::chrono::milliseconds{5});
  CHECK(link.duplicate == Ratio{1, 100});
  CHECK(link.reorder == Ratio{1, 50});
  CHECK(link.corrupt == Ratio{1, 1000});
}

TEST_CASE("an injected ICMP error quotes a segment of whom it is for") {
  const ScenarioSpec spec =
      loaded(kHosts +
             "timeline:\n"
             "  - {at: 0, by: web, inject: {icmp: packet-too-big, from: 192.0.2.9, mtu: 1400,\n"
             "                              quote: {from: \"alice:5\", to: \"web:80\", seq: 7}}}\n"
             "  - {at: 0, by: web, inject: {icmp: prohibited, from: web,\n"
             "                              quote: {from: \"alice:5\", to: \"web:80\"}}}\n");
  const Segment& error = spec.steps[0].segment;
  CHECK(error.icmp == IcmpError::packet_too_big);
  CHECK(error.source == ip("192.0.2.9"));
  CHECK(error.to() == Endpoint{ip("10.0.0.2"), Port{5}});
  CHECK(error.source_port == Port{80});
  CHECK(error.quoted_destination() == ip("10.0.0.1"));
  CHECK(error.seq.value == 7);
  CHECK(error.mss == 1400);
  CHECK(spec.steps[0].by.host == HostId{0});
  CHECK(spec.steps[1].segment.source == ip("10.0.0.1"));
}

TEST_CASE("links and partitions are steps of the timeline") {
  const std::string hosts = "hosts: {web: {ip: 10.1.0.1}, user: {ip: 10.2.0.1, count: 3}}\n";
  const ScenarioSpec spec = loaded(hosts +
                                   "network:\n"
                                   "  nodes: {sw: {kind: switch}, r: {kind: router}}\n"
                                   "  links:\n"
                                   "    - {between: [web, r]}\n"
                                   "    - {between: [user, sw]}\n"
                                   "    - {between: [sw, r]}\n"
                                   "timeline:\n"
                                   "  - {at: 0, link: [user, sw], down: true}\n"
                                   "  - {at: 0, link: user.1, up: true}\n"
                                   "  - {at: 0, partition: [[web, r], [user, sw]]}\n"
                                   "  - {at: 0, heal: true}\n");
  CHECK(spec.steps[0].action == StepAction::link_down);
  REQUIRE(spec.steps[0].groups.size() == 2);
  CHECK(spec.steps[0].groups[0].at(0).first == 1);
  CHECK(spec.steps[0].groups[0].at(0).count == 3);
  CHECK(spec.steps[0].groups[1].at(0).first == 4);
  CHECK(spec.steps[1].action == StepAction::link_up);
  REQUIRE(spec.steps[1].groups.size() == 1);
  CHECK(spec.steps[1].groups[0].at(0).first == 2);
  CHECK(spec.steps[2].action == StepAction::partition);
  REQUIRE(spec.steps[2].groups.size() == 2);
  CHECK(spec.steps[2].groups[0].at(1).first == 5);
  CHECK(spec.steps[3].action == StepAction::heal);
  CHECK(spec.steps[3].groups.empty());
}

TEST_CASE("a router speaks under its own address, or the first in its prefixes that is free") {
  const NetworkSpec network =
      loaded(
          "hosts: {web: {ip: 10.1.0.1}, user: {ip: 10.2.0.1, count: 3}}\n"
          "network:\n"
          "  nodes:\n"
          "    a: {kind: router, ip: 192.0.2.1, prefixes: [10.1.0.0/16, \"2001:db8::/64\"]}\n"
          "    b: {kind: router, prefixes: [10.2.0.0/30, 10.2.0.0/16, 10.3.0.0/16]}\n"
          "    c: {kind: router}\n"
          "  links:\n"
          "    - {between: [web, a]}\n"
          "    - {between: [a, b]}\n"
          "    - {between: [b, c]}\n"
          "    - {between: [b, user]}\n")
          .network;
  CHECK(network.nodes[0].addresses == std::vector{ip("192.0.2.1"), ip("2001:db8::1")});
  CHECK(network.nodes[1].addresses == std::vector{ip("10.2.0.4")});
  CHECK(network.nodes[2].addresses.empty());
}

TEST_CASE("an injected segment may come from another address or port each time") {
  const ScenarioSpec spec = loaded(
      kHosts +
      "timeline:\n"
      "  - {at: 0, by: web, inject: {from: \"192.0.2.1:1\", to: \"alice:2\", vary: address},\n"
      "     times: 3, every: 1ms}\n"
      "  - {at: 0, by: web, inject: {from: \"192.0.2.1:1\", to: \"alice:2\"}}\n");
  CHECK(spec.steps[0].vary == Vary::address);
  CHECK(spec.steps[1].vary == Vary::nothing);
}

}  // namespace demuxsim
