#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/check_report.hpp"
#include "cli/commands.hpp"
#include "cli/drive.hpp"
#include "cli/output.hpp"
#include "cli/scenario_input.hpp"
#include "cli/terminal.hpp"
#include "demuxsim/report/sockets.hpp"
#include "demuxsim/scenario/run.hpp"
#include "scenario/diagnostic_text.hpp"
#include "scenario/value_name.hpp"

namespace demuxsim::cli {
namespace {

/// Hosts in a row.
struct HostRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// `web`, `client.7`, or all of `client`; everybody for an empty name.
Result<HostRange, UsageError> hosts_named(const ScenarioSpec& spec, const std::string& name) {
  if (name.empty()) return HostRange{0, spec.host_count};
  loading::NameTable names("host");
  for (const HostGroupSpec& group : spec.hosts) {
    names.add(group.name, group.count, group.numbered, group.span);
  }
  if (const auto* const entry = names.find_entry(name))
    return HostRange{entry->first, entry->count};
  const auto found = names.find(name);
  if (!found) return failure(UsageError{found.error().message, found.error().help});
  return HostRange{found->number, 1};
}

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
    case Format::text:
    case Format::csv:  // Not to be had here.
      return write_sockets(out, tables, run.directory(),
                           {options.timers, wants_color(options.color, output.descriptor())});
    case Format::json:
      return write_sockets_json(out, run.end(), tables, run.directory());
    case Format::jsonl:
      return write_sockets_jsonl(out, run.end(), tables, run.directory());
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
