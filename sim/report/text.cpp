#include "demuxsim/report/text.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/net/port.hpp"
#include "demuxsim/report/lookup_text.hpp"
#include "demuxsim/tcp/state.hpp"

namespace demuxsim {
namespace {

/// A host with a longer name pushes its lines to the right, rather than all others.
constexpr std::size_t kWidestHostColumn = 24;

Colour colour_of(HostId host) {
  constexpr Colour kHosts[] = {Colour::cyan, Colour::green, Colour::blue, Colour::magenta};
  return kHosts[host.value % std::size(kHosts)];
}

Colour colour_of(TcpState state) {
  switch (state) {
    case TcpState::established:
    case TcpState::listen:
      return Colour::green;
    case TcpState::closed:
      return Colour::none;
    default:
      return Colour::yellow;
  }
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

TextSink::TextSink(const Directory& directory, ByteSink& out, TextOptions options)
    : directory_(directory), out_(out), options_(std::move(options)), painter_(options_.colour) {}

void TextSink::consume(std::span<const TraceRecord> records) {
  for (const TraceRecord& record : records) {
    if (record.kind != TraceKind::probe) line(record);
  }
  out_.append(text_);
  text_.clear();
}

void TextSink::line(const TraceRecord& record) {
  book_.note(record);
  append_time(text_, record.at);
  text_ += "  ";
  const std::string host = directory_.host(record.host);
  painter_.start(text_, colour_of(record.host));
  append_name(text_, host);
  painter_.stop(text_, colour_of(record.host));
  const std::size_t column = std::min(directory_.longest_host_name(), kWidestHostColumn);
  text_.append(std::max(column, host.size()) - host.size() + 2, ' ');
  happening(record);
  text_ += '\n';
}

void TextSink::happening(const TraceRecord& record) {
  switch (record.kind) {
    case TraceKind::segment_sent:
    case TraceKind::segment_received:
    case TraceKind::segment_dropped:
      return segment(record);
    case TraceKind::demux:
      return demux(record);
    case TraceKind::state:
      return state(record);
    case TraceKind::port:
      return port(record);
    case TraceKind::call:
      return call(record);
    case TraceKind::probe:
      return;
  }
}

void TextSink::segment(const TraceRecord& record) {
  const Colour colour = record.segment.has(flag::kRst) ? Colour::red : Colour::none;
  painter_.start(text_, colour);
  append_segment(text_, options_.absolute_seq ? record.segment : book_.relative(record.segment),
                 options_.verbose);
  painter_.stop(text_, colour);
  if (record.kind == TraceKind::segment_sent) text_ += "  (sent)";
  if (record.kind != TraceKind::segment_dropped) return;
  text_ += "  (";
  painter_.paint(text_, Colour::red, fmt::format("dropped: {}", name_of(record.reason)));
  text_ += ')';
}

void TextSink::demux(const TraceRecord& record) {
  text_ += "demux  ";
  append_lookup(text_, record, directory_, book_);
}

void TextSink::state(const TraceRecord& record) {
  text_ += "state  ";
  append(text_, record.segment.from());
  text_ += " - ";
  append(text_, record.segment.to());
  text_ += "  ";
  append_state(record.from);
  text_ += " -> ";
  append_state(record.to);
  if (options_.verbose) append_socket(record.socket);
}

void TextSink::append_state(std::uint8_t state) {
  const auto value = static_cast<TcpState>(state);
  painter_.paint(text_, colour_of(value), name_of(value));
}

void TextSink::port(const TraceRecord& record) {
  const Port port = record.segment.source_port;
  text_ += "port   ";
  append_number(text_, port.value);
  text_ += " (";
  text_ += name_of(class_of(port));
  text_ += ") ";
  text_ += name_of(record.port_action);
  if (!record.process) return;
  text_ += " by ";
  append_owner(text_, record, directory_);
}

void TextSink::call(const TraceRecord& record) {
  text_ += "call   ";
  if (record.process) {
    append_name(text_, directory_.process(record.host, record.process));
    text_ += ": ";
  }
  append_call(text_, record);
  if (record.result == Errno::ok) {
    text_ += " = ok";
  } else {
    text_ += " = ";
    painter_.paint(text_, Colour::red, fmt::format("-1 {}", name_of(record.result)));
  }
  append_socket(record.socket);
}

void TextSink::append_socket(SocketName name) {
  const std::string socket = name ? directory_.socket(name) : std::string{};
  if (socket.empty()) return;
  text_ += "  [";
  append_name(text_, socket);
  text_ += ']';
}

void TextSink::expectation(const ExpectationResult& result) {
  std::string text = fmt::format("{}:{}: ", options_.file, result.line);
  if (result.held) {
    painter_.paint(text, Colour::green, "held");
    text += fmt::format(": {}\n", result.what);
    if (options_.verbose) text += fmt::format("    found:    {}\n", result.found);
  } else {
    painter_.paint(text, Colour::red, "failed");
    text += fmt::format("\n    expected: {}\n    found:    {}\n", result.what, result.found);
  }
  out_.append(text);
}

void TextSink::summary(const Summary& summary) {
  std::string text;
  append_time(text, summary.at);
  text +=
      fmt::format(" s simulated: {}, {} delivered, {} opened\n", counted(summary.events, "event"),
                  counted(summary.segments, "segment"), counted(summary.connections, "connection"));
  const std::string all = counted(summary.expectations, "expectation");
  if (summary.failed_expectations != 0) {
    painter_.paint(text, Colour::red,
                   fmt::format("{} of {} failed", summary.failed_expectations, all));
  } else if (summary.expectations != 0) {
    painter_.paint(text, Colour::green, all + " held");
  } else {
    text += "nothing was expected";
  }
  text += fmt::format("; fingerprint {:016x}\n", summary.fingerprint);
  out_.append(text);
}

}  // namespace demuxsim
