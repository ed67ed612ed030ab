#include "demuxsim/report/lookup_words.hpp"

#include <utility>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/connection_book.hpp"
#include "demuxsim/report/line_text.hpp"

namespace demuxsim {
namespace {

std::string compared(std::uint32_t count) {
  return count == 1 ? "1 key compared" : fmt::format("{} keys compared", count);
}

/// What the host does with a segment that nobody wants.
std::string_view refusal(const Segment& segment) {
  if (segment.icmp != IcmpError::none) {
    return "Nobody gets it: no connection of this host has sent what it quotes. It is ignored.";
  }
  if (segment.has(flag::kRst)) {
    return "Nobody gets it. It is a reset, and a reset is never answered.";
  }
  if (segment.has(flag::kSyn) && !segment.has(flag::kAck)) {
    return "Nobody gets it: the host refuses the connection with a reset (RST).";
  }
  return "Nobody gets it: the host knows no such connection and says so with a reset (RST).";
}

bool is_by_listener(LookupRule rule) {
  return rule == LookupRule::listener_address || rule == LookupRule::listener_any ||
         rule == LookupRule::reuseport_hash;
}

/// Puts together the words of one look-up.
class Explainer {
 public:
  Explainer(const TraceRecord& record, const LookupContext& context, const Directory& directory)
      : record_(record), context_(context), directory_(directory) {}

  LookupWords text();

 private:
  void step(std::string_view name, std::string sentence) {
    text_.steps.push_back({name, std::move(sentence), {}});
  }
  std::string connection_sentence() const;
  void listener_steps();
  std::string verdict() const;
  std::string_view listener_verdict() const;
  std::string port_note() const;
  std::string host() const;
  std::string process() const;

  const TraceRecord& record_;
  const LookupContext& context_;
  const Directory& directory_;
  LookupWords text_;
};

LookupWords Explainer::text() {
  step("address", fmt::format("{} is an address of {}: the segment has reached its host.",
                              to_string(record_.segment.destination), host()));
  step("4-tuple", connection_sentence());
  text_.steps.back().details = words_of_probes(context_.probes);
  listener_steps();
  text_.verdict = verdict();
  text_.port_note = port_note();
  return std::move(text_);
}

std::string Explainer::connection_sentence() const {
  const std::string table = fmt::format("table '{}', {}", directory_.algorithm(record_.host),
                                        compared(record_.examined_connections));
  const std::string tuple = fmt::format("{} - {}", to_string(record_.segment.to()),
                                        to_string(remote_end_of(record_.segment)));
  const std::string_view quoted =
      record_.segment.icmp == IcmpError::none ? "" : ", as the error quotes it";
  if (record_.rule == LookupRule::time_wait) {
    return fmt::format("{} is over and in TIME-WAIT ({}).", tuple, table);
  }
  if (record_.rule != LookupRule::exact_4_tuple) {
    return fmt::format("no connection {}{} ({}).", tuple, quoted, table);
  }
  return fmt::format("found the connection {}{}{}{} ({}).", tuple, quoted,
                     context_.state ? ", " : "", context_.state ? name_of(*context_.state) : "",
                     table);
}

void Explainer::listener_steps() {
  const Endpoint bound = record_.segment.to();
  const Endpoint any{{}, bound.port};
  const std::string count = compared(record_.examined_listeners);
  const auto nobody_on = [](const Endpoint& endpoint) {
    return fmt::format("nobody listens on {} itself.", to_string(endpoint));
  };
  switch (record_.rule) {
    case LookupRule::exact_4_tuple:
    case LookupRule::time_wait:
      return;  // A 4-tuple that is found settles it; listeners are not asked.
    case LookupRule::listener_address:
      step("listener", fmt::format("{} listens on {} ({}).", process(), to_string(bound), count));
      return;
    case LookupRule::listener_any:
      step("listener", nobody_on(bound));
      step("any address", fmt::format("{} listens on {} ({}).", process(), to_string(any), count));
      return;
    case LookupRule::reuseport_hash:
      step("listener", fmt::format("several sockets listen on port {} together ({}).",
                                   bound.port.value, count));
      step("choice", fmt::format("SO_REUSEPORT: a hash of the 4-tuple picks {}; the same 4-tuple "
                                 "always picks the same one.",
                                 process()));
      return;
    case LookupRule::port_switch:
      step("port switch",
           fmt::format("{} called {} and accepts that the answer comes from port {}.", process(),
                       to_string(record_.segment.source), record_.segment.source_port.value));
      return;
    case LookupRule::no_match:
      if (record_.segment.icmp != IcmpError::none) return;  // Listeners send nothing to quote.
      step("listener", nobody_on(bound));
      step("any address", fmt::format("nobody listens on {} ({}).", to_string(any), count));
      return;
  }
}

std::string Explainer::verdict() const {
  if (record_.rule == LookupRule::no_match) return std::string(refusal(record_.segment));
  if (record_.rule == LookupRule::time_wait) {
    return "No process gets it: the host keeps the 4-tuple for 2 MSL, so that a late segment "
           "cannot be taken for one of a new connection.";
  }
  if (!record_.process) {
    return "No process gets it: its owner has closed, and the host finishes the connection.";
  }
  std::string text;
  append_owner(text, record_, directory_);
  if (is_by_listener(record_.rule)) {
    text += listener_verdict();
    return text;
  }
  text += record_.segment.icmp == IcmpError::none ? " gets it."
                                                  : " is whom it concerns; TCP decides what to do.";
  if (record_.rule != LookupRule::exact_4_tuple || record_.fd != kNoDescriptor) return text;
  text += is_closed_by_owner(context_.state)
              ? " It has closed the connection, and the host finishes it."
          : record_.segment.payload_bytes != 0
              ? " It has not accepted the connection yet: the bytes wait in the host."
              : " It has not accepted the connection yet.";
  return text;
}

/// RFC 9293 section 3.10.7.2.
std::string_view Explainer::listener_verdict() const {
  if (record_.segment.has(flag::kRst)) return " listens there; a reset of nothing is ignored.";
  if (record_.segment.has(flag::kAck)) {
    return " listens there, but what acknowledges something belongs to a connection that "
           "does not exist: the host answers with a reset.";
  }
  return " gets it.";
}

std::string Explainer::port_note() const {
  const Port port = record_.segment.destination_port;
  const PortClass port_class = class_of(port);
  const PortRange range = range_of(port_class);
  std::string note = fmt::format("Port {} is {} ({}-{})", port.value, name_of(port_class),
                                 range.first.value, range.last.value);
  const std::string_view service =
      context_.service_name == nullptr ? std::string_view{} : context_.service_name(port);
  if (!service.empty()) {
    append_format(note, "; IANA has assigned it to {}.", service);
  } else if (port_class == PortClass::ephemeral) {
    note += ": never assigned, given out by a host for a while.";
  } else {
    note += '.';
  }
  return note;
}

std::string Explainer::host() const {
  std::string name;
  append_name(name, directory_.host(record_.host));
  return name;
}

std::string Explainer::process() const {
  std::string name;
  if (!record_.process) return "the host";
  append_name(name, directory_.process(record_.host, record_.process));
  return name;
}

}  // namespace

LookupWords words_of(const TraceRecord& lookup, const LookupContext& context,
                     const Directory& directory) {
  return Explainer(lookup, context, directory).text();
}

Endpoint remote_end_of(const Segment& segment) {
  return {segment.icmp == IcmpError::none ? segment.source : segment.quoted_destination(),
          segment.source_port};
}

std::string purpose_of(const Segment& segment) {
  if (segment.icmp != IcmpError::none) {
    return fmt::format("It tells what became of a segment to {} (ICMP {}).",
                       to_string(remote_end_of(segment)), name_of(segment.icmp));
  }
  if (segment.has(flag::kRst)) return "It breaks the connection off (RST).";
  if (segment.has(flag::kSyn)) {
    return segment.has(flag::kAck) ? "It accepts the connection and opens the way back (SYN, ACK)."
                                   : "It asks for a connection (SYN).";
  }
  const bool last = segment.has(flag::kFin);
  if (segment.payload_bytes != 0) {
    return fmt::format("It brings {} byte{}{}.", segment.payload_bytes,
                       segment.payload_bytes == 1 ? "" : "s",
                       last ? ", the last of its sender (FIN)" : "");
  }
  if (last) return "Its sender has nothing more to send (FIN).";
  return segment.has(flag::kAck) ? "It says what has arrived (ACK)." : "It has no flags at all.";
}

std::string_view words_of(DropReason reason) {
  switch (reason) {
    case DropReason::none:
      return "for no stated reason";
    case DropReason::loss:
      return "the link lost it, by chance";
    case DropReason::queue_full:
      return "the queue before the link was full";
    case DropReason::link_down:
      return "the link is down, or was cut with the segment on it";
    case DropReason::partition:
      return "its two ends are on different sides of a partition";
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
    case DropReason::checksum:
      return "its checksum is wrong: bits were damaged on the way";
    case DropReason::unacceptable:
      return "TCP ignores such a segment here";
  }
  return "";
}

}  // namespace demuxsim
