// Who has a place in a picture, and where.
#include "demuxsim/picture/network_map.hpp"

#include <set>
#include <string>
#include <utility>

#include "demuxsim/scenario/load.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

ScenarioSpec spec_of(const std::string& hosts, const std::string& network) {
  const auto spec = load({"a.yaml", "scenario: 1\nhosts:\n" + hosts + network});
  REQUIRE(spec);
  return *spec;
}

const std::string kServer = "  server: {ip: 10.0.0.1, processes: {web: {listen: {port: 80}}}}\n";

}  // namespace

TEST_CASE("hosts of a count stand alone while they are few, and together when they are many") {
  const Cast few(spec_of(kServer + "  client: {ip: 10.1.0.1, count: 8}\n", ""));
  CHECK(few.actors().size() == 9);
  CHECK(few.actors()[3].name == "client.2");
  CHECK(few.actor_of(HostId{3}) == 3);
  const Cast many(spec_of(kServer + "  client: {ip: 10.1.0.1, count: 9}\n", ""));
  REQUIRE(many.actors().size() == 2);
  CHECK(many.actors()[1].name == "client x9");
  CHECK(many.actor_of(HostId{0}) == 0);
  CHECK(many.actor_of(HostId{9}) == 1);
}

TEST_CASE("many small groups stand together, too") {
  std::string hosts = kServer;
  for (int i = 1; i < 6; ++i) {
    hosts += fmt::format("  g{}: {{ip: 10.{}.0.1, count: 8}}\n", i, i);
  }
  CHECK(Cast(spec_of(hosts, "")).actors().size() == 6);
}

TEST_CASE("every node has a place of its own on the grid, servers above") {
  for (const char* const clients : {"1", "2", "5", "8", "100"}) {
    const ScenarioSpec spec =
        spec_of(kServer + "  client: {ip: 10.1.0.1, count: " + std::string(clients) + "}\n", "");
    const NetworkMap map = map_of(spec, Cast(spec));
    std::set<std::pair<int, int>> places;
    for (const MapNode& node : map.nodes) {
      CHECK(node.x % 10 == 0);
      CHECK(node.y % 10 == 0);
      CHECK((node.x >= 0 && node.x <= NetworkMap::kWidth));
      CHECK((node.y >= 0 && node.y <= NetworkMap::kHeight));
      places.emplace(node.x, node.y);
    }
    CHECK(places.size() == map.nodes.size());
    CHECK(map.nodes.back().kind == MapNodeKind::network_switch);
    CHECK(map.edges.size() == map.nodes.size() - 1);
    CHECK(2 * map.nodes.front().y <= NetworkMap::kHeight);
  }
}

TEST_CASE("cables between the same two nodes of the map are one line") {
  const ScenarioSpec spec = spec_of(kServer + "  client: {ip: 10.1.0.1, count: 20}\n",
                                    "network:\n"
                                    "  nodes: {floor: {kind: switch}}\n"
                                    "  links:\n"
                                    "    - {between: [server, floor]}\n"
                                    "    - {between: [client, floor]}\n");
  const NetworkMap map = map_of(spec, Cast(spec));
  CHECK(map.nodes.size() == 3);
  CHECK(map.edges.size() == 2);
}

TEST_CASE("a host alone, and hosts without a way between them, have places") {
  const ScenarioSpec alone = spec_of(kServer, "");
  CHECK(map_of(alone, Cast(alone)).nodes.size() == 2);
  const ScenarioSpec apart = spec_of(kServer + "  other: {ip: 10.2.0.1}\n",
                                     "network: {nodes: {s: {kind: switch}, t: {kind: switch}}, "
                                     "links: [{between: [server, s]}, {between: [other, t]}]}\n");
  CHECK(map_of(apart, Cast(apart)).nodes.size() == 4);
}

TEST_CASE("hosts stand rather in their order from left to right") {
  const ScenarioSpec spec =
      spec_of("  left: {ip: 10.0.0.1}\n  right: {ip: 10.0.0.2}\n  third: {ip: 10.0.0.3}\n", "");
  const NetworkMap map = map_of(spec, Cast(spec));
  const int agree = (map.nodes[0].x <= map.nodes[1].x) + (map.nodes[0].x <= map.nodes[2].x) +
                    (map.nodes[1].x <= map.nodes[2].x);
  CHECK(agree >= 2);
}
