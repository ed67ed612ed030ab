// Texts that point at something else in the scenario: hosts, processes, sockets, endpoints.
// Each function gives what is meant, or complains and gives nothing.
#pragma once

#include <optional>
#include <string_view>

#include "scenario/decode_draft.hpp"

namespace demuxsim::loading {

/// Complains about a name, unless names do not matter here.
void complain_about_name(Draft& draft, const ValueNode& node, const TextError& error);

/// `web:80`, `[2001:db8::1]:http`, `10.0.0.1`, in its two parts.
struct EndpointText {
  std::string_view host;
  std::optional<std::string_view> port;
};
Parsed<EndpointText> split_endpoint(std::string_view text);

/// `web`, `client.7`.
std::optional<HostId> decode_host_name(const ValueNode& node, Draft& draft);
/// `core`, `web`, `client.7`: a switch, a router, a host, or all hosts of a name.
std::optional<NodeRange> decode_nodes_named(const ValueNode& node, Draft& draft);
/// `web/nginx`, `web/worker.2`.
std::optional<ProcessRef> decode_process_name(const ValueNode& node, Draft& draft);
/// `nginx` or `web/nginx`, of a host that is known already.
std::optional<ProcessId> decode_process_of(const ValueNode& node, HostId host, Draft& draft);
/// `a1`, `a1.3`, `a1.first`, `a1.peer`. `name.index` is kNone for the bare name of many; see
/// settle_repetition.
std::optional<SocketRef> decode_socket_name(const ValueNode& node, Draft& draft);
/// Where a connection goes: a host's name or an address, and a port.
std::optional<Target> decode_target(const ValueNode& node, Draft& draft);
/// A place to listen or bind: `80`, `http`, `*:80`, `10.0.0.1:80`. Port 0 is let through.
std::optional<Endpoint> decode_local(const ValueNode& node, Draft& draft);
/// `*` or an address.
std::optional<IpAddress> decode_local_address(const ValueNode& node, Draft& draft);
/// What an endpoint is expected to be: `alice:49152`, `*:80`, `10.0.0.1`.
std::optional<EndpointPattern> decode_pattern(const ValueNode& node, Draft& draft);
/// `web:80`: a port of a host.
struct HostPort {
  HostId host;
  Port port;
};
std::optional<HostPort> decode_host_port(const ValueNode& node, Draft& draft);

/// The addresses of one host.
std::vector<IpAddress> addresses_of(HostId host, const Draft& draft);

}  // namespace demuxsim::loading
