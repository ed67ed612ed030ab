// Which link a segment takes next. Routes follow from a Topology once and for all; they are found
// by least delay, and where two ways take equally long, by the lower link number.
//
// What a node does with a destination:
//   - A host's address leads to that host, wherever it is. A prefix of a router leads any other
//     address within it to that router (the longest prefix wins, then the lower router), which
//     then has no route. An address of neither kind has no route from the first node on, unless a
//     default route there takes it.
//   - A router with a default route sends what is not behind it to that neighbour. Behind it are
//     its own prefixes, and hosts on links and switches it is attached to. Badly set default
//     routes go in circles; the hop limit ends that.
//   - A host never forwards. One with several links sends by the way of least delay.
// A segment to one of its sender's own addresses is not a matter of Routes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/core/ids.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/net/address.hpp"
#include "demuxsim/net/topology.hpp"

namespace demuxsim {

/// Space is linear in hosts, plus a tree over the switches and routers for each of them that a
/// looked-up destination hangs on. Trees are made when first needed, so one thread at a time.
class Routes {
 public:
  /// Precondition: `topology` is as its functions build it, and a default route is a neighbour.
  explicit Routes(const Topology& topology);

  /// None: no route. Precondition: `destination` is not an address of `at`.
  LinkId next_link(NodeId at, const IpAddress& destination);

  /// The host with this address, or none.
  HostId host_of(const IpAddress& address) const {
    const auto found = host_by_address_.find(address);
    return found == host_by_address_.end() ? HostId{} : found->second;
  }

  /// Whether the address is within a prefix of this router.
  bool has_prefix_of(NodeId router, const IpAddress& address) const;

  struct Path {
    Duration delay{0};          ///< Propagation alone.
    std::uint32_t routers = 0;  ///< On the way; each counts the hop limit down by one.
  };
  /// The way of a segment from a host to an address of another, or nothing where there is none or
  /// it goes in circles.
  std::optional<Path> path(HostId from, const IpAddress& destination);

 private:
  /// A switch or router, counted from 0.
  using CoreId = Id<struct CoreTag>;

  struct Edge {
    NodeId from;
    NodeId to;
    Duration delay;
  };
  /// The two directions of a link between a host and its neighbour.
  struct Attachment {
    NodeId neighbour;
    LinkId up;    ///< From the host.
    LinkId down;  ///< To the host.
  };
  struct Core {
    bool is_router = false;
    /// Switches that reach one another through switches alone have the same; a router its own.
    CoreId domain;
    LinkId default_link;  ///< Of a router with a default route.
    CoreId gateway;       ///< The router, at hand or itself, whose default route takes the rest.
    std::vector<IpPrefix> prefixes;
  };
  /// The first step of a way, and how long the whole of it takes.
  struct Choice {
    Duration delay = Duration::max();  ///< Max: there is no way.
    LinkId link;                       ///< None: no way, or already there.
    friend constexpr auto operator<=>(const Choice&, const Choice&) = default;
  };
  using Tree = std::vector<Choice>;  ///< By core: how each gets to one of them.

  void add_edges(const Topology& topology);
  void attach_hosts();
  void find_domains();
  void add_default_routes(const Topology& topology);
  void add_prefixes(const Topology& topology);

  bool is_host(NodeId node) const { return node.value < host_count_; }
  CoreId core_of(NodeId node) const { return {node.value - host_count_}; }
  Core& at(CoreId core) { return cores_[core.value]; }
  std::span<const Attachment> attachments(HostId host) const;
  std::pair<CoreId, CoreId> core_ends(LinkId link) const;

  LinkId link_from_host(HostId from, HostId to, const IpAddress& destination);
  LinkId link_from_core(CoreId from, HostId to, const IpAddress& destination);
  Choice least_delay(CoreId from, HostId to, const IpAddress& destination);
  bool is_behind(CoreId router, HostId host, const IpAddress& destination);
  CoreId owner_of(const IpAddress& destination) const;
  const Choice& step(CoreId from, CoreId to);
  Tree make_tree(CoreId to) const;

  std::uint32_t host_count_ = 0;
  bool shared_switch_ = false;  ///< Link n is that of host n, and nothing else is needed.
  boost::unordered_flat_map<IpAddress, HostId, IpAddressHash> host_by_address_;
  std::vector<Edge> edges_;                         ///< By LinkId.
  std::vector<LinkId> core_links_;                  ///< Those between cores, in ascending order.
  std::vector<std::uint32_t> first_attachment_;     ///< By HostId, and one past the last.
  std::vector<Attachment> attachments_;             ///< By host, then link.
  std::vector<Core> cores_;                         ///< By CoreId.
  std::vector<std::pair<CoreId, CoreId>> borders_;  ///< Router, domain it has a link to; sorted.
  std::vector<Topology::RouterPrefix> prefixes_;    ///< Longest first, then by router.
  std::vector<Tree> trees_;  ///< By the core they lead to; empty: not yet made.
};

}  // namespace demuxsim
