#include "demuxsim/engine/simulation.hpp"

#include <utility>

namespace demuxsim {

namespace {

/// Whether somebody does something then: the timeline, a process or a server that waits. Timers of
/// TCP and arrivals only go on with what was begun.
bool is_deed(EventKind kind) {
  return kind != EventKind::connection_timer && kind != EventKind::time_wait &&
         kind != EventKind::link_head;
}

}  // namespace

Simulation::Simulation(const Topology& topology, std::vector<HostPlan> hosts, std::uint64_t seed)
    : routes_(topology), router_addresses_(topology.router_addresses) {
  DEMUXSIM_CHECK(topology.host_count() == hosts.size());
  // Origins: links, hosts, then the actions of each host, so that at one instant a segment comes
  // before a timer and a timer before what the timeline wants.
  std::uint32_t origin = 0;
  const auto add_link = [&](const LinkProperties& properties) {
    links_.emplace_back(properties, Rng(seed, {StreamKind::link, origin}), EventOrigin(origin));
    ++origin;
  };
  for (const Topology::Node& node : topology.nodes) nodes_.push_back(node.kind);
  shared_switch_ = !topology.links.empty() && !topology.links.front().to;
  links_.reserve(topology.links.size() + hosts.size());
  for (const Topology::Edge& link : topology.links) {
    link_ends_.push_back({link.from, link.to});
    add_link(link.properties);
  }
  first_loopback_ = origin;
  LinkProperties loopback;
  loopback.delay = kLoopbackDelay;
  for (std::size_t i = 0; i < hosts.size(); ++i) add_link(loopback);
  for (std::uint32_t i = 0; i < hosts.size(); ++i, ++origin) {
    hosts_.emplace_back(HostId{i}, *hosts[i].kind, std::move(hosts[i].addresses), seed,
                        EventOrigin(origin), output_);
  }
  for (std::size_t i = 0; i < hosts.size(); ++i) actions_.emplace_back(origin++);
  DEMUXSIM_CHECK(origin < std::uint32_t{1} << (64 - EventOrigin::kCounterBits));
}

void Simulation::start() {
  for (std::uint32_t i = 0; i < hosts_.size(); ++i) {
    hosts_[i].start(now_);
    flush(HostId{i});
  }
}

void Simulation::schedule_action(SimTime at, HostId host, std::uint32_t subject) {
  push({{at, actions_[host.value].stamp()}, host.value, subject, 0, EventKind::action});
}

bool Simulation::run_until(SimTime limit, std::uint64_t most_events) {
  const std::uint64_t last =
      events_ + most_events < events_ ? ~std::uint64_t{0} : events_ + most_events;
  for (;;) {
    const SimTime next = queue_.next_time();
    if (next == kNever) return true;
    if (next > limit) break;
    if (events_ >= last) return false;
    step();
  }
  now_ = limit;
  return true;
}

void Simulation::step() {
  const Event event = queue_.pop();
  now_ = event.key.at;
  ++events_;
  if (is_deed(event.kind)) {
    --deeds_pending_;
    ++deeds_done_;
  }
  bool happened = true;
  switch (event.kind) {
    case EventKind::link_head:
      happened = take_arrivals(LinkId{event.target});
      break;
    case EventKind::action:
      handler_->on_action(*this, event.subject);
      break;
    default:
      happened = hosts_[event.target].on_event(now_, event);
      flush(HostId{event.target});
  }
  if (happened) last_happening_ = now_;
}

std::vector<NodeId> Simulation::way(HostId from, const IpAddress& destination) {
  std::vector<NodeId> nodes{node_of(from)};
  const HostId to = host_of(destination);
  if (to == from) return nodes;
  if (shared_switch_) {
    if (to) nodes.push_back(node_of(to));
    return nodes;
  }
  // A way that visits more nodes than there are goes in circles.
  while (nodes.size() <= nodes_.size() && nodes.back() != (to ? node_of(to) : NodeId{})) {
    const LinkId link = routes_.next_link(nodes.back(), destination);
    if (!link) break;
    nodes.push_back(link_ends_[link.value].to);
  }
  return nodes;
}

/// All that a link brings at this instant: its events are neighbours in the order of events, so
/// nothing else comes between. False where the event is stale: what it was for has been overtaken
/// or lost.
bool Simulation::take_arrivals(LinkId id) {
  Link& link = links_[id.value];
  if (link.next_arrival() != now_) return false;
  for (;;) {
    const Segment segment = link.take_head();
    const bool more = link.next_arrival() == now_;
    if (!more && !link.idle()) schedule_head(id);
    arrive(id, segment);
    if (!more) return true;
    ++events_;
  }
}

NodeId Simulation::arrival_of(LinkId link, const Segment& segment) const {
  if (link.value >= first_loopback_) return {link.value - first_loopback_};
  const NodeId end = link_ends_[link.value].to;
  return end ? end : node_of(routes_.host_of(segment.destination));
}

void Simulation::arrive(LinkId link, const Segment& segment) {
  const NodeId node = arrival_of(link, segment);
  if (has_obstacles() && is_lost_on_arrival(link, node, segment)) return;
  if (node.value < hosts_.size()) {
    hosts_[node.value].on_segment(now_, segment);
    flush(HostId{node.value});
  } else if (node) {
    forward(node, segment);
  } else {
    record_drop(segment, DropReason::no_route);
  }
}

/// A switch or router passes a segment on; only routers count its hops and tell of what fails.
void Simulation::forward(NodeId node, Segment segment) {
  const bool router = nodes_[node.value] == NodeKind::router;
  DropReason failure = DropReason::none;
  if (router && --segment.hop_limit == 0) {
    failure = DropReason::hop_limit;
    record_drop(segment, failure);
  } else if (const LinkId link = routes_.next_link(node, segment.destination)) {
    failure = transmit(link, segment);
  } else {
    failure = DropReason::no_route;
    record_drop(segment, failure);
  }
  if (router && failure != DropReason::none)
    report(node, report_of(node, failure, segment), segment);
}

void Simulation::push(const Event& event) {
  if (is_deed(event.kind)) ++deeds_pending_;
  queue_.push(event);
}

std::uint64_t Simulation::progress() const {
  const RunTotals sums = totals();
  return deeds_done_ + sums.bytes_delivered + sums.bytes_misdelivered + sums.connections;
}

void Simulation::flush(HostId host) {
  for (const Segment& segment : output_.segments) send(host, segment);
  output_.segments.clear();
  for (const Event& event : output_.events) push(event);
  output_.events.clear();
}

void Simulation::send(HostId host, const Segment& segment) {
  if (hosts_[host.value].has_address(segment.destination)) {
    transmit(loopback_of(host), segment);
    return;
  }
  // Over a shared switch every way begins with the host's one link.
  const LinkId link =
      shared_switch_ ? LinkId{host.value} : routes_.next_link(node_of(host), segment.destination);
  if (link) {
    transmit(link, segment);
  } else {
    record_drop(segment, DropReason::no_route);
  }
}

/// The reason where the link does not take the segment, which is then recorded as dropped.
DropReason Simulation::transmit(LinkId link, const Segment& segment) {
  DropReason failure = DropReason::none;
  const SimTime next = links_[link.value].next_arrival();
  if (!groups_.empty() && is_parted(link, arrival_of(link, segment))) {
    failure = DropReason::partition;
  } else {
    switch (links_[link.value].transmit(now_, segment)) {
      case TransmitResult::queued:
        if (links_[link.value].next_arrival() < next) schedule_head(link);
        return failure;
      case TransmitResult::lost:
        failure = DropReason::loss;
        break;
      case TransmitResult::overflow:
        failure = DropReason::queue_full;
        break;
      case TransmitResult::down:
        failure = DropReason::link_down;
        break;
    }
  }
  record_drop(segment, failure);
  return failure;
}

void Simulation::schedule_head(LinkId link) {
  queue_.push({links_[link.value].next_event(), link.value, 0, 0, EventKind::link_head});
}

void Simulation::record_drop(const Segment& segment, DropReason reason) {
  if (!output_.trace.wants(TraceKind::segment_dropped)) return;
  TraceRecord dropped;
  dropped.at = now_;
  dropped.kind = TraceKind::segment_dropped;
  dropped.reason = reason;
  dropped.segment = segment;
  dropped.host = routes_.host_of(segment.source);
  output_.trace.add(dropped);
}

RunTotals Simulation::totals() const {
  RunTotals totals;
  totals.events = events_;
  for (const Host& host : hosts_) {
    const HostCounters& counters = host.counters();
    totals.segments += counters.segments_received;
    totals.connections += counters.connections_opened;
    totals.bytes_delivered += counters.bytes_delivered;
    totals.bytes_misdelivered += counters.bytes_misdelivered;
    totals.fingerprint = mix64(totals.fingerprint + counters.fingerprint);
  }
  return totals;
}

}  // namespace demuxsim
