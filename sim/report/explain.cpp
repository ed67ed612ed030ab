#include "demuxsim/report/explain.hpp"

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/line_text.hpp"
#include "demuxsim/report/probe_text.hpp"
#include "demuxsim/tcp/state.hpp"

namespace demuxsim {
namespace {

std::string_view words_of(DropReason reason) {
  switch (reason) {
    case DropReason::none:
      return "for no stated reason";
    case DropReason::loss:
      return "the link lost it, by chance";
    case DropReason::queue_full:
      return "the queue before the link was full";
    case DropReason::no_route:
      return "no route leads to its destination";
    case DropReason::hop_limit:
      return "its hop limit ran out on the way";
    case DropReason::host_down:
      return "nobody has its destination address any more";
    case DropReason::backlog_full:
      return "the listener's backlog is full; the client will try again";
    case DropReason::no_port:
      return "the server has no ephemeral port left to answer from; the client will try again";
    case DropReason::not_for_us:
      return "its destination address is none of this host's";
    case DropReason::unacceptable:
      return "TCP ignores such a segment here";
  }
  return "";
}

std::string compared(std::uint32_t count) {
  return count == 1 ? "1 key compared" : fmt::format("{} keys compared", count);
}

/// What the host does with a segment that nobody wants.
std::string_view refusal(const Segment& segment) {
  if (segment.has(flag::kRst)) {
    return "Nobody gets it. It is a reset, and a reset is never answered.";
  }
  if (segment.has(flag::kSyn) && !segment.has(flag::kAck)) {
    return "Nobody gets it: the host refuses the connection with a reset (RST).";
  }
  return "Nobody gets it: the host knows no such connection and says so with a reset (RST).";
}

}  // namespace

void ExplainSink::consume(std::span<const TraceRecord> records) {
  for (const TraceRecord& record : records) {
    book_.note(record);
    if (record.kind == TraceKind::probe) probes_.push_back(record);
    if (record.kind == TraceKind::demux) lookup(record);
    if (record.kind == TraceKind::segment_dropped) dropped(record);
  }
  out_.append(text_);
  text_.clear();
}

void ExplainSink::headline(const TraceRecord& record) {
  if (started_) text_ += '\n';
  started_ = true;
  explained_id_ = record.segment.id;
  step_ = 0;
  append_time(text_, record.at);
  append_format(text_, "  {}  ", host(record));
  append_segment(text_, options_.absolute_seq ? record.segment : book_.relative(record.segment),
                 false);
  text_ += '\n';
}

void ExplainSink::dropped(const TraceRecord& record) {
  // A host may look up a segment and then drop it; that belongs to the same paragraph.
  const bool continues = explained_id_ == record.segment.id && record.segment.id != 0;
  if (!continues) headline(record);
  append_format(text_, "  => {} ({}): {}.\n", continues ? "But then it is dropped" : "Dropped",
                name_of(record.reason), words_of(record.reason));
}

void ExplainSink::lookup(const TraceRecord& record) {
  headline(record);
  step("address", fmt::format("{} is an address of {}: the segment has reached its host.",
                              to_string(record.segment.destination), host(record)));
  connection_step(record);
  probe_lines();
  listener_steps(record);
  verdict(record);
  port_note(record.segment.destination_port);
}

void ExplainSink::step(std::string_view name, std::string_view sentence) {
  append_format(text_, "  {}. {:<12}{}\n", ++step_, name, sentence);
}

void ExplainSink::connection_step(const TraceRecord& record) {
  const Endpoint local = record.segment.to();
  const Endpoint peer = record.segment.from();
  const std::string table = fmt::format("table '{}', {}", directory_.algorithm(record.host),
                                        compared(record.examined_connections));
  const std::string tuple = fmt::format("{} - {}", to_string(local), to_string(peer));
  if (record.rule == LookupRule::time_wait) {
    step("4-tuple", fmt::format("{} is over and in TIME-WAIT ({}).", tuple, table));
    return;
  }
  if (record.rule != LookupRule::exact_4_tuple) {
    step("4-tuple", fmt::format("no connection {} ({}).", tuple, table));
    return;
  }
  const auto state = book_.state_of(local, peer);
  step("4-tuple", fmt::format("found the connection {}{}{} ({}).", tuple, state ? ", " : "",
                              state ? name_of(*state) : "", table));
}

/// What was looked at in which order, where there is anything to tell.
void ExplainSink::probe_lines() {
  for (const std::string& line : words_of_probes(probes_)) {
    append_format(text_, "{:17}{}\n", "", line);
  }
  probes_.clear();
}

void ExplainSink::listener_steps(const TraceRecord& record) {
  const Endpoint bound = record.segment.to();
  const Endpoint any{{}, bound.port};
  const std::string count = compared(record.examined_listeners);
  const auto nobody_on = [](const Endpoint& endpoint) {
    return fmt::format("nobody listens on {} itself.", to_string(endpoint));
  };
  switch (record.rule) {
    case LookupRule::exact_4_tuple:
    case LookupRule::time_wait:
      return;  // A 4-tuple that is found settles it; listeners are not asked.
    case LookupRule::listener_address:
      step("listener",
           fmt::format("{} listens on {} ({}).", process(record), to_string(bound), count));
      return;
    case LookupRule::listener_any:
      step("listener", nobody_on(bound));
      step("any address",
           fmt::format("{} listens on {} ({}).", process(record), to_string(any), count));
      return;
    case LookupRule::reuseport_hash:
      step("listener", fmt::format("several sockets listen on port {} together ({}).",
                                   bound.port.value, count));
      step("choice", fmt::format("SO_REUSEPORT: a hash of the 4-tuple picks {}; the same 4-tuple "
                                 "always picks the same one.",
                                 process(record)));
      return;
    case LookupRule::port_switch:
      step("port switch",
           fmt::format("{} called {} and accepts that the answer comes from port {}.",
                       process(record), to_string(record.segment.source),
                       record.segment.source_port.value));
      return;
    case LookupRule::no_match:
      step("listener", nobody_on(bound));
      step("any address", fmt::format("nobody listens on {} ({}).", to_string(any), count));
      return;
  }
}

void ExplainSink::verdict(const TraceRecord& record) {
  text_ += "  => ";
  receiver(record);
  append_format(text_, " [{}, examined {}+{}]\n", name_of(record.rule), record.examined_connections,
                record.examined_listeners);
}

void ExplainSink::receiver(const TraceRecord& record) {
  if (record.rule == LookupRule::no_match) {
    text_ += refusal(record.segment);
    return;
  }
  if (record.rule == LookupRule::time_wait) {
    text_ +=
        "No process gets it: the host keeps the 4-tuple for 2 MSL, so that a late segment "
        "cannot be taken for one of a new connection.";
    return;
  }
  if (!record.process) {
    text_ += "No process gets it: its owner has closed, and the host finishes the connection.";
    return;
  }
  append_owner(text_, record, directory_);
  const bool listener = record.rule == LookupRule::listener_address ||
                        record.rule == LookupRule::listener_any ||
                        record.rule == LookupRule::reuseport_hash;
  if (listener && record.segment.has(flag::kRst | flag::kAck)) {
    // RFC 9293 section 3.10.7.2.
    text_ += record.segment.has(flag::kRst)
                 ? " listens there; a reset of nothing is ignored."
                 : " listens there, but what acknowledges something belongs to a connection that "
                   "does not exist: the host answers with a reset.";
    return;
  }
  text_ += " gets it.";
  if (record.rule != LookupRule::exact_4_tuple || record.fd != kNoDescriptor) return;
  text_ += book_.owner_has_closed(record)
               ? " It has closed the connection, and the host finishes it."
               : " It has not accepted the connection yet: the bytes wait in the host.";
}

void ExplainSink::port_note(Port port) {
  const PortClass port_class = class_of(port);
  const PortRange range = range_of(port_class);
  append_format(text_, "     Port {} is {} ({}-{})", port.value, name_of(port_class),
                range.first.value, range.last.value);
  const std::string_view service =
      options_.service_name == nullptr ? std::string_view{} : options_.service_name(port);
  if (!service.empty()) {
    append_format(text_, "; IANA has assigned it to {}.\n", service);
  } else if (port_class == PortClass::ephemeral) {
    text_ += ": never assigned, given out by a host for a while.\n";
  } else {
    text_ += ".\n";
  }
}

std::string ExplainSink::host(const TraceRecord& record) const {
  std::string name;
  append_name(name, directory_.host(record.host));
  return name;
}

std::string ExplainSink::process(const TraceRecord& record) const {
  std::string name;
  if (!record.process) return "the host";
  append_name(name, directory_.process(record.host, record.process));
  return name;
}

}  // namespace demuxsim
