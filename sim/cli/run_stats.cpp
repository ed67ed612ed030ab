#include "cli/run_stats.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include <fmt/core.h>

#include "cli/drive.hpp"
#include "cli/heading.hpp"
#include "cli/stats_plot.hpp"
#include "cli/summing_up.hpp"
#include "cli/terminal.hpp"
#include "demuxsim/core/text.hpp"
#include "demuxsim/report/jsonl.hpp"
#include "demuxsim/report/results_json.hpp"
#include "demuxsim/report/stats.hpp"
#include "demuxsim/report/stats_text.hpp"
#include "demuxsim/report/text.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::cli {
namespace {

/// Hosts and processes that differ only by number are told apart up to so many of them: for people,
/// and for programs.
constexpr std::uint32_t kMostAlikeInText = 8;
constexpr std::uint32_t kMostAlike = 1000;

/// A run that is over or was interrupted.
struct CountedRun {
  const Options& options;
  const ScenarioInput& input;
  ScenarioRun& run;
  const StatsSink& stats;
  bool complete;
  SimTime end;
  Summary summary;
};

TextSink text_sink(const CountedRun& counted, ByteSink& out, bool colour) {
  return {counted.run.directory(),
          out,
          {false, counted.options.verbose, colour, loading::printable(counted.input.path)}};
}

void write_as_text(const CountedRun& counted, Output& output) {
  ByteSink& out = output.sink();
  const bool colour = wants_color(counted.options.color, output.descriptor());
  if (!counted.options.quiet) {
    out.append(heading(counted.input.spec, counted.options.verbose));
    out.append("\n");
  }
  write_stats(out, counted.stats, counted.end, colour);
  if (!counted.complete) return;
  out.append("\n");
  TextSink sink = text_sink(counted, out, colour);
  for (const auto& result : results_shown(counted.run.verdicts(), counted.options)) {
    sink.expectation(result);
  }
  sink.summary(counted.summary);
}

void write_as_jsonl(const CountedRun& counted, ByteSink& out) {
  write_stats_jsonl(out, counted.stats, counted.end);
  if (!counted.complete) return;
  JsonlSink sink(counted.run.directory(), out);
  for (const auto& result : results_shown(counted.run.verdicts(), counted.options)) {
    sink.expectation(result);
  }
  sink.summary(counted.summary);
}

void append_expectations(std::string& out, const CountedRun& counted) {
  out += "\"expectations\":[";
  std::string_view between = "\n";
  for (const auto& result : results_shown(counted.run.verdicts(), counted.options)) {
    append_format(out, "{}{{\"t_ns\":{},", between, result.at.time_since_epoch().count());
    append_result(out, result);
    out += '}';
    between = ",\n";
  }
  out += "]";
}

void write_as_json(const CountedRun& counted, ByteSink& out) {
  out.append(fmt::format("{{\"t_ns\":{},\"complete\":{},\n", counted.end.time_since_epoch().count(),
                         counted.complete));
  write_stats_json(out, counted.stats);
  std::string text = ",\n";
  append_expectations(text, counted);
  text += ",\n\"summary\":{";
  append_summary(text, counted.summary);
  text += "}}\n";
  out.append(text);
}

/// A table of numbers has no place for what failed and why: that goes to standard error.
void write_as_csv(const CountedRun& counted, ByteSink& out) {
  write_stats_csv(out, counted.stats, counted.summary);
  std::string text;
  ByteSink complaints(text);
  TextSink sink =
      text_sink(counted, complaints, wants_color(counted.options.color, kStandardError));
  for (const auto& result : results_of(counted.run.verdicts())) {
    if (!result.held) sink.expectation(result);
  }
  complaints.flush();
  write_error(text);
}

void write_answer(const CountedRun& counted, Output& output) {
  switch (counted.options.format) {
    case Format::json:
      return write_as_json(counted, output.sink());
    case Format::jsonl:
      return write_as_jsonl(counted, output.sink());
    case Format::csv:
      return write_as_csv(counted, output.sink());
    default:
      return write_as_text(counted, output);
  }
}

}  // namespace

Status run_with_stats(const Options& options, const ScenarioInput& input, ScenarioRun& run,
                      Output& output) {
  std::optional<Output> plot;
  if (!options.plot.empty()) {
    plot.emplace(options.plot);
    if (!plot->is_open()) return Status::machine;
  }
  StatsSink stats(run.directory(), options.format == Format::text ? kMostAlikeInText : kMostAlike);
  run.simulation().trace().attach(stats, TraceKinds::happenings());
  Status status = drive({run, output, !options.quiet});
  const bool complete = status == Status::ok;
  if (status == Status::machine) return status;
  const Summary summary = summary_of(run);
  const SimTime end = summary.at;
  write_answer({options, input, run, stats, complete, end, summary}, output);
  if (complete) status = verdict_status(run);
  if (!plot) return status;
  plot->sink().append(to_svg(plot_of(stats, end)));
  return plot->finish(status);
}

}  // namespace demuxsim::cli
