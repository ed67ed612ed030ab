// Steps that happen to the network: links that go down and up, partitions.
#include <algorithm>

#include <fmt/core.h>

#include "scenario/decode_reference.hpp"
#include "scenario/decode_scalar.hpp"
#include "scenario/decode_step.hpp"

namespace demuxsim::loading {

std::optional<NodeRange> decode_nodes_named(const ValueNode& node, Draft& draft) {
  const auto text = text_of(node, "the name of a node or host", draft.diagnostics);
  if (!text) return std::nullopt;
  if (const auto* const entry = draft.nodes.find_entry(*text)) {
    return NodeRange{draft.hosts.size() + entry->first, 1};
  }
  if (const auto* const entry = draft.hosts.find_entry(*text)) {
    return NodeRange{entry->first, entry->count};
  }
  const auto host = draft.hosts.find(*text);
  if (host) return NodeRange{host->number, 1};
  TextError error = host.error();
  if (draft.hosts.find_entry(text->substr(0, text->find('.'))) == nullptr) {
    error.message = fmt::format("there is no node or host {}", quote(*text));
    error.help = likelier_help(draft.nodes.find(*text).error(), error);
  }
  complain_about_name(draft, node, error);
  return std::nullopt;
}

namespace {

using Group = std::vector<NodeRange>;

bool has(NodeRange range, NodeRange other) {
  return range.first < other.first + other.count && other.first < range.first + range.count;
}

bool has(const Group& group, NodeRange range) {
  return std::any_of(group.begin(), group.end(), [&](NodeRange each) { return has(each, range); });
}

bool is_linked(const Group& a, const Group& b, const Draft& draft) {
  const auto& cables = draft.spec.network.cables;
  return std::any_of(cables.begin(), cables.end(), [&](const CableSpec& cable) {
    const auto& [one, other] = cable.ends;
    return (has(a, one) && has(b, other)) || (has(b, one) && has(a, other));
  });
}

/// Whether some link leads from one of the groups to another.
bool is_divided(const std::vector<Group>& groups, const Draft& draft) {
  for (std::size_t i = 0; i < groups.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (is_linked(groups[i], groups[j], draft)) return true;
    }
  }
  return false;
}

std::vector<Group> decode_groups(const ValueNode& list, Draft& draft) {
  std::vector<Group> groups;
  for (const ValueNode& item : list.items) {
    Group group;
    const auto decode = [&](const ValueNode& node, DiagnosticCollector&) {
      const auto nodes = decode_nodes_named(node, draft);
      const auto before = std::find_if(groups.begin(), groups.end(), [&](const Group& each) {
        return nodes && has(each, *nodes);
      });
      if (before == groups.end()) return nodes;
      complain_about_name(draft, node, {fmt::format("{} is on two sides", quote(node.text)), {}});
      return std::optional<NodeRange>{};
    };
    groups.push_back(decode_one_or_more<NodeRange>(item, draft.diagnostics, decode));
  }
  return groups;
}

bool is_complete(const std::vector<Group>& groups) {
  return std::none_of(groups.begin(), groups.end(), [](const Group& each) { return each.empty(); });
}

}  // namespace

bool decode_link_choice(const Record& record, StepSpec& step, Draft& draft) {
  step.by.host = HostId{0};
  const ValueNode* const link = record.need("link");
  if (link == nullptr || link->is_broken()) return false;
  const bool shared = draft.spec.network.shared_switch;
  if (link->is_list() && (shared || link->items.size() != 2)) {
    complain(draft.diagnostics, *link,
             shared ? "a link to the one shared switch has one end to name"
                    : "a link is between two names",
             shared ? "link: web" : "link: [web, switch1]");
    return false;
  }
  if (link->is_list()) {
    step.groups = decode_groups(*link, draft);
    if (step.groups.size() != 2 || !is_complete(step.groups)) return false;
    if (is_linked(step.groups[0], step.groups[1], draft)) return true;
    complain_about_name(draft, *link, {"no link joins these two", {}});
    return false;
  }
  const auto nodes = decode_nodes_named(*link, draft);
  if (!nodes) return false;
  step.groups = {{*nodes}};
  return true;
}

bool decode_partition(const ValueNode& value, StepSpec& step, Draft& draft) {
  step.by.host = HostId{0};
  if (value.is_broken()) return false;
  if (!value.is_list() || value.items.size() < 2) {
    complain(draft.diagnostics, value, "a partition has two sides or more",
             "partition: [[alice, bob], web]");
    return false;
  }
  step.groups = decode_groups(value, draft);
  if (!is_complete(step.groups)) return false;
  if (draft.spec.network.shared_switch || is_divided(step.groups, draft)) return true;
  complain_about_name(draft, value,
                      {"no link leads from one side to another",
                       "name the switches and routers of each side, too"});
  return false;
}

}  // namespace demuxsim::loading
