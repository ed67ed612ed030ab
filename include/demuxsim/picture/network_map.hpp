// The network of a scenario as a map: hosts, switches and routers with a place each, and what
// connects them. Places are whole numbers, so that a picture has the same bytes everywhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "demuxsim/picture/cast.hpp"
#include "demuxsim/scenario/spec.hpp"

namespace demuxsim {

enum class MapNodeKind : std::uint8_t { host, network_switch, router };

struct MapNode {
  MapNodeKind kind = MapNodeKind::host;
  std::string name;
  /// From the left and from the top, 0 .. kMapWidth and 0 .. kMapHeight, in steps of 10.
  int x = 0;
  int y = 0;
};

struct MapEdge {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  const LinkSpec* link = nullptr;  ///< Of the scenario, which outlives the map.
};

struct NetworkMap {
  static constexpr int kWidth = 1000;
  static constexpr int kHeight = 600;
  std::vector<MapNode>
      nodes;  ///< Actors of the cast under their numbers, then switches and routers.
  std::vector<MapEdge> edges;  ///< Each pair of nodes once.
};

/// Servers end up in the upper half.
NetworkMap map_of(const ScenarioSpec& spec, const Cast& cast);

/// The place in NetworkMap::nodes of a node of the simulated network, which counts every host.
std::uint32_t map_node_of(const ScenarioSpec& spec, const Cast& cast, std::uint32_t node);

/// `10ms, 100Mbit/s, loss 1%`.
std::string text_of(const LinkSpec& link);

}  // namespace demuxsim
