#include "scenario/decode_reference.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "scenario/decode_port.hpp"
#include "scenario/decode_scalar.hpp"

namespace demuxsim::loading {
namespace {

TextError needs_brackets(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  return {fmt::format("an IPv6 address before a port needs brackets, found {}", quote(text)),
          fmt::format("write '[{}]:{}'", text.substr(0, colon), text.substr(colon + 1))};
}

Parsed<EndpointText> split_bracketed(std::string_view text) {
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos) {
    return failure(TextError{fmt::format("the bracket of {} is never closed", quote(text)), {}});
  }
  const std::string_view host = text.substr(1, close - 1);
  const std::string_view rest = text.substr(close + 1);
  if (rest.empty()) return EndpointText{host, std::nullopt};
  if (rest[0] == ':') return EndpointText{host, rest.substr(1)};
  return failure(
      TextError{fmt::format("expected ':' and a port after the bracket of {}", quote(text)), {}});
}

/// The port of an endpoint; `*` is any, where that is allowed.
std::optional<Port> port_in(const ValueNode& node, std::string_view text, Draft& draft) {
  const auto port = parse_port(text);
  if (port) return *port;
  complain(draft.diagnostics, node, port.error());
  return std::nullopt;
}

std::optional<EndpointText> endpoint_in(const ValueNode& node, std::string_view what,
                                        Draft& draft) {
  const auto text = text_of(node, what, draft.diagnostics);
  if (!text) return std::nullopt;
  const auto parts = split_endpoint(*text);
  if (parts) return *parts;
  complain(draft.diagnostics, node, parts.error());
  return std::nullopt;
}

bool looks_like_address(std::string_view text) {
  return text.find(':') != std::string_view::npos ||
         (text.find('.') != std::string_view::npos &&
          text.find_first_not_of("0123456789.") == std::string_view::npos);
}

std::optional<HostId> host_in(const ValueNode& node, std::string_view text, Draft& draft) {
  const auto found = draft.hosts.find(text);
  if (found) return HostId{found->number};
  complain_about_name(draft, node, found.error());
  return std::nullopt;
}

/// The literal address, where the text is one or is meant to be one.
std::optional<std::optional<IpAddress>> address_in(const ValueNode& node, std::string_view text,
                                                   Draft& draft) {
  const auto address = IpAddress::parse(text);
  if (address) return std::optional<IpAddress>{*address};
  if (!looks_like_address(text)) return std::optional<IpAddress>{};
  complain(draft.diagnostics, node, fmt::format("{} is not an IPv4 or IPv6 address", quote(text)));
  return std::nullopt;
}

/// A process on a host, by its name there.
std::optional<ProcessId> process_in(const ValueNode& node, std::string_view name, HostId host,
                                    Draft& draft) {
  const auto group = draft.hosts.index_of(draft.hosts.entry_of(host.value));
  const auto found = draft.processes[group].find(name);
  if (found) return ProcessId{found->number};
  TextError error = found.error();
  error.message += fmt::format(" on host {}", quote(draft.hosts.entries()[group].name));
  complain_about_name(draft, node, error);
  return std::nullopt;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace

void complain_about_name(Draft& draft, const ValueNode& node, const TextError& error) {
  if (draft.names_matter) complain(draft.diagnostics, node, error);
}

Parsed<EndpointText> split_endpoint(std::string_view text) {
  if (text.starts_with('[')) return split_bracketed(text);
  const auto colons = std::count(text.begin(), text.end(), ':');
  if (colons == 0) return EndpointText{text, std::nullopt};
  const std::size_t colon = text.rfind(':');
  if (colons == 1) return EndpointText{text.substr(0, colon), text.substr(colon + 1)};
  if (IpAddress::parse(text)) return EndpointText{text, std::nullopt};
  return failure(needs_brackets(text));
}

std::optional<HostId> decode_host_name(const ValueNode& node, Draft& draft) {
  const auto text = text_of(node, "the name of a host", draft.diagnostics);
  if (!text) return std::nullopt;
  return host_in(node, *text, draft);
}

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

std::optional<ProcessRef> decode_process_name(const ValueNode& node, Draft& draft) {
  const auto text = text_of(node, "a process such as web/nginx", draft.diagnostics);
  if (!text) return std::nullopt;
  const std::size_t slash = text->find('/');
  if (slash == std::string_view::npos) {
    complain_about_name(
        draft, node,
        {fmt::format("expected a process such as web/nginx, found {}", quote(*text)), {}});
    return std::nullopt;
  }
  const auto host = host_in(node, text->substr(0, slash), draft);
  if (!host) return std::nullopt;
  const auto process = process_in(node, text->substr(slash + 1), *host, draft);
  if (!process) return std::nullopt;
  return ProcessRef{*host, *process};
}

std::optional<ProcessId> decode_process_of(const ValueNode& node, HostId host, Draft& draft) {
  const auto text = text_of(node, "the name of a process", draft.diagnostics);
  if (!text) return std::nullopt;
  if (text->find('/') == std::string_view::npos) return process_in(node, *text, host, draft);
  const auto process = decode_process_name(node, draft);
  if (!process) return std::nullopt;
  if (process->host == host) return process->process;
  complain_about_name(draft, node, {"this process is not one of the host's", {}});
  return std::nullopt;
}

std::optional<SocketRef> decode_socket_name(const ValueNode& node, Draft& draft) {
  auto text = text_of(node, "the name of a socket", draft.diagnostics);
  if (!text) return std::nullopt;
  SocketRef socket;
  socket.peer = take_suffix(*text, ".peer");
  socket.first = take_suffix(*text, ".first");
  // The bare name of many is left for the step to judge: a step that repeats means one each time.
  const NameTable::Entry* const entry = draft.sockets.find_entry(*text);
  if (entry != nullptr && entry->numbered) {
    socket.name = {draft.sockets.index_of(*entry), SocketName::kNone};
    return socket;
  }
  const auto found = draft.sockets.find(*text);
  if (!found) {
    complain_about_name(draft, node, found.error());
    return std::nullopt;
  }
  const NameTable::Entry& named = draft.sockets.entries()[found->entry];
  socket.name = {found->entry, named.numbered ? found->number - named.first : SocketName::kNone};
  return socket;
}

std::optional<Target> decode_target(const ValueNode& node, Draft& draft) {
  const auto parts = endpoint_in(node, "an endpoint such as web:80", draft);
  if (!parts) return std::nullopt;
  if (!parts->port) {
    const bool is_ipv6 = parts->host.find(':') != std::string_view::npos;
    complain(draft.diagnostics, node, fmt::format("{} needs a port", quote(node.text)),
             is_ipv6 ? fmt::format("write '[{}]:80'", parts->host)
                     : fmt::format("write '{}:80'", parts->host));
    return std::nullopt;
  }
  const auto port = port_in(node, *parts->port, draft);
  const auto address = address_in(node, parts->host, draft);
  if (!port || !address) return std::nullopt;
  Target target{{}, *address, *port};
  if (target.address) {
    target.host = draft.addresses.find(*target.address);
    return target;
  }
  target.host = host_in(node, parts->host, draft);
  if (!target.host) return std::nullopt;
  return target;
}

std::optional<IpAddress> decode_local_address(const ValueNode& node, Draft& draft) {
  if (node.is_scalar() && node.text == "*") return IpAddress{};
  return decode_address(node, draft.diagnostics);
}

std::optional<Endpoint> decode_local(const ValueNode& node, Draft& draft) {
  const auto text = text_of(node, "a port, or an address and a port", draft.diagnostics);
  if (!text) return std::nullopt;
  if (text->find(':') == std::string_view::npos) {
    const auto port = port_in(node, *text, draft);
    if (!port) return std::nullopt;
    return Endpoint{IpAddress{}, *port};
  }
  const auto parts = endpoint_in(node, "a port, or an address and a port", draft);
  if (!parts) return std::nullopt;
  if (!parts->port) {
    complain(draft.diagnostics, node, fmt::format("{} needs a port", quote(*text)));
    return std::nullopt;
  }
  const auto port = port_in(node, *parts->port, draft);
  if (!port) return std::nullopt;
  if (parts->host == "*") return Endpoint{IpAddress{}, *port};
  const auto address = IpAddress::parse(parts->host);
  if (address) return Endpoint{*address, *port};
  complain(draft.diagnostics, node,
           fmt::format("{} is not an IPv4 or IPv6 address", quote(parts->host)),
           "name an address of the host, or '*' for all of them");
  return std::nullopt;
}

std::optional<EndpointPattern> decode_pattern(const ValueNode& node, Draft& draft) {
  const auto parts = endpoint_in(node, "an endpoint such as web:80", draft);
  if (!parts) return std::nullopt;
  EndpointPattern pattern;
  if (parts->port && *parts->port != "*") {
    pattern.port = port_in(node, *parts->port, draft);
    if (!pattern.port) return std::nullopt;
  }
  if (parts->host == "*") return pattern;
  const auto address = address_in(node, parts->host, draft);
  if (!address) return std::nullopt;
  if (*address) {
    pattern.addresses.push_back(**address);
    return pattern;
  }
  const auto host = host_in(node, parts->host, draft);
  if (!host) return std::nullopt;
  pattern.addresses = addresses_of(*host, draft);
  return pattern;
}

std::optional<HostPort> decode_host_port(const ValueNode& node, Draft& draft) {
  const auto target = decode_target(node, draft);
  if (!target) return std::nullopt;
  if (target->host) return HostPort{*target->host, target->port};
  complain_about_name(draft, node, {"no host has this address", {}});
  return std::nullopt;
}

std::vector<IpAddress> addresses_of(HostId host, const Draft& draft) {
  const HostGroupSpec& group = draft.group_of(host);
  std::vector<IpAddress> addresses;
  for (const IpAddress& first : group.addresses) {
    if (const auto address = first.plus(host.value - group.first.value)) {
      addresses.push_back(*address);
    }
  }
  return addresses;
}

}  // namespace demuxsim::loading
