#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "scenario/decode_reference.hpp"
#include "scenario/decode_scalar.hpp"
#include "scenario/decode_step.hpp"

namespace demuxsim::loading {
namespace {

constexpr std::array kFlags{
    Word<std::uint8_t>{"SYN", flag::kSyn}, Word<std::uint8_t>{"ACK", flag::kAck},
    Word<std::uint8_t>{"FIN", flag::kFin}, Word<std::uint8_t>{"RST", flag::kRst},
    Word<std::uint8_t>{"PSH", flag::kPsh}, Word<std::uint8_t>{"URG", flag::kUrg}};

constexpr std::uint64_t kMostPayload = 65495;

std::vector<IpAddress> candidates(const Target& end, const Draft& draft) {
  if (end.address) return {*end.address};
  return addresses_of(*end.host, draft);
}

/// Gives both ends addresses of one family: the first of the destination's that the source can
/// have, too.
bool choose_addresses(const Target& from, const Target& to, Segment& segment, const Draft& draft) {
  const std::vector<IpAddress> sources = candidates(from, draft);
  for (const IpAddress& destination : candidates(to, draft)) {
    const auto source = std::find_if(sources.begin(), sources.end(), [&](const IpAddress& each) {
      return each.family() == destination.family();
    });
    if (source == sources.end()) continue;
    segment.source = *source;
    segment.destination = destination;
    return true;
  }
  return false;
}

/// The host that puts the segment on its link: the one that `by` names, else the one it says it
/// is from.
bool decode_sender(const Record& record, const std::optional<Target>& from, StepSpec& step,
                   Draft& draft) {
  if (record.has("by")) return record.read("by", step.by.host, in<decode_host_name>(draft));
  if (!from) return false;
  if (from->host) {
    step.by.host = *from->host;
    return true;
  }
  if (draft.names_matter) {
    complain(draft.diagnostics, *find(*record.find("inject"), "from"), "no host has this address",
             "name the host that sends the segment: by: mallory");
  }
  return false;
}

void decode_header(const Record& record, Segment& segment) {
  constexpr std::uint64_t kMostNumber = 0xffff'ffff;
  std::uint32_t number = 0;
  const Limited<std::uint32_t> sequence{{"a sequence number", 0, kMostNumber}};
  if (record.read("seq", number, sequence)) segment.seq = SequenceNumber{number};
  if (record.read("ack", number, sequence)) segment.ack = SequenceNumber{number};
  segment.window = 65535;
  record.read("window", segment.window, Limited<std::uint16_t>{{"a window", 0, 65535}});
  record.read("flags", segment.flags, decode_flags);
}

void decode_payload(const Record& record, Segment& segment, DiagnosticCollector& diagnostics) {
  std::uint64_t bytes = 0;
  if (!record.read("data", bytes, decode_bytes)) return;
  if (bytes <= kMostPayload) {
    segment.payload_bytes = static_cast<std::uint16_t>(bytes);
    return;
  }
  complain(diagnostics, *record.find("data"),
           fmt::format("a segment carries at most {} bytes", kMostPayload));
}

}  // namespace

std::optional<std::uint8_t> decode_flags(const ValueNode& node, DiagnosticCollector& diagnostics) {
  std::uint8_t flags = 0;
  const auto decode = [](const ValueNode& item, DiagnosticCollector& d) {
    return decode_word(item, "flag", kFlags, d);
  };
  for (const std::uint8_t each : decode_one_or_more<std::uint8_t>(node, diagnostics, decode)) {
    flags = static_cast<std::uint8_t>(flags | each);
  }
  return flags;
}

bool decode_inject(const Record& step_record, const ValueNode& value, StepSpec& step,
                   Draft& draft) {
  const Record record(value, "an injected segment",
                      {"from", "to", "flags", "seq", "ack", "window", "data"}, draft.diagnostics);
  const ValueNode* const from_node = record.need("from");
  const ValueNode* const to_node = record.need("to");
  decode_header(record, step.segment);
  decode_payload(record, step.segment, draft.diagnostics);
  const auto from = from_node != nullptr ? decode_target(*from_node, draft) : std::nullopt;
  const auto to = to_node != nullptr ? decode_target(*to_node, draft) : std::nullopt;
  const bool sender = decode_sender(step_record, from, step, draft);
  if (!from || !to || !sender) return false;
  step.segment.source_port = from->port;
  step.segment.destination_port = to->port;
  if (choose_addresses(*from, *to, step.segment, draft)) return true;
  complain(draft.diagnostics, *to_node, "the two ends have no addresses of one family");
  return false;
}

}  // namespace demuxsim::loading
