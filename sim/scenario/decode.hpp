// From the tree to the spec: one function a record. All of them go on after a mistake, with a
// stand-in, so that one pass finds everything.
#pragma once

#include <optional>

#include "scenario/decode_draft.hpp"
#include "scenario/profiles.hpp"

namespace demuxsim::loading {

/// The whole file, without what needs a second look at it (resolve_connects, validate).
void decode_scenario(const ValueNode& root, Draft& draft);

/// What a host has before its own keys are read.
struct HostDefaults {
  Profile profile = Profile::rfc9293;
  const ValueNode* tcp = nullptr;  ///< The scenario's `tcp`, laid over every profile.
};
void decode_hosts(const ValueNode& node, const HostDefaults& defaults, Draft& draft);
/// `tcp`: sets what the record names.
/// A name such as `sequent:19`, or a map that says the same.
std::optional<Algorithm> decode_demux(const ValueNode& node, DiagnosticCollector& diagnostics);

void decode_tcp(const ValueNode& node, TcpConfig& tcp, DiagnosticCollector& diagnostics);
std::optional<Profile> decode_profile(const ValueNode& node, DiagnosticCollector& diagnostics);

/// The processes of the last host group of the draft.
void decode_processes(const ValueNode& node, Draft& draft);

/// A listener as a process or a step gives it. `bound`: of a socket that has its port already.
std::optional<ListenConfig> decode_listen(const ValueNode& node, Draft& draft, bool bound);
struct Reuse {
  bool address = false;
  bool port = false;
};
std::optional<Reuse> decode_reuse(const ValueNode& node, DiagnosticCollector& diagnostics);

void decode_network(const ValueNode& node, Draft& draft);
void decode_timeline(const ValueNode& node, Draft& draft);
void decode_expects(const ValueNode& node, Draft& draft);

/// Complains about addresses of routers that are taken, and gives one of each family to those that
/// have none: the first of their prefixes that no host has.
void settle_routers(Draft& draft);

/// Whether a step, an expectation or a process takes part in this run.
bool takes_part(const ValueNode& node, Draft& draft);

/// Gives each connect its endpoint, and what the listener there will do.
void resolve_connects(Draft& draft);

}  // namespace demuxsim::loading
