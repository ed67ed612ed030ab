#include "scenario/validate.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/core.h>

#include "scenario/diagnostic_text.hpp"

namespace demuxsim::loading {
namespace {

/// One listener of a host group, as it starts.
struct Listening {
  const ListenConfig* config = nullptr;
  const ProcessSpec* process = nullptr;
  SourceSpan span;

  bool any_address() const { return config->local.address.is_unspecified(); }
  /// Precondition: any_address(). 0.0.0.0 is apart from the addresses of IPv6.
  bool covers(const Listening& other) const {
    const IpAddress& address = other.config->local.address;
    return config->local.address == IpAddress{} || address == IpAddress{} || address.is_ipv4();
  }
  auto order() const {
    return std::tuple(config->local.port, !any_address(),
                      any_address() ? IpAddress{} : config->local.address, span.line, span.column);
  }
};

std::vector<Listening> listeners_of(const HostGroupSpec& group) {
  std::vector<Listening> listeners;
  for (const ProcessSpec& process : group.processes) {
    for (std::size_t i = 0; i < process.listens.size(); ++i) {
      listeners.push_back({&process.listens[i], &process, process.listen_spans[i]});
    }
  }
  std::sort(listeners.begin(), listeners.end(),
            [](const Listening& a, const Listening& b) { return a.order() < b.order(); });
  return listeners;
}

bool both_share(const Listening& a, const Listening& b) {
  return a.config->reuse_port && b.config->reuse_port;
}

void complain_about_pair(const Listening& a, const Listening& b, DiagnosticCollector& diagnostics) {
  const bool in_order = std::tie(a.span.line, a.span.column) < std::tie(b.span.line, b.span.column);
  const Listening& first = in_order ? a : b;
  const Listening& second = in_order ? b : a;
  Diagnostic& diagnostic = diagnostics.add(
      second.span, fmt::format("port {} is taken by process {}", second.config->local.port.value,
                               quote(first.process->name)));
  diagnostic.help = "give both 'reuse: port' to let them share it";
  diagnostic.notes.push_back({first.span, "first used here"});
}

/// A process that is there several times, and each wants the port.
void check_alone(const Listening& listening, DiagnosticCollector& diagnostics) {
  if (listening.process->count == 1 || listening.config->reuse_port) return;
  diagnostics
      .add(listening.span,
           fmt::format("{} processes {} cannot all listen on port {}", listening.process->count,
                       quote(listening.process->name), listening.config->local.port.value))
      .help = "give it 'reuse: port' to let them share it";
}

/// The address has to be one of the host's.
void check_address(const Listening& listening, const HostGroupSpec& group,
                   DiagnosticCollector& diagnostics) {
  const IpAddress& address = listening.config->local.address;
  if (address.is_unspecified() || address.is_loopback()) return;
  const bool own =
      std::find(group.addresses.begin(), group.addresses.end(), address) != group.addresses.end();
  if (own && group.count == 1) return;
  diagnostics
      .add(listening.span, own ? fmt::format("{} hosts {} cannot all listen on {}", group.count,
                                             quote(group.name), to_string(address))
                               : fmt::format("host {} does not have the address {}",
                                             quote(group.name), to_string(address)))
      .help = "listen on '*' for every address of the host";
}

/// Listeners are in the order of ports; within one, those on any address come first.
void check_ports(const std::vector<Listening>& listeners, DiagnosticCollector& diagnostics) {
  const Listening* any = nullptr;
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    const Listening& each = listeners[i];
    const Listening* const before = i == 0 ? nullptr : &listeners[i - 1];
    const bool same_port =
        before != nullptr && before->config->local.port == each.config->local.port;
    if (!same_port) any = nullptr;
    const bool same_address =
        same_port && (before->any_address() && each.any_address()
                          ? true
                          : before->config->local.address == each.config->local.address);
    if (any != nullptr && any->covers(each) && !both_share(*any, each)) {
      complain_about_pair(*any, each, diagnostics);
    } else if (same_address && !both_share(*before, each)) {
      complain_about_pair(*before, each, diagnostics);
    }
    const bool every_family = each.config->local.address == IpAddress{};
    if (each.any_address() && (any == nullptr || every_family)) any = &each;
  }
}

}  // namespace

void validate_listeners(Draft& draft) {
  for (const HostGroupSpec& group : draft.spec.hosts) {
    const std::vector<Listening> listeners = listeners_of(group);
    for (const Listening& listening : listeners) {
      check_alone(listening, draft.diagnostics);
      check_address(listening, group, draft.diagnostics);
    }
    check_ports(listeners, draft.diagnostics);
  }
}

void validate(Draft& draft) {
  validate_listeners(draft);
  validate_steps(draft);
  validate_network(draft);
  if (draft.spec.until) return;
  for (const SourceSpan span : draft.ends_never) {
    draft.diagnostics.add(span, "this workload never ends, and neither does the scenario").help =
        "give it 'times', or the scenario 'until'";
  }
}

}  // namespace demuxsim::loading
