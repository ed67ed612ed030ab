#include <vector>

#include "cli/check_report.hpp"
#include "cli/commands.hpp"
#include "cli/drive.hpp"
#include "cli/host_range.hpp"
#include "cli/output.hpp"
#include "cli/scenario_input.hpp"
#include "cli/terminal.hpp"
#include "demuxsim/report/sockets.hpp"
#include "demuxsim/scenario/run.hpp"

namespace demuxsim::cli {
namespace {

void write_tables(const Options& options, ScenarioRun& run, HostRange hosts, Output& output) {
  std::vector<std::vector<SocketRow>> rows;
  std::vector<HostSockets> tables;
  rows.reserve(hosts.count);
  tables.reserve(hosts.count);
  for (std::uint32_t i = 0; i < hosts.count; ++i) {
    const HostId host{hosts.first + i};
    rows.push_back(run.simulation().host(host).sockets(run.end()));
    tables.push_back({host, rows.back()});
  }
  ByteSink& out = output.sink();
  switch (options.format) {
    case Format::json:
      return write_sockets_json(out, run.end(), tables, run.directory());
    case Format::jsonl:
      return write_sockets_jsonl(out, run.end(), tables, run.directory());
    default:
      return write_sockets(out, tables, run.directory(),
                           {options.timers, wants_color(options.color, output.descriptor())});
  }
}

}  // namespace

Status show_sockets(const Options& options) {
  const auto input = load_scenario(options);
  if (!input) return Status::usage;
  const auto hosts = hosts_named(input->spec, options.host);
  if (!hosts) {
    complain_of_usage(hosts.error());
    return Status::usage;
  }
  Output output(options.output);
  if (!output.is_open()) return Status::machine;
  ScenarioRun run(input->spec);
  const CheckReport check_report(run, input->spec.seed);
  const Status status = drive({run, output});
  if (status == Status::ok) write_tables(options, run, *hosts, output);
  return output.finish(status);
}

}  // namespace demuxsim::cli
