#include <algorithm>
#include <numeric>

#include <fmt/core.h>

#include "scenario/diagnostic_text.hpp"
#include "scenario/validate.hpp"

namespace demuxsim::loading {
namespace {

/// Which switches and routers reach each other, and which hosts hang on which of them. Hosts that
/// no link tells apart are one row, so the work follows the file and not the number of hosts.
class Reach {
 public:
  explicit Reach(const ScenarioSpec& spec) : spec_(spec), parents_(spec.network.nodes.size()) {
    std::iota(parents_.begin(), parents_.end(), 0u);
    cut_rows();
    for (const CableSpec& cable : spec.network.cables) connect(cable.ends[0], cable.ends[1]);
    for (std::vector<std::uint32_t>& nodes : attached_) {
      for (std::uint32_t& node : nodes) node = root(node);
      std::sort(nodes.begin(), nodes.end());
      nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    }
    std::sort(direct_.begin(), direct_.end());
  }

  /// The first of these hosts without any link.
  std::optional<std::uint32_t> without_link(std::uint32_t first, std::uint32_t count) const {
    for (std::size_t row = row_of(first); row < attached_.size() && starts_[row] < first + count;
         ++row) {
      if (attached_[row].empty() && !linked_[row]) return std::max(first, starts_[row]);
    }
    return std::nullopt;
  }

  /// The first of these hosts with no way to `to`.
  std::optional<std::uint32_t> without_way(std::uint32_t first, std::uint32_t count,
                                           std::uint32_t to) const {
    const std::size_t goal = row_of(to);
    for (std::size_t row = row_of(first); row < attached_.size() && starts_[row] < first + count;
         ++row) {
      if (row == goal || shares_nodes(row, goal) || is_direct(row, goal)) continue;
      return std::max(first, starts_[row]);
    }
    return std::nullopt;
  }

 private:
  std::size_t row_of(std::uint32_t host) const {
    return static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), host) -
                                    starts_.begin()) -
           1;
  }
  bool is_host(NodeRange range) const { return range.first < spec_.host_count; }

  void cut_rows() {
    for (const HostGroupSpec& group : spec_.hosts) starts_.push_back(group.first.value);
    for (const CableSpec& cable : spec_.network.cables) {
      for (const NodeRange end : cable.ends) {
        if (!is_host(end)) continue;
        starts_.push_back(end.first);
        if (end.first + end.count < spec_.host_count) starts_.push_back(end.first + end.count);
      }
    }
    std::sort(starts_.begin(), starts_.end());
    starts_.erase(std::unique(starts_.begin(), starts_.end()), starts_.end());
    attached_.resize(starts_.size());
    linked_.resize(starts_.size());
  }

  std::uint32_t root(std::uint32_t node) {
    while (parents_[node] != node) node = parents_[node] = parents_[parents_[node]];
    return node;
  }

  void connect(NodeRange a, NodeRange b) {
    if (!is_host(a) && !is_host(b)) {
      parents_[root(a.first - spec_.host_count)] = root(b.first - spec_.host_count);
    } else if (is_host(a) && is_host(b)) {
      connect_hosts(a, b);
    } else {
      const NodeRange hosts = is_host(a) ? a : b;
      const NodeRange node = is_host(a) ? b : a;
      for (std::size_t row = row_of(hosts.first);
           row < starts_.size() && starts_[row] < hosts.first + hosts.count; ++row) {
        attached_[row].push_back(node.first - spec_.host_count);
      }
    }
  }

  void connect_hosts(NodeRange a, NodeRange b) {
    direct_.emplace_back(row_of(a.first), row_of(b.first));
    for (const NodeRange end : {a, b}) {
      for (std::size_t row = row_of(end.first);
           row < starts_.size() && starts_[row] < end.first + end.count; ++row) {
        linked_[row] = true;
      }
    }
    // Where a row is cut further, all its parts count as linked: a way too many is no harm here.
    direct_rows(a, b);
  }

  void direct_rows(NodeRange a, NodeRange b) {
    for (std::size_t i = row_of(a.first); i < starts_.size() && starts_[i] < a.first + a.count;
         ++i) {
      direct_.emplace_back(i, row_of(b.first));
    }
    for (std::size_t j = row_of(b.first); j < starts_.size() && starts_[j] < b.first + b.count;
         ++j) {
      direct_.emplace_back(row_of(a.first), j);
    }
  }

  bool shares_nodes(std::size_t a, std::size_t b) const {
    return std::find_first_of(attached_[a].begin(), attached_[a].end(), attached_[b].begin(),
                              attached_[b].end()) != attached_[a].end();
  }
  bool is_direct(std::size_t a, std::size_t b) const {
    return std::binary_search(direct_.begin(), direct_.end(), std::pair(a, b)) ||
           std::binary_search(direct_.begin(), direct_.end(), std::pair(b, a));
  }

  const ScenarioSpec& spec_;
  std::vector<std::uint32_t> parents_;  ///< Of nodes that reach each other (union-find).
  std::vector<std::uint32_t> starts_;   ///< First host of each row.
  std::vector<std::vector<std::uint32_t>> attached_;  ///< Nodes, by row.
  std::vector<bool> linked_;                          ///< To another host, by row.
  std::vector<std::pair<std::size_t, std::size_t>> direct_;
};

std::string host_name(const Draft& draft, std::uint32_t host) {
  const NameTable::Entry& entry = draft.hosts.entry_of(host);
  return entry.numbered ? fmt::format("{}.{}", entry.name, host - entry.first) : entry.name;
}

void check_default_routes(Draft& draft) {
  for (const DefaultRoute& route : draft.default_routes) {
    const auto joins = [&](const CableSpec& cable) {
      const std::uint32_t a = cable.ends[0].first;
      const std::uint32_t b = cable.ends[1].first;
      return (a == route.router && b == route.neighbour) ||
             (b == route.router && a == route.neighbour);
    };
    const auto& cables = draft.spec.network.cables;
    if (std::any_of(cables.begin(), cables.end(), joins)) continue;
    draft.diagnostics.add(route.span, "a default route leads to a neighbour, and no link does")
        .help = "add a link between the two";
  }
}

/// A prefix belongs to one router.
void check_prefixes(Draft& draft) {
  struct Owner {
    IpPrefix prefix;
    const NetworkNodeSpec* node;
  };
  std::vector<Owner> owners;
  for (const NetworkNodeSpec& node : draft.spec.network.nodes) {
    for (const IpPrefix& prefix : node.prefixes) owners.push_back({prefix, &node});
  }
  std::stable_sort(owners.begin(), owners.end(),
                   [](const Owner& a, const Owner& b) { return a.prefix < b.prefix; });
  for (std::size_t i = 1; i < owners.size(); ++i) {
    if (owners[i].prefix != owners[i - 1].prefix) continue;
    Diagnostic& diagnostic = draft.diagnostics.add(
        owners[i].node->span, fmt::format("prefix {} is given to two routers or twice to one",
                                          to_string(owners[i].prefix)));
    diagnostic.notes.push_back({owners[i - 1].node->span, "first given here"});
  }
}

}  // namespace

void validate_network(Draft& draft) {
  check_default_routes(draft);
  check_prefixes(draft);
  if (draft.spec.network.shared_switch || !draft.diagnostics.empty()) return;
  const Reach reach(draft.spec);
  for (const HostGroupSpec& group : draft.spec.hosts) {
    if (const auto host = reach.without_link(group.first.value, group.count)) {
      draft.diagnostics.add(group.span,
                            fmt::format("host {} has no link", quote(host_name(draft, *host))));
    }
  }
  if (!draft.diagnostics.empty()) return;
  for (const Contact& contact : draft.contacts) {
    const auto host = reach.without_way(contact.from_first, contact.from_count, contact.to.value);
    if (!host) continue;
    draft.diagnostics.add(contact.span, fmt::format("there is no way from host {} to host {}",
                                                    quote(host_name(draft, *host)),
                                                    quote(host_name(draft, contact.to.value))));
  }
}

}  // namespace demuxsim::loading
