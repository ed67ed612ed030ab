#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "scenario/decode.hpp"
#include "scenario/decode_record.hpp"
#include "scenario/decode_reference.hpp"
#include "scenario/decode_scalar.hpp"

namespace demuxsim::loading {
namespace {

constexpr std::array kNodeKinds{Word<bool>{"switch", false}, Word<bool>{"router", true}};
constexpr std::uint64_t kMostQueued = 1'000'000'000;

std::optional<Duration> decode_delay(const ValueNode& node, DiagnosticCollector& diagnostics) {
  const auto delay = decode_time(node, diagnostics);
  if (!delay || *delay > Duration::zero()) return delay;
  complain(diagnostics, node, "a delay of 0 would let effects happen before their causes",
           "the shortest delay is 1ns");
  return std::nullopt;
}

struct Queue {
  std::uint64_t segments = 0;
  std::uint64_t bytes = 0;
};

/// `20`, `20 segments` or `64KiB`.
std::optional<Queue> decode_queue(const ValueNode& node, DiagnosticCollector& diagnostics) {
  const auto text = text_of(node, "a queue such as '20 segments' or 64KiB", diagnostics);
  if (!text) return std::nullopt;
  std::string_view number = *text;
  for (const std::string_view word : {" segments", " segment"}) {
    if (number.ends_with(word)) number.remove_suffix(word.size());
  }
  Queue queue;
  const auto segments = parse_whole(number);
  const auto bytes = parse_bytes(*text);
  if (segments) {
    queue.segments = *segments;
  } else if (bytes) {
    queue.bytes = *bytes;
  } else {
    complain(
        diagnostics, node,
        fmt::format("expected a queue such as '20 segments' or 64KiB, found {}", quote(*text)));
    return std::nullopt;
  }
  if (queue.segments > kMostQueued) {
    complain(diagnostics, node,
             fmt::format("a queue has room for at most {} segments", kMostQueued));
    return std::nullopt;
  }
  if (queue.segments != 0 || queue.bytes != 0) return queue;
  complain(diagnostics, node, "a queue without room would drop every segment that has to wait",
           "leave 'queue' out for one without a limit");
  return std::nullopt;
}

constexpr std::array<std::string_view, 8> kLinkKeys{"delay",  "rate",      "loss",    "queue",
                                                    "jitter", "duplicate", "reorder", "corrupt"};

std::vector<std::string_view> with_link_keys(std::initializer_list<std::string_view> others) {
  std::vector<std::string_view> keys(kLinkKeys.begin(), kLinkKeys.end());
  keys.insert(keys.end(), others);
  return keys;
}

void decode_link(const Record& record, LinkSpec& link) {
  record.read("delay", link.delay, decode_delay);
  record.read("rate", link.rate, decode_rate);
  record.read("loss", link.loss, decode_share);
  record.read("jitter", link.jitter, decode_time);
  record.read("duplicate", link.duplicate, decode_share);
  record.read("reorder", link.reorder, decode_share);
  record.read("corrupt", link.corrupt, decode_share);
  Queue queue;
  if (record.read("queue", queue, decode_queue)) {
    link.queue_segments = queue.segments;
    link.queue_bytes = queue.bytes;
  }
}

std::optional<IpPrefix> decode_prefix(const ValueNode& node, DiagnosticCollector& diagnostics) {
  const auto text = text_of(node, "a prefix such as 10.1.0.0/16", diagnostics);
  if (!text) return std::nullopt;
  if (const auto prefix = IpPrefix::parse(*text)) return prefix;
  complain(diagnostics, node, fmt::format("{} is not a prefix such as 10.1.0.0/16", quote(*text)),
           "bits behind the length must be 0");
  return std::nullopt;
}

void decode_node(const ValueNode& node, Draft& draft) {
  const Record record(node, "a node", {"kind", "ip", "prefixes", "default"}, draft.diagnostics);
  if (const auto error = check_name(node.key, "node")) {
    draft.diagnostics.add(node.key_span, error->message).help = error->help;
  }
  if (const auto* const host = draft.hosts.find_entry(node.key)) {
    draft.diagnostics
        .add(node.key_span, fmt::format("{} is the name of a host already", quote(node.key)))
        .notes.push_back({host->span, "the host is here"});
  }
  NetworkNodeSpec spec;
  spec.name = node.key;
  spec.span = node.key_span;
  const ValueNode* const kind = record.need("kind");
  const bool kind_known =
      kind != nullptr &&
      record.read("kind", spec.router, [](const ValueNode& value, DiagnosticCollector& d) {
        return decode_word(value, "kind of node", kNodeKinds, d);
      });
  for (const std::string_view key : {"ip", "prefixes", "default"}) {
    const ValueNode* const given = record.find(key);
    if (given == nullptr || !kind_known || spec.router) continue;
    draft.diagnostics.add(given->key_span, fmt::format("a switch has no '{}'", key)).help =
        "a switch looks at no addresses; make it a router";
  }
  const ValueNode* const prefixes = record.find("prefixes");
  if (prefixes != nullptr && spec.router) {
    spec.prefixes = decode_one_or_more<IpPrefix>(*prefixes, draft.diagnostics, decode_prefix);
  }
  const ValueNode* const addresses = record.find("ip");
  if (addresses != nullptr && spec.router) {
    spec.addresses = decode_one_or_more<IpAddress>(*addresses, draft.diagnostics, decode_address);
  }
  draft.nodes.add(spec.name, 1, false, spec.span);
  draft.spec.network.nodes.push_back(std::move(spec));
}

/// The neighbours that default routes name; they may stand further down than the router.
void decode_default_routes(const ValueNode& nodes, Draft& draft) {
  for (const ValueNode& item : nodes.items) {
    const ValueNode* const route = find(item, "default");
    const auto* const entry = draft.nodes.find_entry(item.key);
    if (route == nullptr || entry == nullptr) continue;
    if (!draft.spec.network.nodes[draft.nodes.index_of(*entry)].router) continue;
    const auto text = text_of(*route, "the name of a neighbour", draft.diagnostics);
    if (!text) continue;
    const auto neighbour = draft.nodes.find(*text);
    if (!neighbour) {
      complain(draft.diagnostics, *route, neighbour.error());
      continue;
    }
    const std::uint32_t number = draft.hosts.size() + neighbour->number;
    draft.spec.network.nodes[draft.nodes.index_of(*entry)].default_node = number;
    draft.default_routes.push_back({route->span, draft.hosts.size() + entry->first, number});
  }
}

void decode_cable(const ValueNode& node, const LinkSpec& defaults, Draft& draft) {
  const Record record(node, "a link", with_link_keys({"between"}), draft.diagnostics);
  CableSpec cable;
  cable.span = node.span;
  cable.link = defaults;
  decode_link(record, cable.link);
  const ValueNode* const between = record.need("between");
  if (between == nullptr || between->is_broken()) return;
  if (!between->is_list() || between->items.size() != 2) {
    complain(draft.diagnostics, *between, "a link is between two names", "between: [web, switch1]");
    return;
  }
  const auto a = decode_nodes_named(between->items[0], draft);
  const auto b = decode_nodes_named(between->items[1], draft);
  if (!a || !b) return;
  if (a->count != b->count && a->count != 1 && b->count != 1) {
    complain(draft.diagnostics, *between,
             fmt::format("{} hosts on one side and {} on the other cannot be paired", a->count,
                         b->count));
    return;
  }
  if (a->first < b->first + b->count && b->first < a->first + a->count) {
    complain(draft.diagnostics, *between, "a link needs two different ends");
    return;
  }
  cable.ends[0] = *a;
  cable.ends[1] = *b;
  draft.spec.network.cables.push_back(cable);
}

void decode_nodes(const ValueNode& node, Draft& draft) {
  if (node.is_nothing() || node.is_broken()) return;
  if (!node.is_map()) {
    complain(draft.diagnostics, node,
             fmt::format("expected a map of nodes by name, found {}", describe(node)));
    return;
  }
  for (const ValueNode& item : node.items) {
    if (!is_extension(item.key)) decode_node(item, draft);
  }
  decode_default_routes(node, draft);
}

}  // namespace

void decode_network(const ValueNode& node, Draft& draft) {
  const Record record(node, "a network", with_link_keys({"nodes", "links"}), draft.diagnostics);
  NetworkSpec& network = draft.spec.network;
  decode_link(record, network.shared);
  const ValueNode* const nodes = record.find("nodes");
  const ValueNode* const links = record.find("links");
  network.shared_switch = nodes == nullptr && links == nullptr;
  if (nodes != nullptr) decode_nodes(*nodes, draft);
  if (links == nullptr || links->is_nothing() || links->is_broken()) return;
  if (!links->is_list()) {
    complain(draft.diagnostics, *links,
             fmt::format("expected a list of links, found {}", describe(*links)));
    return;
  }
  for (const ValueNode& item : links->items) decode_cable(item, network.shared, draft);
}

}  // namespace demuxsim::loading
