// One look-up in plain words, for a student: its steps, who gets the segment, and why. Every output
// that explains takes its sentences from here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "demuxsim/net/port.hpp"
#include "demuxsim/report/probe_text.hpp"
#include "demuxsim/tcp/state.hpp"
#include "demuxsim/trace/directory.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim {

/// What a port is assigned to, as a name; empty where it is not assigned. Given by the caller,
/// since reports do not know the registry. May be null.
using ServiceName = std::string_view (*)(Port);

struct ExplainedStep {
  std::string_view name;           ///< "address", "4-tuple", "listener" ...
  std::string sentence;            ///< What this step found.
  std::vector<ProbeLine> details;  ///< What was looked at in which order, where it is known.
};

struct LookupWords {
  std::vector<ExplainedStep> steps;
  std::string verdict;    ///< Who gets the segment.
  std::string port_note;  ///< What kind of port it went to.
};

/// What a reader knows of a look-up beside its records.
struct LookupContext {
  std::span<const TraceRecord> probes;  ///< Of this look-up.
  std::optional<TcpState> state;        ///< Last seen at the end that the segment goes to.
  ServiceName service_name = nullptr;
};

/// Precondition: the record is of kind demux.
LookupWords words_of(const TraceRecord& lookup, const LookupContext& context,
                     const Directory& directory);

/// The remote end of the connection that a segment is for: its sender, or of an ICMP error where
/// the segment was going that it quotes.
Endpoint remote_end_of(const Segment& segment);

/// What the sender wants with a segment, as its flags and payload say: "It asks for a connection
/// (SYN)."
std::string purpose_of(const Segment& segment);

/// Why a segment was dropped: "the link lost it, by chance".
std::string_view words_of(DropReason reason);

}  // namespace demuxsim
