// What a count counts, and which segments an expectation is about.
#pragma once

#include <optional>
#include <variant>

#include "scenario/decode_draft.hpp"

namespace demuxsim::loading {

/// Sockets; segments or calls where a key says so.
std::optional<std::variant<SocketFilter, SegmentFilter, CallFilter>> decode_filter(
    const ValueNode& node, Draft& draft);

std::optional<SegmentFilter> decode_segment_filter(const ValueNode& node, Draft& draft);

std::optional<LookupRule> decode_rule(const ValueNode& node, DiagnosticCollector& diagnostics);
/// `host-unreachable`, ...
std::optional<IcmpError> decode_icmp(const ValueNode& node, DiagnosticCollector& diagnostics);
std::optional<TcpState> decode_state(const ValueNode& node, DiagnosticCollector& diagnostics);

/// One socket; the bare name of many is a mistake.
std::optional<SocketRef> decode_one_socket(const ValueNode& node, Draft& draft);

}  // namespace demuxsim::loading
