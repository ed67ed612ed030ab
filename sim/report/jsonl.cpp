#include "demuxsim/report/jsonl.hpp"

#include <array>
#include <utility>

#include "demuxsim/core/text.hpp"
#include "demuxsim/net/port.hpp"
#include "demuxsim/report/results_json.hpp"
#include "demuxsim/tcp/state.hpp"

namespace demuxsim {
namespace {

/// More than all of a line that is not a name: keys, numbers, addresses, flags.
constexpr std::size_t kFixedBytes = 768;

struct FlagsText {
  std::array<char, 40> bytes{};
  std::size_t size = 0;
  constexpr void add(std::string_view piece) {
    for (const char c : piece) bytes[size++] = c;
  }
  constexpr std::string_view view() const { return {bytes.data(), size}; }
};

constexpr FlagsText flags_text(unsigned flags) {
  constexpr std::pair<std::uint8_t, std::string_view> kInOrder[] = {
      {flag::kSyn, "\"SYN\""}, {flag::kAck, "\"ACK\""}, {flag::kFin, "\"FIN\""},
      {flag::kRst, "\"RST\""}, {flag::kPsh, "\"PSH\""}, {flag::kUrg, "\"URG\""}};
  FlagsText text;
  text.add("[");
  for (const auto& [bit, name] : kInOrder) {
    if ((flags & bit) == 0) continue;
    if (text.size > 1) text.add(",");
    text.add(name);
  }
  text.add("]");
  return text;
}

/// The array for each of the 64 sets of flags.
constexpr auto kFlagsTexts = [] {
  std::array<FlagsText, 64> texts;
  for (unsigned flags = 0; flags < texts.size(); ++flags) texts[flags] = flags_text(flags);
  return texts;
}();

std::string_view flags_json(std::uint8_t flags) { return kFlagsTexts[flags & 63u].view(); }

void write_tuple(LineWriter& line, JsonNames& names, const Segment& segment) {
  line.text(",\"src\":\"");
  line.text(names.address(segment.source));
  line.text("\",\"sport\":");
  line.number(segment.source_port.value);
  line.text(",\"dst\":\"");
  line.text(names.address(segment.destination));
  line.text("\",\"dport\":");
  line.number(segment.destination_port.value);
}

void write_endpoint(LineWriter& line, JsonNames& names, const Endpoint& endpoint) {
  line.text("\"");
  line.text(names.before_port(endpoint.address));
  if (endpoint.address.is_unspecified() && endpoint.port == Port{}) {
    line.text("*");
  } else {
    line.number(endpoint.port.value);
  }
  line.text("\"");
}

std::string_view action_of(TraceKind kind) {
  switch (kind) {
    case TraceKind::segment_sent:
      return "sent";
    case TraceKind::segment_received:
      return "received";
    default:
      return "dropped";
  }
}

/// Appends an object with the arguments of a call, under their names.
void append_args(std::string& out, const TraceRecord& record) {
  const auto text = [&](const Endpoint& endpoint) { return to_string(endpoint); };
  const Segment& segment = record.segment;
  switch (record.call) {
    case SocketCall::bind:
    case SocketCall::connect:
    case SocketCall::accept:
      append_format(out, R"({{"address":"{}"}})", text(segment.to()));
      return;
    case SocketCall::listen:
      append_format(out, R"({{"address":"{}","backlog":{}}})", text(segment.to()), record.amount);
      return;
    case SocketCall::send:
    case SocketCall::receive:
      append_format(out, R"({{"bytes":{}}})", record.amount);
      return;
    case SocketCall::shutdown:
      out += R"({"how":"write"})";
      return;
    case SocketCall::inject:
      append_format(out, R"({{"from":"{}","to":"{}","flags":{}}})", text(segment.from()),
                    text(segment.to()), flags_json(segment.flags));
      return;
    case SocketCall::close:
    case SocketCall::abort:
    case SocketCall::exit:
    case SocketCall::reboot:
      out += "{}";
      return;
  }
}

}  // namespace

void JsonlSink::consume(std::span<const TraceRecord> records) {
  for (const TraceRecord& record : records) {
    switch (record.kind) {
      case TraceKind::segment_sent:
      case TraceKind::segment_received:
      case TraceKind::segment_dropped:
        segment(record);
        break;
      case TraceKind::demux:
        demux(record);
        break;
      case TraceKind::state:
        state(record);
        break;
      case TraceKind::port:
        port(record);
        break;
      case TraceKind::call:
        call(record);
        break;
      case TraceKind::probe:
        break;
    }
  }
}

/// What a line starts with. Most records share their instant with the one before.
std::string_view JsonlSink::head(SimTime at) {
  if (at != head_at_) {
    head_at_ = at;
    head_ = "{\"t_ns\":";
    append_number(head_, static_cast<std::uint64_t>(at.time_since_epoch().count()));
    head_ += ",\"kind\":\"";
  }
  return head_;
}

void JsonlSink::segment(const TraceRecord& record) {
  const std::string_view host = names_.host(record.host);
  const Segment& segment = record.segment;
  options_.clear();
  if (segment.option_bytes() != 0) {
    options_ = ",\"options\":";
    append_options_json(options_, segment);
  }
  LineWriter line(out_, kFixedBytes + host.size() + options_.size());
  line.text(head(record.at));
  line.text("segment\",\"id\":");
  line.number(segment.id);
  line.text(",\"action\":\"");
  line.text(action_of(record.kind));
  line.text("\",\"host\":");
  line.text(host);
  write_tuple(line, names_, segment);
  line.text(",\"flags\":");
  line.text(flags_json(segment.flags));
  line.text(",\"seq\":");
  line.number(segment.seq.value);
  line.text(",\"ack\":");
  line.number(segment.ack.value);
  line.text(",\"win\":");
  line.number(segment.window);
  line.text(",\"len\":");
  line.number(segment.payload_bytes);
  line.text(options_);
  if (segment.icmp != IcmpError::none) {
    line.text(",\"icmp\":\"");
    line.text(name_of(segment.icmp));
    line.text("\",\"quoted_dst\":\"");
    line.text(names_.address(segment.quoted_destination()));
    line.text("\"");
  }
  if (segment.has_option(Segment::kDamaged)) line.text(",\"damaged\":true");
  if (record.kind == TraceKind::segment_dropped) {
    line.text(",\"reason\":\"");
    line.text(name_of(record.reason));
    line.text("\"");
  }
  line.text("}\n");
}

void JsonlSink::demux(const TraceRecord& record) {
  const std::string_view host = names_.host(record.host);
  const std::string_view process = names_.process(record.host, record.process);
  const std::string_view algorithm = names_.algorithm(record.host);
  LineWriter line(out_, kFixedBytes + host.size() + process.size() + algorithm.size());
  line.text(head(record.at));
  line.text("demux\",\"id\":");
  line.number(record.segment.id);
  line.text(",\"host\":");
  line.text(host);
  write_tuple(line, names_, record.segment);
  line.text(",\"rule\":\"");
  line.text(name_of(record.rule));
  line.text("\",\"examined\":");
  line.number(std::uint64_t{record.examined_connections} + record.examined_listeners);
  line.text(",\"examined_connections\":");
  line.number(record.examined_connections);
  line.text(",\"examined_listeners\":");
  line.number(record.examined_listeners);
  line.text(",\"process\":");
  line.text(process);
  if (record.process) {
    line.text(",\"pid\":");
    line.number(pid_of(record.process));
  } else {
    line.text(",\"pid\":null");
  }
  if (record.fd != kNoDescriptor) {
    line.text(",\"fd\":");
    line.number(record.fd);
  } else {
    line.text(",\"fd\":null");
  }
  line.text(",\"algorithm\":");
  line.text(algorithm);
  line.text("}\n");
}

void JsonlSink::state(const TraceRecord& record) {
  const std::string_view host = names_.host(record.host);
  const std::string_view process = names_.process(record.host, record.process);
  const std::string_view socket = names_.socket(record.socket);
  LineWriter line(out_, kFixedBytes + host.size() + process.size() + socket.size());
  line.text(head(record.at));
  line.text("state\",\"host\":");
  line.text(host);
  line.text(",\"process\":");
  line.text(process);
  line.text(",\"socket\":");
  line.text(socket);
  line.text(",\"local\":");
  write_endpoint(line, names_, record.segment.from());
  line.text(",\"peer\":");
  write_endpoint(line, names_, record.segment.to());
  line.text(",\"from\":\"");
  line.text(name_of(static_cast<TcpState>(record.from)));
  line.text("\",\"to\":\"");
  line.text(name_of(static_cast<TcpState>(record.to)));
  line.text("\"}\n");
}

void JsonlSink::port(const TraceRecord& record) {
  const std::string_view host = names_.host(record.host);
  const std::string_view process = names_.process(record.host, record.process);
  const Port port = record.segment.source_port;
  LineWriter line(out_, kFixedBytes + host.size() + process.size());
  line.text(head(record.at));
  line.text("port\",\"host\":");
  line.text(host);
  line.text(",\"process\":");
  line.text(process);
  line.text(",\"port\":");
  line.number(port.value);
  line.text(",\"class\":\"");
  line.text(name_of(class_of(port)));
  line.text("\",\"action\":\"");
  line.text(name_of(record.port_action));
  line.text("\"");
  if (record.port_action == PortAction::allocated) {
    line.text(",\"probes\":");
    line.number(record.amount);
  }
  line.text("}\n");
}

void JsonlSink::call(const TraceRecord& record) {
  const std::string_view host = names_.host(record.host);
  const std::string_view process = names_.process(record.host, record.process);
  const std::string_view socket = names_.socket(record.socket);
  args_.clear();
  append_args(args_, record);
  LineWriter line(out_, kFixedBytes + host.size() + process.size() + socket.size());
  line.text(head(record.at));
  line.text("call\",\"host\":");
  line.text(host);
  line.text(",\"process\":");
  line.text(process);
  line.text(",\"call\":\"");
  line.text(name_of(record.call));
  line.text("\",\"args\":");
  line.text(args_);
  line.text(",\"result\":\"");
  line.text(name_of(record.result));
  line.text("\",\"socket\":");
  line.text(socket);
  line.text("}\n");
}

void JsonlSink::expectation(const ExpectationResult& result) {
  std::string line{head(result.at)};
  line += "expect\",";
  append_result(line, result);
  line += "}\n";
  out_.append(line);
}

void JsonlSink::summary(const Summary& summary) {
  std::string line{head(summary.at)};
  line += "summary\",";
  append_summary(line, summary);
  line += "}\n";
  out_.append(line);
}

}  // namespace demuxsim
