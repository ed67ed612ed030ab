#include "demuxsim/report/ledger.hpp"

#include <utility>
#include <vector>

#include "cli/check_report.hpp"
#include "cli/commands.hpp"
#include "cli/drive.hpp"
#include "cli/host_range.hpp"
#include "cli/output.hpp"
#include "cli/scenario_input.hpp"
#include "cli/terminal.hpp"
#include "demuxsim/ports/services.hpp"
#include "demuxsim/report/ledger_text.hpp"
#include "demuxsim/scenario/run.hpp"

namespace demuxsim::cli {
namespace {

std::vector<Port> reserved_within_range(const EphemeralConfig& config) {
  std::vector<Port> ports;
  if (config.reserved.empty()) return ports;
  for (std::uint32_t i = 0; i < config.range.size(); ++i) {
    const Port port{static_cast<std::uint16_t>(config.range.first.value + i)};
    if (config.reserved.contains(port)) ports.push_back(port);
  }
  return ports;
}

std::vector<HostLedger> make_ledgers(ScenarioRun& run, HostRange hosts, const LedgerBook& book) {
  std::vector<HostLedger> ledgers;
  ledgers.reserve(hosts.count);
  for (std::uint32_t i = 0; i < hosts.count; ++i) {
    const HostId id{hosts.first + i};
    const Host& host = run.simulation().host(id);
    const std::vector<SocketRow> rows = host.sockets(run.end());
    const EphemeralConfig& ephemeral = host.config().ephemeral;
    ledgers.push_back(make_ledger(
        {id, run.end(), rows, ephemeral.range, reserved_within_range(ephemeral)}, book));
  }
  return ledgers;
}

void write_ledgers(const Options& options, ScenarioRun& run, std::span<const HostLedger> ledgers,
                   Output& output) {
  ByteSink& out = output.sink();
  LedgerOptions shown{tcp_service_on};
  switch (options.format) {
    case Format::json:
      return write_ledger_json(out, run.end(), ledgers, run.directory(), shown);
    case Format::jsonl:
      return write_ledger_jsonl(out, run.end(), ledgers, run.directory(), shown);
    default:
      shown.colour = wants_color(options.color, output.descriptor());
      return write_ledger(out, ledgers, run.directory(), shown);
  }
}

}  // namespace

Status show_ledger(const Options& options) {
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
  LedgerBook book;
  run.simulation().trace().attach(book, LedgerBook::kinds());
  const Status status = drive({run, output});
  if (status == Status::ok) {
    run.simulation().trace().flush();
    write_ledgers(options, run, make_ledgers(run, *hosts, book), output);
  }
  return output.finish(status);
}

}  // namespace demuxsim::cli
