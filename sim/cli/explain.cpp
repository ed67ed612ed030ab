#include "demuxsim/report/explain.hpp"

#include "cli/check_report.hpp"
#include "cli/commands.hpp"
#include "cli/drive.hpp"
#include "cli/heading.hpp"
#include "cli/output.hpp"
#include "cli/scenario_input.hpp"
#include "demuxsim/ports/services.hpp"
#include "demuxsim/scenario/run.hpp"

namespace demuxsim::cli {

Status explain_scenario(const Options& options) {
  const auto input = load_scenario(options);
  if (!input) return Status::usage;
  Output output(options.output);
  if (!output.is_open()) return Status::machine;
  ScenarioRun run(input->spec);
  const CheckReport check_report(run, input->spec.seed);
  ExplainSink sink(run.directory(), output.sink(), {options.absolute_seq, tcp_service_on});
  run.simulation().trace().attach(sink, TraceKinds{}
                                            .with(TraceKind::demux)
                                            .with(TraceKind::probe)
                                            .with(TraceKind::segment_sent)
                                            .with(TraceKind::segment_dropped)
                                            .with(TraceKind::state));
  std::string title = heading(input->spec, false);
  if (!title.empty()) title += '\n';
  output.sink().append(title);
  return output.finish(drive({run, output}));
}

}  // namespace demuxsim::cli
