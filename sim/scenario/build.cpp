#include "build.hpp"

#include <utility>

namespace demuxsim {
namespace {

LinkProperties properties_of(const LinkSpec& spec) {
  return {spec.delay,  spec.rate,      spec.loss,    {spec.queue_segments, spec.queue_bytes},
          spec.jitter, spec.duplicate, spec.reorder, spec.corrupt};
}

std::vector<IpAddress> addresses_of(const HostGroupSpec& group, std::uint32_t index) {
  std::vector<IpAddress> addresses;
  addresses.reserve(group.addresses.size());
  for (const IpAddress& first : group.addresses) addresses.push_back(first.plus(index).value());
  return addresses;
}

void add_cable(Topology& topology, const CableSpec& cable) {
  const auto& [a, b] = cable.ends;
  const std::uint32_t count = std::max(a.count, b.count);
  for (std::uint32_t i = 0; i < count; ++i) {
    topology.connect(NodeId{a.first + (a.count == 1 ? 0 : i)},
                     NodeId{b.first + (b.count == 1 ? 0 : i)}, properties_of(cable.link));
  }
}

}  // namespace

std::vector<HostTemplate> build_templates(const ScenarioSpec& spec) {
  std::vector<HostTemplate> templates;
  templates.reserve(spec.hosts.size());
  for (const HostGroupSpec& group : spec.hosts) {
    HostTemplate made{group.config, {}, {}};
    for (const ProcessSpec& process : group.processes) {
      made.processes.insert(made.processes.end(), process.count,
                            static_cast<std::uint32_t>(made.kinds.size()));
      made.kinds.push_back({process.privileged, process.listens, process.client});
    }
    templates.push_back(std::move(made));
  }
  return templates;
}

Topology build_topology(const ScenarioSpec& spec) {
  Topology topology;
  for (const HostGroupSpec& group : spec.hosts) {
    for (std::uint32_t i = 0; i < group.count; ++i) {
      const NodeId node = topology.add(NodeKind::host);
      for (const IpAddress& address : addresses_of(group, i)) {
        topology.addresses.push_back({address, HostId{node.value}});
      }
    }
  }
  if (spec.network.shared_switch) {
    topology.share_switch(properties_of(spec.network.shared));
    return topology;
  }
  for (const NetworkNodeSpec& node : spec.network.nodes) {
    const NodeId id = topology.add(node.router ? NodeKind::router : NodeKind::network_switch);
    for (const IpPrefix& prefix : node.prefixes) topology.prefixes.push_back({prefix, id});
    for (const IpAddress& address : node.addresses) {
      topology.router_addresses.push_back({address, id});
    }
    if (node.default_node) topology.nodes[id.value].default_route = NodeId{*node.default_node};
  }
  for (const CableSpec& cable : spec.network.cables) add_cable(topology, cable);
  return topology;
}

std::vector<Simulation::HostPlan> build_hosts(const ScenarioSpec& spec,
                                              const std::vector<HostTemplate>& templates) {
  std::vector<Simulation::HostPlan> hosts;
  hosts.reserve(spec.host_count);
  for (std::size_t g = 0; g < spec.hosts.size(); ++g) {
    for (std::uint32_t i = 0; i < spec.hosts[g].count; ++i) {
      hosts.push_back({&templates[g], addresses_of(spec.hosts[g], i)});
    }
  }
  return hosts;
}

Directory build_directory(const ScenarioSpec& spec) {
  Directory directory;
  for (const HostGroupSpec& group : spec.hosts) {
    Directory::HostGroup named{
        group.name, group.count, group.numbered, to_string(group.config.algorithm), {}};
    for (const ProcessSpec& process : group.processes) {
      named.processes.push_back({process.name, process.count, process.numbered});
    }
    directory.add(std::move(named));
  }
  for (const std::string& name : spec.socket_names) directory.add_socket_name(name);
  return directory;
}

}  // namespace demuxsim
