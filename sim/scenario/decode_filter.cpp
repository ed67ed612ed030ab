#include "scenario/decode_filter.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "scenario/decode.hpp"
#include "scenario/decode_record.hpp"
#include "scenario/decode_reference.hpp"
#include "scenario/decode_scalar.hpp"
#include "scenario/decode_step.hpp"

namespace demuxsim::loading {
namespace {

/// Words of an enumeration that has name_of and whose values are 0 to `last`.
template <class T, T last>
constexpr auto words_of() {
  return [] {
    std::array<Word<T>, static_cast<std::size_t>(last) + 1> words;
    for (std::size_t i = 0; i < words.size(); ++i) {
      words[i] = {name_of(static_cast<T>(i)), static_cast<T>(i)};
    }
    return words;
  }();
}

std::optional<DropReason> decode_reason(const ValueNode& node, DiagnosticCollector& diagnostics) {
  static const auto words = words_of<DropReason, DropReason::unacceptable>();
  const auto reason = decode_word(node, "reason to drop", words, diagnostics);
  if (reason != DropReason::none) return reason;
  complain(diagnostics, node, "this is no reason to drop a segment");
  return std::nullopt;
}

std::optional<SocketCall> decode_call(const ValueNode& node, DiagnosticCollector& diagnostics) {
  static const auto words = words_of<SocketCall, SocketCall::inject>();
  return decode_word(node, "call", words, diagnostics);
}

/// `host` and `process`, of which the second may name both.
void decode_owner(const Record& record, std::optional<HostId>& host,
                  std::optional<ProcessId>& process, Draft& draft) {
  HostId named_host;
  if (record.read("host", named_host, in<decode_host_name>(draft))) host = named_host;
  const ValueNode* const node = record.find("process");
  if (node == nullptr) return;
  if (host) {
    process = decode_process_of(*node, *host, draft);
  } else if (const auto named = decode_process_name(*node, draft)) {
    host = named->host;
    process = named->process;
  }
}

template <class T, class Decode>
void read_optional(const Record& record, std::string_view key, std::optional<T>& into,
                   const Decode& decode) {
  T value{};
  if (record.read(key, value, decode)) into = value;
}

SocketFilter decode_socket_filter(const ValueNode& node, Draft& draft) {
  const Record record(node, "a count of sockets",
                      {"host", "process", "local_port", "peer_port", "state"}, draft.diagnostics);
  SocketFilter filter;
  decode_owner(record, filter.host, filter.process, draft);
  read_optional(record, "local_port", filter.local_port, decode_port);
  read_optional(record, "peer_port", filter.peer_port, decode_port);
  read_optional(record, "state", filter.state, decode_state);
  return filter;
}

CallFilter decode_call_filter(const ValueNode& node, Draft& draft) {
  const Record record(node, "a count of calls", {"call", "result", "host", "process"},
                      draft.diagnostics);
  CallFilter filter;
  if (record.need("call") != nullptr) record.read("call", filter.call, decode_call);
  read_optional(record, "result", filter.result, decode_errno);
  decode_owner(record, filter.host, filter.process, draft);
  return filter;
}

/// One end of a segment.
struct SegmentEnd {
  std::optional<SocketRef> socket;
  std::optional<HostId> host;
  std::optional<Port> port;
};

/// `a1`, `web`, `web:80`, `*:80`.
std::optional<SegmentEnd> decode_segment_end(const ValueNode& node, Draft& draft) {
  const auto text = text_of(node, "a socket, a host or an endpoint", draft.diagnostics);
  if (!text) return std::nullopt;
  const std::string_view name = text->substr(0, text->find('.'));
  const bool is_endpoint = text->find(':') != std::string_view::npos;
  if (!is_endpoint && draft.sockets.find_entry(name) != nullptr) {
    if (draft.hosts.find_entry(name) != nullptr) {
      complain_about_name(draft, node,
                          {fmt::format("{} is both a socket and a host", quote(*text)),
                           "give the socket another name"});
    }
    const auto socket = decode_one_socket(node, draft);
    if (!socket) return std::nullopt;
    return SegmentEnd{socket, {}, {}};
  }
  if (!is_endpoint) {
    const auto host = draft.hosts.find(*text);
    if (host) return SegmentEnd{{}, HostId{host->number}, {}};
    TextError error = host.error();
    if (draft.hosts.find_entry(name) == nullptr) {
      error.message = fmt::format("there is no socket or host {}", quote(*text));
      error.help = likelier_help(draft.sockets.find(*text).error(), error);
    }
    complain_about_name(draft, node, error);
    return std::nullopt;
  }
  if (text->starts_with("*:")) {
    ValueNode port = node;
    port.text = text->substr(2);
    const auto number = decode_port(port, draft.diagnostics);
    if (!number) return std::nullopt;
    return SegmentEnd{{}, {}, number};
  }
  const auto place = decode_host_port(node, draft);
  if (!place) return std::nullopt;
  return SegmentEnd{{}, place->host, place->port};
}

constexpr std::array<std::string_view, 9> kSegmentKeys{
    "from", "to", "flags", "without", "data", "rule", "dropped", "icmp", "after"};

bool has_key_of(const ValueNode& node, std::span<const std::string_view> keys) {
  return std::any_of(node.items.begin(), node.items.end(), [&](const ValueNode& item) {
    return std::find(keys.begin(), keys.end(), item.key) != keys.end();
  });
}

}  // namespace

std::optional<LookupRule> decode_rule(const ValueNode& node, DiagnosticCollector& diagnostics) {
  static const auto words = words_of<LookupRule, LookupRule::no_match>();
  return decode_word(node, "rule", words, diagnostics);
}

std::optional<IcmpError> decode_icmp(const ValueNode& node, DiagnosticCollector& diagnostics) {
  static const auto words = words_of<IcmpError, IcmpError::parameter_problem>();
  const auto error = decode_word(node, "ICMP error", words, diagnostics);
  if (error != IcmpError::none) return error;
  complain(diagnostics, node, "this is no ICMP error");
  return std::nullopt;
}

std::optional<TcpState> decode_state(const ValueNode& node, DiagnosticCollector& diagnostics) {
  static const auto words = words_of<TcpState, TcpState::time_wait>();
  return decode_word(node, "state", words, diagnostics);
}

std::optional<SocketRef> decode_one_socket(const ValueNode& node, Draft& draft) {
  const auto socket = decode_socket_name(node, draft);
  if (!socket) return std::nullopt;
  const NameTable::Entry& entry = draft.sockets.entries()[socket->name.base];
  if (!entry.numbered || socket->name.index != SocketName::kNone) return socket;
  complain_about_name(draft, node, draft.sockets.find(entry.name).error());
  return std::nullopt;
}

std::optional<SegmentFilter> decode_segment_filter(const ValueNode& node, Draft& draft) {
  const Record record(node, "a choice of segments", kSegmentKeys, draft.diagnostics);
  SegmentFilter filter;
  SegmentEnd end;
  if (record.read("from", end, in<decode_segment_end>(draft))) {
    filter.from_socket = end.socket;
    filter.from_host = end.host;
    filter.from_port = end.port;
  }
  if (record.read("to", end, in<decode_segment_end>(draft))) {
    filter.to_socket = end.socket;
    filter.to_host = end.host;
    filter.to_port = end.port;
  }
  record.read("flags", filter.flags, decode_flags);
  record.read("without", filter.flags_clear, decode_flags);
  if ((filter.flags & filter.flags_clear) != 0) {
    draft.diagnostics.add(record.find("without")->key_span,
                          "no segment has a flag and is without it");
  }
  read_optional(record, "data", filter.data, decode_flag);
  read_optional(record, "rule", filter.rule, decode_rule);
  read_optional(record, "dropped", filter.dropped, decode_reason);
  read_optional(record, "icmp", filter.icmp, decode_icmp);
  read_optional(record, "after", filter.after, decode_instant);
  return filter;
}

std::optional<std::variant<SocketFilter, SegmentFilter, CallFilter>> decode_filter(
    const ValueNode& node, Draft& draft) {
  constexpr std::array<std::string_view, 2> kCallKeys{"call", "result"};
  if (has_key_of(node, kCallKeys)) return decode_call_filter(node, draft);
  if (has_key_of(node, kSegmentKeys)) return decode_segment_filter(node, draft);
  if (node.is_broken()) return std::nullopt;
  return decode_socket_filter(node, draft);
}

}  // namespace demuxsim::loading
