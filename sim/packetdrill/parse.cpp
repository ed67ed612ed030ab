#include "demuxsim/packetdrill/parse.hpp"

#include <algorithm>
#include <tuple>

#include "packetdrill/branches.hpp"
#include "packetdrill/grammar.hpp"
#include "packetdrill/reader.hpp"
#include "scenario/source_text.hpp"

namespace demuxsim::packetdrill {
namespace {

/// Somebody who has made so many mistakes has given the wrong file.
constexpr std::size_t kMostComplaints = 1000;

SegmentEvent read_segment_event(Reader& reader, bool outbound) {
  SegmentEvent event;
  event.outbound = outbound;
  if (reader.take("[")) event.ip_note = reader.take_through("]", reader.offset() - 1);
  if (!reader.has_failed()) event.pattern = read_segment(reader);
  return event;
}

void read_what(Reader& reader, ScriptEvent& event) {
  const std::size_t begin = reader.offset();
  const bool outbound = reader.peek() == '>';
  if (reader.take(">") || reader.take("<")) {
    if (reader.take("icmp")) {
      IcmpEvent icmp = read_icmp(reader);
      icmp.outbound = outbound;
      event.what = std::move(icmp);
    } else {
      event.what = read_segment_event(reader, outbound);
    }
  } else if (reader.take("`")) {
    event.what = ShellEvent{std::string(reader.take_through("`", begin))};
  } else if (reader.take("%{")) {
    event.what = read_assertions(reader);
  } else {
    event.what = read_call(reader);
  }
}

ScriptEvent read_event(Reader& reader) {
  ScriptEvent event;
  const std::size_t begin = reader.offset();
  const bool has_time = reader.peek() != '`' && reader.peek() != '%';
  if (has_time) event.time = read_time(reader);
  reader.at_end();
  if (!reader.has_failed()) read_what(reader, event);
  event.span = reader.span_from(begin);
  const bool blocks = event.time.end.has_value();
  if (blocks && !std::holds_alternative<CallEvent>(event.what)) {
    reader.complain(begin, "only a call can take its time",
                    "the time of anything else may be a range: 0.1~0.2");
  }
  return event;
}

/// Behind `--`.
ScriptOption read_option(Reader& reader, std::size_t begin) {
  ScriptOption option;
  option.name = reader.take_until("= \t\r\n");
  if (option.name.empty()) reader.complain(begin, "the name of an option is missing here");
  if (reader.take("=")) option.value = reader.take_until(" \t\r\n");
  option.span = reader.span_from(begin);
  return option;
}

}  // namespace

EventTime read_time(Reader& reader) {
  using enum EventTime::Kind;
  EventTime time;
  if (reader.take("*")) {
    time.kind = any;
    return time;
  }
  const std::size_t begin = reader.offset();
  time.kind = reader.take("+") ? relative : absolute;
  time.from = time.to = reader.seconds().value_or(Duration{0});
  if (reader.has_failed()) return time;
  if (reader.take("~")) {
    reader.take("+");
    time.to = reader.seconds().value_or(Duration{0});
  }
  if (!reader.has_failed() && reader.take("...")) time.end = reader.seconds();
  if (!reader.has_failed() && (time.to < time.from || time.end.value_or(time.to) < time.to)) {
    reader.complain(begin, "the end of this range lies before its begin");
  }
  return time;
}

Result<Script, Diagnostics> parse_script(const SourceFile& source, Profile profile) {
  if (auto noise = loading::find_noise(source.text)) return failure(Diagnostics{*noise});
  Diagnostics diagnostics;
  const std::string text = without_other_branches(source.text, profile, diagnostics);
  Reader reader(text, diagnostics);
  Script script{source.path, {}, {}};
  while (!reader.at_end() && diagnostics.size() < kMostComplaints) {
    const std::size_t begin = reader.offset();
    if (reader.take("--")) {
      script.options.push_back(read_option(reader, begin));
    } else {
      script.events.push_back(read_event(reader));
    }
    if (reader.has_failed()) reader.recover(begin);
  }
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const auto& a, const auto& b) {
    return std::tie(a.span.line, a.span.column) < std::tie(b.span.line, b.span.column);
  });
  if (!diagnostics.empty()) return failure(std::move(diagnostics));
  return script;
}

}  // namespace demuxsim::packetdrill
