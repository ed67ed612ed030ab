#include <string>
#include <string_view>

#include <fmt/core.h>

#include "cli/compare_report.hpp"
#include "demuxsim/core/text.hpp"
#include "demuxsim/picture/ladder.hpp"
#include "demuxsim/report/json_text.hpp"
#include "demuxsim/report/results_json.hpp"
#include "demuxsim/report/stats_text.hpp"

namespace demuxsim::cli {
namespace {

/// Appends elements with commas between them.
template <class Range, class Element>
void append_list(std::string& out, const Range& range, Element element) {
  std::string_view before;
  for (const auto& each : range) {
    out += before;
    element(each);
    before = ",";
  }
}

void append_member(std::string& out, std::string_view key, std::string_view value) {
  append_json(out, key);
  out += ':';
  append_json(out, value);
}

void append_ports(std::string& out, const ComparedRun& run) {
  out += "\"ports\":{";
  append_list(out, run.ports().by_host(), [&](const auto& host) {
    append_json(out, run.seen().run.directory().host(host.first));
    out += ":[";
    append_list(out, host.second, [&](Port port) { append_number(out, port.value); });
    out += ']';
  });
  out += '}';
}

void append_expectations(std::string& out, const ComparedRun& run) {
  out += "\"expectations\":[";
  append_list(out, run.seen().verdicts, [&](const ExpectationResult& result) {
    out += '{';
    append_result(out, result);
    out += '}';
  });
  out += ']';
}

std::string_view name_of(RungKind kind) {
  switch (kind) {
    case RungKind::sent:
      return "sent";
    case RungKind::received:
      return "received";
    case RungKind::lost:
      return "lost";
    case RungKind::local:
      return "local";
    case RungKind::gap:
      return "gap";
  }
  return "";
}

/// What is empty is left out.
void append_rung(std::string& out, const Ladder& ladder, const LadderRung& rung) {
  append_format(out, R"({{"t_ns":{},"kind":"{}")", rung.at.time_since_epoch().count(),
                name_of(rung.kind));
  const auto add = [&](std::string_view key, std::string_view value) {
    if (value.empty()) return;
    out += ',';
    append_member(out, key, value);
  };
  if (rung.column < ladder.columns.size()) add("host", ladder.columns[rung.column]);
  if (rung.is_segment()) {
    append_format(out, R"(,"id":{})", rung.label.id);
    if (rung.far < ladder.columns.size()) add("other", ladder.columns[rung.far]);
    add("segment", rung.label.within(~std::size_t{0}));
  }
  add("call", rung.call);
  add("process", rung.process);
  add("rule", rung.rule);
  add("dropped", rung.drop);
  add("note", rung.note);
  if (!rung.states.empty()) {
    out += ",\"states\":[";
    append_list(out, rung.states, [&](const std::string& state) { append_json(out, state); });
    out += ']';
  }
  out += '}';
}

void append_ladder(std::string& out, const ComparedRun& run) {
  const Ladder ladder = ladder_of(run.seen());
  out += "\"ladder\":[";
  append_list(out, ladder.rungs, [&](const LadderRung& rung) { append_rung(out, ladder, rung); });
  out += ']';
}

void write_run(ByteSink& out, const ComparedRun& run) {
  std::string text = "{";
  append_member(text, "name", run.variant().name);
  text += ",\"set\":{";
  append_list(text, run.variant().settings,
              [&](const auto& setting) { append_member(text, setting.first, setting.second); });
  const Summary& summary = run.seen().summary;
  append_format(text, "}},\"summary\":{{\"t_ns\":{},", summary.at.time_since_epoch().count());
  append_summary(text, summary);
  text += "},";
  append_ports(text, run);
  text += ',';
  out.append(text);
  write_stats_json(out, run.stats());
  text = ",";
  append_expectations(text, run);
  text += ',';
  append_ladder(text, run);
  text += '}';
  out.append(text);
}

}  // namespace

void write_comparison_json(ByteSink& out, const ComparedRuns& runs) {
  std::string text = "{";
  append_member(text, "scenario", runs.front()->seen().path);
  text += ',';
  append_member(text, "title", runs.front()->spec().title);
  text += ",\"runs\":[";
  out.append(text);
  std::string_view before;
  for (const auto& each : runs) {
    out.append(before);
    write_run(out, *each);
    before = ",\n";
  }
  out.append("]}\n");
}

}  // namespace demuxsim::cli
