#include "demuxsim/picture/network_map.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/circle_layout.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/kamada_kawai_spring_layout.hpp>
#include <boost/graph/topology.hpp>

namespace demuxsim {
namespace {

/// More than these stand in a circle: springs would take long and show nothing.
constexpr std::size_t kMostWithSprings = 80;
constexpr double kStep = 10;

using Graph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
                          boost::property<boost::edge_weight_t, double>>;
using Plane = boost::square_topology<>;
using Points = std::vector<Plane::point_type>;

void add_cables(const ScenarioSpec& spec, const Cast& cast, NetworkMap& map) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
  for (const CableSpec& cable : spec.network.cables) {
    const auto& [one, other] = cable.ends;
    const std::uint32_t count = std::max(one.count, other.count);
    for (std::uint32_t i = 0; i < count; ++i) {
      std::uint32_t a = map_node_of(spec, cast, one.first + (one.count == 1 ? 0 : i));
      std::uint32_t b = map_node_of(spec, cast, other.first + (other.count == 1 ? 0 : i));
      if (a > b) std::swap(a, b);
      if (a != b && seen.emplace(a, b).second) map.edges.push_back({a, b, &cable.link});
    }
  }
}

NetworkMap map_without_places(const ScenarioSpec& spec, const Cast& cast) {
  NetworkMap map;
  for (const Actor& actor : cast.actors()) map.nodes.push_back({MapNodeKind::host, actor.name});
  if (spec.network.shared_switch) {
    const auto hub = static_cast<std::uint32_t>(map.nodes.size());
    for (std::uint32_t i = 0; i < hub; ++i) map.edges.push_back({i, hub, &spec.network.shared});
    map.nodes.push_back({MapNodeKind::network_switch, "switch"});
    return map;
  }
  for (const NetworkNodeSpec& node : spec.network.nodes) {
    map.nodes.push_back(
        {node.router ? MapNodeKind::router : MapNodeKind::network_switch, node.name});
  }
  add_cables(spec, cast, map);
  return map;
}

/// What is not connected is tied to the first node, for springs know no distance without a way.
Graph graph_of(const NetworkMap& map) {
  Graph graph(map.nodes.size());
  for (const MapEdge& edge : map.edges) boost::add_edge(edge.a, edge.b, 1.0, graph);
  std::vector<std::size_t> component(map.nodes.size());
  const std::size_t count = boost::connected_components(graph, component.data());
  for (std::size_t i = 1; i < count; ++i) {
    const auto first = std::find(component.begin(), component.end(), i) - component.begin();
    boost::add_edge(0, static_cast<std::size_t>(first), 1.0, graph);
  }
  return graph;
}

Points places_of(const NetworkMap& map) {
  const Graph graph = graph_of(map);
  Points points(map.nodes.size());
  const auto places =
      boost::make_iterator_property_map(points.begin(), boost::get(boost::vertex_index, graph));
  boost::circle_graph_layout(graph, places, 1.0);
  if (map.nodes.size() > 2 && map.nodes.size() <= kMostWithSprings) {
    boost::kamada_kawai_spring_layout(graph, places, boost::get(boost::edge_weight, graph),
                                      Plane(2.0), boost::side_length(2.0));
  }
  return points;
}

/// Stretches what lies between the least and the greatest to the whole of `size`.
class Scale {
 public:
  Scale(const Points& points, std::size_t axis, int size) : axis_(axis), size_(size) {
    const auto [least, greatest] =
        std::minmax_element(points.begin(), points.end(),
                            [axis](const auto& a, const auto& b) { return a[axis] < b[axis]; });
    least_ = (*least)[axis];
    range_ = (*greatest)[axis] - least_;
  }
  int place(const Plane::point_type& point) const {
    if (range_ < 1e-3) return size_ / 2;
    return static_cast<int>(std::lround((point[axis_] - least_) / range_ * size_ / kStep) *
                            std::lround(kStep));
  }

 private:
  std::size_t axis_;
  int size_;
  double least_ = 0;
  double range_ = 0;
};

/// Turns the map upside down where servers, on the average, would stand below the others.
void put_servers_on_top(const ScenarioSpec& spec, const Cast& cast, NetworkMap& map) {
  int servers = 0;
  int balance = 0;
  for (std::size_t i = 0; i < cast.actors().size(); ++i) {
    if (!listens(spec.hosts[cast.actors()[i].group])) continue;
    ++servers;
    balance += 2 * map.nodes[i].y - NetworkMap::kHeight;
  }
  if (servers == 0 || balance <= 0) return;
  for (MapNode& node : map.nodes) node.y = NetworkMap::kHeight - node.y;
}

/// Turns the map round where hosts then stand rather in their order from left to right.
void put_first_on_left(const Cast& cast, NetworkMap& map) {
  int balance = 0;
  for (std::size_t i = 1; i < cast.actors().size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      balance +=
          (map.nodes[j].x < map.nodes[i].x ? 1 : 0) - (map.nodes[j].x > map.nodes[i].x ? 1 : 0);
    }
  }
  if (balance >= 0) return;
  for (MapNode& node : map.nodes) node.x = NetworkMap::kWidth - node.x;
}

}  // namespace

std::uint32_t map_node_of(const ScenarioSpec& spec, const Cast& cast, std::uint32_t node) {
  if (node < spec.host_count) return cast.actor_of(HostId{node});
  return static_cast<std::uint32_t>(cast.actors().size()) + node - spec.host_count;
}

NetworkMap map_of(const ScenarioSpec& spec, const Cast& cast) {
  NetworkMap map = map_without_places(spec, cast);
  if (map.nodes.empty()) return map;
  const Points points = places_of(map);
  const Scale across(points, 0, NetworkMap::kWidth);
  const Scale down(points, 1, NetworkMap::kHeight);
  for (std::size_t i = 0; i < points.size(); ++i) {
    map.nodes[i].x = across.place(points[i]);
    map.nodes[i].y = down.place(points[i]);
  }
  put_servers_on_top(spec, cast, map);
  put_first_on_left(cast, map);
  return map;
}

}  // namespace demuxsim
