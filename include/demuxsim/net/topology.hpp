// The plain description of a network: nodes, links, and which addresses are where. It does not
// answer questions; Routes does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "demuxsim/core/ids.hpp"
#include "demuxsim/net/address.hpp"
#include "demuxsim/net/link.hpp"

namespace demuxsim {

enum class NodeKind : std::uint8_t {
  host,            ///< Never forwards, however many links it has.
  network_switch,  ///< Forwards and leaves the segment as it is.
  router,          ///< Forwards and counts the hop limit down.
};

/// One of two kinds of network. With one shared switch, each host has one link without a `to`, and
/// a segment goes by it to the host that has the destination address. In a graph, links come in
/// pairs, one for each direction.
struct Topology {
  struct Node {
    NodeKind kind = NodeKind::host;
    NodeId default_route;  ///< Of a router: the neighbour for all that is not behind it; or none.
  };
  struct Edge {
    NodeId from;
    NodeId to;  ///< None: over the shared switch.
    LinkProperties properties;
  };
  struct HostAddress {
    IpAddress address;
    HostId host;
  };
  struct RouterPrefix {
    IpPrefix prefix;  ///< A network behind the router.
    NodeId router;
  };

  struct RouterAddress {
    IpAddress address;  ///< Under which the router speaks for itself.
    NodeId router;
  };

  std::vector<Node> nodes;  ///< By NodeId: hosts first, so that a HostId has the same number.
  std::vector<Edge> links;  ///< By LinkId.
  std::vector<HostAddress> addresses;  ///< Each address once.
  std::vector<RouterPrefix> prefixes;
  std::vector<RouterAddress> router_addresses;  ///< The first of a family is the one it uses.

  /// Precondition: no switch or router was added yet, if `kind` is a host.
  NodeId add(NodeKind kind);
  /// Adds the two directions of a link between nodes `a` and `b`: the link from `a` to `b`, which
  /// is returned, and the next number for that from `b` to `a`.
  LinkId connect(NodeId a, NodeId b, const LinkProperties& properties);
  /// Gives each host its link to the shared switch: link n for host n. Precondition: there are
  /// hosts alone, and no links.
  void share_switch(const LinkProperties& properties);

  std::size_t host_count() const;
};

constexpr NodeId node_of(HostId host) { return {host.value}; }

}  // namespace demuxsim
