#include "demuxsim/scenario/run.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "cli/check_report.hpp"
#include "cli/commands.hpp"
#include "cli/drive.hpp"
#include "cli/heading.hpp"
#include "cli/output.hpp"
#include "cli/run_files.hpp"
#include "cli/run_stats.hpp"
#include "cli/scenario_input.hpp"
#include "cli/summing_up.hpp"
#include "cli/terminal.hpp"
#include "demuxsim/report/jsonl.hpp"
#include "demuxsim/report/sockets.hpp"
#include "demuxsim/report/text.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::cli {
namespace {

/// In a run, socket tables are there to round off the story; `ss` shows everything.
constexpr std::size_t kMostHosts = 20;
constexpr std::size_t kMostRows = 100;

void write_section(ByteSink& out, std::string_view text) {
  out.append("\n");
  out.append(text);
}

/// The tables of the hosts that have sockets, the first of them.
void write_tables(ByteSink& out, ScenarioRun& run, bool colour) {
  Simulation& simulation = run.simulation();
  std::size_t more_hosts = 0;
  std::size_t shown_hosts = 0;
  for (std::uint32_t i = 0; i < simulation.host_count(); ++i) {
    const std::vector<SocketRow> rows = simulation.host(HostId{i}).sockets(run.end());
    if (rows.empty()) continue;
    if (shown_hosts == kMostHosts) {
      ++more_hosts;
      continue;
    }
    ++shown_hosts;
    const std::size_t shown = std::min(rows.size(), kMostRows);
    const HostSockets table{HostId{i}, std::span(rows).first(shown)};
    out.append("\n");
    write_sockets(out, std::span(&table, 1), run.directory(), {.colour = colour});
    if (shown < rows.size()) out.append(fmt::format("... and {} more\n", rows.size() - shown));
  }
  if (more_hosts > 0) write_section(out, fmt::format("... and {} more hosts\n", more_hosts));
}

template <class Sink>
void write_verdicts(Sink& sink, std::span<const Verdict> verdicts, const Options& options) {
  for (const ExpectationResult& result : results_shown(verdicts, options)) {
    sink.expectation(result);
  }
}

/// A payload byte that is not the one its connection would carry at that place: the simulator has
/// misled a segment, or the scenario has injected one.
void warn_of_misdelivery(ScenarioRun& run) {
  if (const std::uint64_t bytes = run.simulation().totals().bytes_misdelivered; bytes != 0) {
    complain(
        fmt::format("warning: processes received {} bytes that their peers did not send", bytes));
  }
}

Status run_as_text(const Options& options, const ScenarioInput& input, ScenarioRun& run,
                   Output& output) {
  const bool colour = wants_color(options.color, output.descriptor());
  ByteSink& out = output.sink();
  TextSink sink(run.directory(), out,
                {options.absolute_seq, options.verbose, colour, loading::printable(input.path)});
  if (!options.quiet) {
    out.append(heading(input.spec, options.verbose));
    run.simulation().trace().attach(sink, TraceKinds::happenings());
  }
  if (const Status status = drive({run, output, !options.quiet}); status != Status::ok) {
    return status;
  }
  if (!options.quiet) {
    write_tables(out, run, colour);
    out.append("\n");
  }
  write_verdicts(sink, run.verdicts(), options);
  sink.summary(summary_of(run));
  return verdict_status(run);
}

Status run_as_jsonl(const Options& options, ScenarioRun& run, Output& output) {
  JsonlSink sink(run.directory(), output.sink());
  if (!options.quiet) run.simulation().trace().attach(sink, TraceKinds::happenings());
  if (const Status status = drive({run, output, !options.quiet}); status != Status::ok) {
    return status;
  }
  write_verdicts(sink, run.verdicts(), options);
  sink.summary(summary_of(run));
  return verdict_status(run);
}

}  // namespace

Status run_scenario(const Options& options) {
  const auto input = load_scenario(options);
  if (!input) return Status::usage;
  Output output(options.output);
  if (!output.is_open()) return Status::machine;
  ScenarioRun run(input->spec);
  const CheckReport check_report(run, input->spec.seed);
  RunFiles files(options, *input, run);
  if (const Status attached = files.attach(); attached != Status::ok) return attached;
  const Status status = options.stats ? run_with_stats(options, *input, run, output)
                        : options.format == Format::jsonl
                            ? run_as_jsonl(options, run, output)
                            : run_as_text(options, *input, run, output);
  const Status finished = files.finish(output.finish(status));
  warn_of_misdelivery(run);
  return finished;
}

}  // namespace demuxsim::cli
