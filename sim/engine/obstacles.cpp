// What keeps segments from arriving: links that are down, partitions; and what routers tell about
// it (RFC 792, RFC 1812 section 4.3, RFC 4443).
#include <algorithm>

#include "demuxsim/engine/simulation.hpp"

namespace demuxsim {

void Simulation::take_down(LinkId link) {
  if (links_[link.value].is_down()) return;
  ++links_down_;
  links_[link.value].take_down(
      [this](const Segment& segment) { record_drop(segment, DropReason::link_down); });
}

void Simulation::bring_up(LinkId link) {
  if (!links_[link.value].is_down()) return;
  --links_down_;
  links_[link.value].bring_up();
}

/// Precondition: there is a partition.
bool Simulation::is_parted(LinkId link, NodeId to) const {
  if (link.value >= first_loopback_ || !to) return false;
  const std::uint32_t here = groups_[link_ends_[link.value].from.value];
  const std::uint32_t there = groups_[to.value];
  return here != 0 && there != 0 && here != there;
}

/// True where a partition has begun on the way, or the link from the shared switch to the host is
/// down; the segment is then recorded as dropped.
bool Simulation::is_lost_on_arrival(LinkId link, NodeId to, const Segment& segment) {
  const bool parted = !groups_.empty() && is_parted(link, to);
  const bool down = links_down_ != 0 && shared_switch_ && link.value < first_loopback_ && to &&
                    links_[to.value].is_down();
  if (parted || down) record_drop(segment, parted ? DropReason::partition : DropReason::link_down);
  return parted || down;
}

bool Simulation::is_address_of(NodeId router, const IpAddress& address) const {
  return std::any_of(router_addresses_.begin(), router_addresses_.end(), [&](const auto& each) {
    return each.router == router && each.address == address;
  });
}

/// What a router says of a segment it could not pass on. Of chance and of full queues it says
/// nothing (RFC 6633 has done away with source quench). It does not speak TCP itself.
IcmpError Simulation::report_of(NodeId router, DropReason reason, const Segment& segment) {
  switch (reason) {
    case DropReason::hop_limit:
      return IcmpError::time_exceeded;
    case DropReason::no_route:
      if (is_address_of(router, segment.destination)) return IcmpError::protocol_unreachable;
      return routes_.has_prefix_of(router, segment.destination) ? IcmpError::host_unreachable
                                                                : IcmpError::net_unreachable;
    case DropReason::link_down:
    case DropReason::partition: {
      const NodeId next = ends_of(routes_.next_link(router, segment.destination)).to;
      return nodes_[next.value] == NodeKind::router ? IcmpError::net_unreachable
                                                    : IcmpError::host_unreachable;
    }
    default:
      return IcmpError::none;
  }
}

/// Nothing is told of an ICMP error, to a sender that is no single host (RFC 1122 section 3.2.2),
/// or by a router without an address of the segment's family. What a router sends leaves no record
/// of its own before it arrives, since records are about hosts.
void Simulation::report(NodeId router, IcmpError error, const Segment& segment) {
  if (error == IcmpError::none || segment.icmp != IcmpError::none) return;
  const IpAddress& sender = segment.source;
  if (sender.is_unspecified() || sender.is_loopback() || sender.is_multicast() ||
      sender.is_broadcast()) {
    return;
  }
  for (const auto& [address, node] : router_addresses_) {
    if (node != router || address.family() != sender.family()) continue;
    Segment told = icmp_error(error, address, segment);
    told.id = ++output_.last_segment_id;
    if (const LinkId link = routes_.next_link(router, told.destination)) {
      transmit(link, told);
    } else {
      record_drop(told, DropReason::no_route);
    }
    return;
  }
}

}  // namespace demuxsim
