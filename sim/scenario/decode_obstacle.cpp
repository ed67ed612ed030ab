// Steps that happen to the network: links that go down and up, partitions.
#include <algorithm>

#include <fmt/core.h>

#include "scenario/decode_reference.hpp"
#include "scenario/decode_scalar.hpp"
#include "scenario/decode_step.hpp"

namespace demuxsim::loading {
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

/// One side of a partition, whose nodes are on none of those before it.
Group decode_side(const ValueNode& side, const std::vector<Group>& before, Draft& draft) {
  if (side.is_list() && side.items.empty()) {
    complain(draft.diagnostics, side, "nobody is on this side");
  }
  return decode_one_or_more<NodeRange>(
      side, draft.diagnostics, [&](const ValueNode& node, DiagnosticCollector&) {
        const auto nodes = decode_nodes_named(node, draft);
        const bool is_there =
            nodes && std::any_of(before.begin(), before.end(),
                                 [&](const Group& each) { return has(each, *nodes); });
        if (!is_there) return nodes;
        complain_about_name(draft, node, {fmt::format("{} is on two sides", quote(node.text)), {}});
        return std::optional<NodeRange>{};
      });
}

/// The link between two names.
bool decode_link_between(const ValueNode& link, StepSpec& step, Draft& draft) {
  const bool shared = draft.spec.network.shared_switch;
  if (shared || link.items.size() != 2) {
    complain(draft.diagnostics, link,
             shared ? "a link to the one shared switch has one end to name"
                    : "a link is between two names",
             shared ? "link: web" : "link: [web, switch1]");
    return false;
  }
  const auto a = decode_nodes_named(link.items[0], draft);
  const auto b = decode_nodes_named(link.items[1], draft);
  if (!a || !b) return false;
  step.groups = {{*a}, {*b}};
  if (is_linked({*a}, {*b}, draft)) return true;
  complain_about_name(draft, link, {"no link joins these two", {}});
  return false;
}

}  // namespace

bool decode_link_choice(const Record& record, StepSpec& step, Draft& draft) {
  step.by.host = HostId{0};
  const ValueNode* const link = record.need("link");
  if (link == nullptr || link->is_broken()) return false;
  if (link->is_list()) return decode_link_between(*link, step, draft);
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
  for (const ValueNode& side : value.items) {
    step.groups.push_back(decode_side(side, step.groups, draft));
    if (step.groups.back().empty()) return false;
  }
  if (draft.spec.network.shared_switch || is_divided(step.groups, draft)) return true;
  complain_about_name(draft, value,
                      {"no link leads from one side to another",
                       "name the switches and routers of each side, too"});
  return false;
}

}  // namespace demuxsim::loading
