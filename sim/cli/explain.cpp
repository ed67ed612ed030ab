#include "demuxsim/report/explain.hpp"

#include <fmt/core.h>

#include "cli/check_report.hpp"
#include "cli/commands.hpp"
#include "cli/drive.hpp"
#include "cli/heading.hpp"
#include "cli/output.hpp"
#include "cli/scenario_input.hpp"
#include "cli/socket_named.hpp"
#include "cli/terminal.hpp"
#include "demuxsim/ports/services.hpp"
#include "demuxsim/report/explain_filter.hpp"
#include "demuxsim/scenario/run.hpp"

namespace demuxsim::cli {
namespace {

/// Attached in any case, so that it counts.
constexpr TraceKinds kKinds = TraceKinds{}
                                  .with(TraceKind::demux)
                                  .with(TraceKind::probe)
                                  .with(TraceKind::segment_sent)
                                  .with(TraceKind::segment_dropped)
                                  .with(TraceKind::state);

bool chooses(const Options& options) { return options.segment || !options.socket.empty(); }

/// Of a run that is over: what was asked for did not happen.
Status check_found(const Options& options, const ExplainFilter& filter) {
  if (filter.count() != 0 || !chooses(options)) return Status::ok;
  if (options.segment && (*options.segment == 0 || *options.segment > filter.segments())) {
    complain_of_usage({fmt::format("there is no segment {}", *options.segment),
                       fmt::format("the run has segments 1 to {}", filter.segments())});
    return Status::usage;
  }
  complain_of_usage(
      {!options.segment ? "no segment reached or left that socket"
       : options.socket.empty()
           ? "that segment was on its way when the run ended"
           : "that segment is of another socket, or was on its way when the run ended",
       {}});
  return Status::usage;
}

}  // namespace

Status explain_scenario(const Options& options) {
  const auto input = load_scenario(options);
  if (!input) return Status::usage;
  Result<SocketName, UsageError> socket = SocketName{};
  if (!options.socket.empty()) socket = socket_named(input->spec, options.socket);
  if (!socket) {
    complain_of_usage(socket.error());
    return Status::usage;
  }
  Output output(options.output);
  if (!output.is_open()) return Status::machine;
  ScenarioRun run(input->spec);
  const CheckReport check_report(run, input->spec.seed);
  ExplainSink sink(run.directory(), output.sink(), {options.absolute_seq, tcp_service_on});
  ExplainFilter filter(sink, {options.segment, *socket});
  run.simulation().trace().attach(filter, kKinds);
  if (!chooses(options)) {
    std::string title = heading(input->spec, false);
    if (!title.empty()) title += '\n';
    output.sink().append(title);
  }
  const Status status = drive({run, output});
  return output.finish(status == Status::ok ? check_found(options, filter) : status);
}

}  // namespace demuxsim::cli
