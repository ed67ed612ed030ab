// The spec while it is being made, with the names and the open ends that are tied up last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "demuxsim/scenario/profile.hpp"
#include "demuxsim/scenario/spec.hpp"
#include "scenario/decode_addresses.hpp"
#include "scenario/diagnostic_collector.hpp"
#include "scenario/value.hpp"
#include "scenario/value_name.hpp"
#include "scenario/value_params.hpp"

namespace demuxsim::loading {

/// Whom a connection is for, as the file names it.
struct Target {
  std::optional<HostId> host;        ///< Named, or the one that has the address.
  std::optional<IpAddress> address;  ///< None: the first of the host's that the caller can reach.
  Port port;
};

/// A connect whose target becomes an endpoint when all hosts and listeners are known.
struct PendingConnect {
  const ValueNode* to = nullptr;          ///< The target as the file has it.
  std::uint32_t group = 0;                ///< Of the hosts that call.
  std::optional<HostId> host;             ///< None: every host of the group.
  std::optional<IpAddress> from_address;  ///< Settles the family.
  SimTime at;
  std::optional<std::size_t> step;  ///< A step of the timeline, or else ...
  std::size_t process = 0;          ///< ... a process of the group.
};

/// Hosts that send to another; there has to be a way.
struct Contact {
  SourceSpan span;
  std::uint32_t from_first = 0;  ///< Of a row of hosts.
  std::uint32_t from_count = 1;
  HostId to;
};

/// A router's way out, which has to be a neighbour.
struct DefaultRoute {
  SourceSpan span;
  std::uint32_t router = 0;  ///< Node numbers.
  std::uint32_t neighbour = 0;
};

/// Where a step names its sockets.
struct StepPlaces {
  SourceSpan socket;
  SourceSpan as;
};

struct Draft {
  DiagnosticCollector& diagnostics;
  const Params& params;
  std::optional<Profile> profile{};  ///< Of all hosts, whatever the file says.
  ScenarioSpec spec{};

  NameTable hosts{"host"};
  std::vector<NameTable> processes{};  ///< By host group.
  NameTable nodes{"node"};             ///< Switches and routers.
  NameTable sockets{"socket"};
  AddressBook addresses{};

  std::vector<StepPlaces> step_places{};  ///< By step of the spec.
  std::vector<PendingConnect> connects{};
  std::vector<Contact> contacts{};
  std::vector<DefaultRoute> default_routes{};
  std::vector<SourceSpan> ends_never{};  ///< Workloads without an end.
  /// False within a step or expectation that `when` leaves out: names that only exist under other
  /// settings are no mistake there.
  bool names_matter = true;

  HostGroupSpec& group_at(HostId host) {
    return spec.hosts[hosts.index_of(hosts.entry_of(host.value))];
  }
  const HostGroupSpec& group_of(HostId host) const {
    return spec.hosts[hosts.index_of(hosts.entry_of(host.value))];
  }
};

/// Turns a function on (node, draft) into what Record::read takes.
template <auto decode>
auto in(Draft& draft) {
  return [&draft](const ValueNode& node, DiagnosticCollector&) { return decode(node, draft); };
}

}  // namespace demuxsim::loading
