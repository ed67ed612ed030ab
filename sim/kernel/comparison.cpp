#include "kernel/comparison.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "demuxsim/core/check.hpp"

namespace demuxsim::kernel {
namespace {

/// From the ends of a connection in the kernel to those in the simulator.
using PortMap = std::map<std::pair<Endpoint, Endpoint>, std::pair<Endpoint, Endpoint>>;

std::set<Port> named_ports(const Plan& plan) {
  std::set<Port> ports;
  for (const PlannedCall& call : plan.calls) {
    const StepSpec& step = *call.step;
    if (step.from_port) ports.insert(*step.from_port);
    if (step.action == StepAction::bind) ports.insert(step.target.port);
    if (step.action == StepAction::inject) {
      ports.insert({step.segment.source_port, step.segment.destination_port});
    }
  }
  return ports;
}

ComparedConversation compared(const ConversationPair& pair) {
  DEMUXSIM_CHECK(pair.simulated != nullptr || pair.kernel != nullptr);
  const Conversation& known = pair.simulated != nullptr ? *pair.simulated : *pair.kernel;
  const Port kernel_port = pair.kernel != nullptr ? pair.kernel->opener.port : Port{};
  return {known.opener, known.target, kernel_port, align(pair)};
}

/// As it is at a time: ports are used again.
PortMap port_map(const std::vector<ConversationPair>& pairs, SimTime at) {
  PortMap map;
  for (const auto& [simulated, kernel] : pairs) {
    if (simulated == nullptr || kernel == nullptr) continue;
    if (kernel->segments.front().at > at) continue;
    map[{kernel->opener, kernel->target}] = {simulated->opener, simulated->target};
    map[{kernel->target, kernel->opener}] = {simulated->target, simulated->opener};
  }
  return map;
}

/// The same table with the ports of the simulator.
std::vector<SeenSocket> translated(std::vector<SeenSocket> sockets, const PortMap& map) {
  for (SeenSocket& each : sockets) {
    const auto found = map.find({each.local, each.peer});
    if (found != map.end()) std::tie(each.local, each.peer) = found->second;
  }
  std::sort(sockets.begin(), sockets.end());
  return sockets;
}

ComparedTable compare_tables(const SeenTable& ours, const SeenTable& theirs, const PortMap& map) {
  ComparedTable table{ours.at, {}};
  const std::vector<SeenSocket> kernel = translated(theirs.sockets, map);
  auto a = ours.sockets.begin();
  auto b = kernel.begin();
  while (a != ours.sockets.end() || b != kernel.end()) {
    const bool has_a = a != ours.sockets.end() && (b == kernel.end() || *a <= *b);
    const bool has_b = b != kernel.end() && (a == ours.sockets.end() || *b <= *a);
    table.sockets.push_back({has_a ? *a : *b, has_a, has_b});
    if (has_a) ++a;
    if (has_b) ++b;
  }
  return table;
}

void count(Comparison& comparison) {
  for (const ComparedCall& each : comparison.calls)
    comparison.differences += each.agrees() ? 0u : 1u;
  for (const ComparedConversation& conversation : comparison.conversations) {
    for (const AlignedSegment& each : conversation.segments) {
      ++comparison.segments;
      comparison.explained += is_explained(each.judgement) ? 1u : 0u;
      comparison.differences += is_difference(each.judgement) ? 1u : 0u;
    }
  }
  for (const ComparedTable& table : comparison.tables) {
    for (const ComparedSocket& each : table.sockets) {
      comparison.differences += each.agrees() ? 0u : 1u;
    }
  }
}

}  // namespace

Comparison compare(const Plan& plan, const SeenRun& simulated, const SeenRun& kernel) {
  Comparison comparison;
  for (std::size_t i = 0; i < plan.calls.size(); ++i) {
    comparison.calls.push_back({&plan.calls[i], simulated.answers[i], kernel.answers[i]});
  }
  const std::vector<Conversation> ours = conversations_of(simulated.segments);
  const std::vector<Conversation> theirs = conversations_of(kernel.segments);
  const std::vector<ConversationPair> pairs = pair_up(ours, theirs, named_ports(plan));
  for (const ConversationPair& pair : pairs) comparison.conversations.push_back(compared(pair));
  for (std::size_t i = 0; i < simulated.tables.size(); ++i) {
    const PortMap map = port_map(pairs, simulated.tables[i].at);
    comparison.tables.push_back(compare_tables(simulated.tables[i], kernel.tables[i], map));
  }
  count(comparison);
  return comparison;
}

}  // namespace demuxsim::kernel
