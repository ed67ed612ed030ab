#include "demuxsim/net/topology.hpp"

#include <algorithm>

#include "demuxsim/core/check.hpp"

namespace demuxsim {

NodeId Topology::add(NodeKind kind) {
  DEMUXSIM_CHECK(kind != NodeKind::host || nodes.empty() || nodes.back().kind == NodeKind::host);
  nodes.push_back({kind, {}});
  return {static_cast<std::uint32_t>(nodes.size() - 1)};
}

LinkId Topology::connect(NodeId a, NodeId b, const LinkProperties& properties) {
  DEMUXSIM_CHECK(a.value < nodes.size() && b.value < nodes.size() && a != b);
  links.push_back({a, b, properties});
  links.push_back({b, a, properties});
  return {static_cast<std::uint32_t>(links.size() - 2)};
}

void Topology::share_switch(const LinkProperties& properties) {
  DEMUXSIM_CHECK(links.empty() && host_count() == nodes.size());
  for (std::uint32_t host = 0; host < nodes.size(); ++host) {
    links.push_back({NodeId{host}, NodeId{}, properties});
  }
}

std::size_t Topology::host_count() const {
  const auto end = std::partition_point(
      nodes.begin(), nodes.end(), [](const Node& node) { return node.kind == NodeKind::host; });
  return static_cast<std::size_t>(end - nodes.begin());
}

}  // namespace demuxsim
