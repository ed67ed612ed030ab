#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "scenario/decode_filter.hpp"
#include "scenario/decode_reference.hpp"
#include "scenario/decode_scalar.hpp"
#include "scenario/decode_step.hpp"

namespace demuxsim::loading {
namespace {

constexpr std::array kFlags{
    Word<std::uint8_t>{"SYN", flag::kSyn}, Word<std::uint8_t>{"ACK", flag::kAck},
    Word<std::uint8_t>{"FIN", flag::kFin}, Word<std::uint8_t>{"RST", flag::kRst},
    Word<std::uint8_t>{"PSH", flag::kPsh}, Word<std::uint8_t>{"URG", flag::kUrg}};

constexpr std::array kVaries{Word<Vary>{"address", Vary::address}, Word<Vary>{"port", Vary::port}};

constexpr std::uint64_t kMostPayload = 65495;

std::vector<IpAddress> candidates(const Target& end, const Draft& draft) {
  if (end.address) return {*end.address};
  return addresses_of(*end.host, draft);
}

/// Gives both ends their ports, and addresses of one family: the first of the destination's that
/// the source can have, too.
bool choose_ends(const Target& from, const Target& to, Segment& segment, const ValueNode& to_node,
                 Draft& draft) {
  segment.source_port = from.port;
  segment.destination_port = to.port;
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
  complain(draft.diagnostics, to_node, "the two ends have no addresses of one family");
  return false;
}

/// The reporter of an ICMP error: any address, or the first of a host's that fits.
std::optional<IpAddress> decode_reporter(const ValueNode& node, Family family, Draft& draft) {
  const auto text = text_of(node, "an address or the name of a host", draft.diagnostics);
  if (!text) return std::nullopt;
  std::vector<IpAddress> addresses;
  if (const auto address = IpAddress::parse(*text)) {
    addresses.push_back(*address);
  } else if (const auto host = decode_host_name(node, draft)) {
    addresses = addresses_of(*host, draft);
  } else {
    return std::nullopt;
  }
  const auto fitting = std::find_if(addresses.begin(), addresses.end(),
                                    [&](const IpAddress& each) { return each.family() == family; });
  if (fitting != addresses.end()) return *fitting;
  complain(draft.diagnostics, node, "an error and what it quotes are of one family");
  return std::nullopt;
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

void decode_sequence(const Record& record, std::string_view key, SequenceNumber& into) {
  constexpr std::uint64_t kMostNumber = 0xffff'ffff;
  const Limited<std::uint32_t> sequence{{"a sequence number", 0, kMostNumber}};
  record.read(key, into.value, sequence);
}

void decode_header(const Record& record, Segment& segment) {
  decode_sequence(record, "seq", segment.seq);
  decode_sequence(record, "ack", segment.ack);
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

/// The segment that an ICMP error quotes.
std::optional<Segment> decode_quote(const ValueNode& node, Draft& draft) {
  const Record record(node, "a quoted segment", {"from", "to", "seq"}, draft.diagnostics);
  const ValueNode* const from_node = record.need("from");
  const ValueNode* const to_node = record.need("to");
  Segment quoted;
  decode_sequence(record, "seq", quoted.seq);
  const auto from = from_node != nullptr ? decode_target(*from_node, draft) : std::nullopt;
  const auto to = to_node != nullptr ? decode_target(*to_node, draft) : std::nullopt;
  if (!from || !to || !choose_ends(*from, *to, quoted, *to_node, draft)) return std::nullopt;
  return quoted;
}

/// `inject: {icmp: host-unreachable, from: 10.0.0.9, quote: {from: ..., to: ...}}`.
bool decode_icmp_error(const Record& step_record, const ValueNode& value, StepSpec& step,
                       Draft& draft) {
  const Record record(value, "an injected ICMP error", {"icmp", "from", "quote", "mtu"},
                      draft.diagnostics);
  IcmpError error{};
  const bool known = record.read("icmp", error, decode_icmp);
  const ValueNode* const from = record.need("from");
  const ValueNode* const quote = record.need("quote");
  if (step_record.need("by") == nullptr || from == nullptr || quote == nullptr) return false;
  const bool sender = step_record.read("by", step.by.host, in<decode_host_name>(draft));
  const auto quoted = decode_quote(*quote, draft);
  if (!quoted) return false;
  const auto reporter = decode_reporter(*from, quoted->source.family(), draft);
  if (!known || !sender || !reporter) return false;
  step.segment = icmp_error(error, *reporter, *quoted);
  const bool too_big = error == IcmpError::packet_too_big;
  if (const ValueNode* const mtu = record.find("mtu"); mtu != nullptr && !too_big) {
    complain(draft.diagnostics, *mtu, "only packet-too-big tells an MTU");
  }
  if (too_big && record.need("mtu") == nullptr) return false;
  record.read("mtu", step.segment.mss, Limited<std::uint16_t>{{"an MTU", 68, 65535}});
  return true;
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
  if (value.is_map() && find(value, "icmp") != nullptr) {
    return decode_icmp_error(step_record, value, step, draft);
  }
  const Record record(value, "an injected segment",
                      {"from", "to", "flags", "seq", "ack", "window", "data", "vary"},
                      draft.diagnostics);
  const ValueNode* const from_node = record.need("from");
  const ValueNode* const to_node = record.need("to");
  decode_header(record, step.segment);
  decode_payload(record, step.segment, draft.diagnostics);
  record.read("vary", step.vary, [](const ValueNode& node, DiagnosticCollector& diagnostics) {
    return decode_word(node, "part of the source to vary", kVaries, diagnostics);
  });
  const auto from = from_node != nullptr ? decode_target(*from_node, draft) : std::nullopt;
  const auto to = to_node != nullptr ? decode_target(*to_node, draft) : std::nullopt;
  const bool sender = decode_sender(step_record, from, step, draft);
  return from && to && sender && choose_ends(*from, *to, step.segment, *to_node, draft);
}

}  // namespace demuxsim::loading
