#include "demuxsim/net/routes.hpp"

#include <algorithm>
#include <numeric>

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>

#include "demuxsim/core/check.hpp"

namespace demuxsim {
namespace {

using Nanoseconds = Duration::rep;

Duration sum(Duration a, Duration b) { return b >= Duration::max() - a ? Duration::max() : a + b; }

struct Weight {
  Nanoseconds delay = 0;
};
using Graph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, Weight>;
using Vertex = std::uint32_t;

/// The least delay from `start` to each vertex, Duration::max() where there is no way.
std::vector<Duration> least_delays(const std::vector<std::pair<Vertex, Vertex>>& ends,
                                   const std::vector<Weight>& weights, std::size_t vertex_count,
                                   Vertex start) {
  const Graph graph(boost::edges_are_unsorted_multi_pass, ends.begin(), ends.end(), weights.begin(),
                    vertex_count);
  std::vector<Nanoseconds> delays(vertex_count);
  const auto saturating = [](Nanoseconds a, Nanoseconds b) {
    return sum(Duration{a}, Duration{b}).count();
  };
  boost::dijkstra_shortest_paths(graph, start,
                                 boost::weight_map(boost::get(&Weight::delay, graph))
                                     .distance_map(boost::make_iterator_property_map(
                                         delays.begin(), boost::get(boost::vertex_index, graph)))
                                     .distance_combine(saturating)
                                     .distance_inf(Duration::max().count()));
  std::vector<Duration> result;
  result.reserve(vertex_count);
  for (const Nanoseconds delay : delays) result.emplace_back(delay);
  return result;
}

}  // namespace

Routes::Routes(const Topology& topology)
    : host_count_(static_cast<std::uint32_t>(topology.host_count())),
      cores_(topology.nodes.size() - host_count_),
      trees_(cores_.size()) {
  host_by_address_.reserve(topology.addresses.size());
  for (const auto& [address, host] : topology.addresses) host_by_address_.emplace(address, host);
  for (std::uint32_t i = 0; i < cores_.size(); ++i) {
    cores_[i].is_router = topology.nodes[host_count_ + i].kind == NodeKind::router;
  }
  add_edges(topology);
  if (shared_switch_) return;
  attach_hosts();
  find_domains();
  add_default_routes(topology);
  add_prefixes(topology);
}

void Routes::add_edges(const Topology& topology) {
  edges_.reserve(topology.links.size());
  for (const Topology::Edge& link : topology.links) {
    const LinkId id{static_cast<std::uint32_t>(edges_.size())};
    edges_.push_back({link.from, link.to, link.properties.delay});
    if (!link.to) {
      DEMUXSIM_CHECK(link.from.value == id.value);
      shared_switch_ = true;
    } else if (!is_host(link.from) && !is_host(link.to)) {
      core_links_.push_back(id);
    }
  }
}

void Routes::attach_hosts() {
  // A counting sort: how many each host has, where each one's begin, then every link at its place.
  first_attachment_.resize(host_count_ + std::size_t{1});
  for (const Edge& edge : edges_) {
    if (is_host(edge.from)) ++first_attachment_[edge.from.value + 1];
  }
  std::partial_sum(first_attachment_.begin(), first_attachment_.end(), first_attachment_.begin());
  attachments_.resize(first_attachment_.back());
  auto place = first_attachment_;
  for (std::uint32_t i = 0; i < edges_.size(); ++i) {
    const auto& [from, to, delay] = edges_[i];
    if (is_host(from)) attachments_[place[from.value]++] = {to, LinkId{i}, LinkId{i ^ 1}};
  }
}

void Routes::find_domains() {
  for (std::uint32_t i = 0; i < cores_.size(); ++i) cores_[i].domain = CoreId{i};
  const auto root_of = [this](CoreId core) {
    while (at(core).domain != core) core = at(core).domain = at(at(core).domain).domain;
    return core;
  };
  for (const LinkId link : core_links_) {
    const auto [a, b] = core_ends(link);
    if (at(a).is_router || at(b).is_router) continue;
    const auto [low, high] = std::minmax({root_of(a), root_of(b)});
    at(high).domain = low;
  }
  for (std::uint32_t i = 0; i < cores_.size(); ++i) cores_[i].domain = root_of(CoreId{i});

  for (const LinkId link : core_links_) {
    const auto [from, to] = core_ends(link);
    if (at(from).is_router && !at(to).is_router) borders_.emplace_back(from, at(to).domain);
  }
  std::sort(borders_.begin(), borders_.end());
}

void Routes::add_default_routes(const Topology& topology) {
  std::vector<Choice> best(cores_.size());
  for (std::uint32_t i = 0; i < edges_.size(); ++i) {
    const auto& [from, to, delay] = edges_[i];
    if (is_host(from) || topology.nodes[from.value].default_route != to) continue;
    Choice& choice = best[core_of(from).value];
    choice = std::min(choice, Choice{delay, LinkId{i}});
  }
  for (std::uint32_t i = 0; i < cores_.size(); ++i) {
    cores_[i].default_link = best[i].link;
    if (best[i].link) cores_[i].gateway = CoreId{i};
  }
  // Of several gateways on a domain its switches take the lowest; borders_ has them in order.
  std::vector<CoreId> gateways(cores_.size());
  for (const auto& [router, domain] : borders_) {
    CoreId& gateway = gateways[domain.value];
    if (!gateway) gateway = at(router).gateway;
  }
  for (Core& core : cores_) {
    if (!core.is_router) core.gateway = gateways[core.domain.value];
  }
}

void Routes::add_prefixes(const Topology& topology) {
  prefixes_ = topology.prefixes;
  for (const auto& [prefix, router] : prefixes_) at(core_of(router)).prefixes.push_back(prefix);
  std::sort(prefixes_.begin(), prefixes_.end(), [](const auto& a, const auto& b) {
    return std::pair(b.prefix.length, a.router) < std::pair(a.prefix.length, b.router);
  });
}

LinkId Routes::next_link(NodeId from, const IpAddress& destination) {
  const HostId to = host_of(destination);
  if (shared_switch_) return to ? LinkId{from.value} : LinkId{};
  if (is_host(from)) return link_from_host(HostId{from.value}, to, destination);
  return link_from_core(core_of(from), to, destination);
}

LinkId Routes::link_from_host(HostId from, HostId to, const IpAddress& destination) {
  Choice best;
  for (const auto& [neighbour, up, down] : attachments(from)) {
    Duration beyond = Duration::max();
    if (!is_host(neighbour)) {
      beyond = least_delay(core_of(neighbour), to, destination).delay;
    } else if (to && neighbour == node_of(to)) {
      beyond = Duration{0};
    }
    const Duration delay = sum(edges_[up.value].delay, beyond);
    if (delay != Duration::max()) best = std::min(best, Choice{delay, up});
  }
  return best.link;
}

LinkId Routes::link_from_core(CoreId from, HostId to, const IpAddress& destination) {
  const LinkId default_link = at(from).default_link;
  if (default_link && !is_behind(from, to, destination)) return default_link;
  return least_delay(from, to, destination).link;
}

/// The way from `from`, default routes of known destinations aside.
Routes::Choice Routes::least_delay(CoreId from, HostId to, const IpAddress& destination) {
  if (!to) {
    const CoreId owner = owner_of(destination);
    const CoreId last = owner ? owner : at(from).gateway;
    return last ? step(from, last) : Choice{};
  }
  Choice best;
  for (const auto& [neighbour, up, down] : attachments(to)) {
    if (is_host(neighbour)) continue;
    const CoreId last = core_of(neighbour);
    Choice choice = step(from, last);
    if (last == from) choice.link = down;
    choice.delay = sum(choice.delay, edges_[down.value].delay);
    if (choice.delay != Duration::max()) best = std::min(best, choice);
  }
  return best;
}

bool Routes::is_behind(CoreId router, HostId to, const IpAddress& destination) {
  for (const auto& [neighbour, up, down] : attachments(to)) {
    if (is_host(neighbour)) continue;
    const CoreId domain = at(core_of(neighbour)).domain;
    if (domain == router) return true;
    if (std::binary_search(borders_.begin(), borders_.end(), std::pair(router, domain))) {
      return true;
    }
  }
  return has_prefix_of({host_count_ + router.value}, destination);
}

bool Routes::has_prefix_of(NodeId router, const IpAddress& address) const {
  const auto& prefixes = cores_[core_of(router).value].prefixes;
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const IpPrefix& prefix) { return prefix.contains(address); });
}

/// The router with the longest prefix of an address that no host has, or none.
Routes::CoreId Routes::owner_of(const IpAddress& destination) const {
  for (const auto& [prefix, router] : prefixes_) {
    if (prefix.contains(destination)) return core_of(router);
  }
  return {};
}

/// The first step from one core to another; the trees are kept.
const Routes::Choice& Routes::step(CoreId from, CoreId to) {
  Tree& tree = trees_[to.value];
  if (tree.empty()) tree = make_tree(to);
  return tree[from.value];
}

Routes::Tree Routes::make_tree(CoreId to) const {
  // All ways to one core are the ways from it with every link turned round.
  std::vector<std::pair<Vertex, Vertex>> ends;
  std::vector<Weight> weights;
  for (const LinkId link : core_links_) {
    const auto [from, towards] = core_ends(link);
    ends.emplace_back(towards.value, from.value);
    weights.push_back({edges_[link.value].delay.count()});
  }
  const auto delays = least_delays(ends, weights, cores_.size(), to.value);

  Tree tree(cores_.size());
  for (std::size_t i = 0; i < tree.size(); ++i) tree[i].delay = delays[i];
  for (const LinkId link : core_links_) {
    const auto [from, towards] = core_ends(link);
    Choice& choice = tree[from.value];
    const Duration by_this = sum(edges_[link.value].delay, delays[towards.value]);
    if (from == to || choice.link || by_this == Duration::max()) continue;
    if (by_this == choice.delay) choice.link = link;
  }
  return tree;
}

std::optional<Routes::Path> Routes::path(HostId from, const IpAddress& destination) {
  const HostId to = host_of(destination);
  if (!to || to == from) return std::nullopt;
  Path path;
  NodeId node = node_of(from);
  // A way that visits more nodes than there are visits one twice.
  for (std::size_t left = host_count_ + cores_.size(); left > 0; --left) {
    const LinkId link = next_link(node, destination);
    if (!link) return std::nullopt;
    const Edge& edge = edges_[link.value];
    path.delay = sum(path.delay, edge.delay);
    if (!edge.to || edge.to == node_of(to)) return path;
    node = edge.to;
    if (at(core_of(node)).is_router) ++path.routers;
  }
  return std::nullopt;
}

std::span<const Routes::Attachment> Routes::attachments(HostId host) const {
  if (!host) return {};
  const std::size_t first = first_attachment_[host.value];
  return {attachments_.data() + first, first_attachment_[host.value + 1] - first};
}

std::pair<Routes::CoreId, Routes::CoreId> Routes::core_ends(LinkId link) const {
  const Edge& edge = edges_[link.value];
  return {core_of(edge.from), core_of(edge.to)};
}

}  // namespace demuxsim
