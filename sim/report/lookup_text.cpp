#include "demuxsim/report/lookup_text.hpp"

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/line_text.hpp"

namespace demuxsim {
namespace {

/// What the look-up says of the two tables before it comes to the receiver.
void append_search(std::string& out, const TraceRecord& record) {
  const Segment& segment = record.segment;
  switch (record.rule) {
    case LookupRule::exact_4_tuple:
    case LookupRule::time_wait:
      out += "4-tuple: found";
      return;
    case LookupRule::listener_address:
      out += "4-tuple: none; listener ";
      append(out, segment.to());
      return;
    case LookupRule::listener_any:
      out += "4-tuple: none; listener ";
      append(out, Endpoint{{}, segment.destination_port});
      return;
    case LookupRule::reuseport_hash:
      append_format(out, "4-tuple: none; chosen of the listeners on port {}",
                    segment.destination_port.value);
      return;
    case LookupRule::port_switch:
      append_format(out, "4-tuple: none; the peer switched to port {}", segment.source_port.value);
      return;
    case LookupRule::no_match:
      out += segment.icmp == IcmpError::none ? "4-tuple: none; listener: none" : "4-tuple: none";
      return;
  }
}

void append_receiver(std::string& out, const TraceRecord& record, const Directory& directory,
                     const ConnectionBook& book) {
  if (record.rule == LookupRule::no_match) {
    // A reset is never answered by a reset (RFC 9293 section 3.10.7.1), nor is an ICMP error.
    const Segment& segment = record.segment;
    const bool answered = !segment.has(flag::kRst) && segment.icmp == IcmpError::none;
    out += answered ? "nobody: reset" : "nobody";
    return;
  }
  if (record.rule == LookupRule::time_wait) {
    out += "TIME-WAIT (kept by the host)";
    return;
  }
  if (!record.process) {
    out += "no process (kept by the host)";
    return;
  }
  append_owner(out, record, directory);
  if (record.fd != kNoDescriptor || record.rule != LookupRule::exact_4_tuple) return;
  out.pop_back();
  out += book.owner_has_closed(record) ? ", closed)" : ", not yet accepted)";
}

}  // namespace

void append_lookup(std::string& out, const TraceRecord& record, const Directory& directory,
                   const ConnectionBook& book) {
  append_search(out, record);
  out += " -> ";
  append_receiver(out, record, directory, book);
  out += "  [";
  out += name_of(record.rule);
  out += ", examined ";
  append_number(out, record.examined_connections);
  out += '+';
  append_number(out, record.examined_listeners);
  out += ']';
}

}  // namespace demuxsim
