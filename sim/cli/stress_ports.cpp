#include <string>
#include <utility>

#include <fmt/core.h>

#include "cli/stress_run.hpp"
#include "demuxsim/ports/measure.hpp"

namespace demuxsim::cli {
namespace {

StressTable empty_table(PortRange range, std::uint64_t seed) {
  StressTable table;
  table.notes = {
      fmt::format("Ports {}-{}, so much of them in use to one destination; seed {}.",
                  range.first.value, range.last.value, seed),
      "opening: ports looked at for each of the last hundredth of so many connections.",
      fmt::format("renewing: the same for {} new ones, each after one has ended; failed of them.",
                  range.size()),
      "reuse: connections until a port that was free again came again.",
      "guessed: the next port, by who knows the last of his own, or the destination's last."};
  table.columns = {{"pick", "pick"},
                   {"occupancy_percent", "in use %", 2},
                   {"connections", "connections"},
                   {"opening_mean", "opening", 1},
                   {"opening_p99", "p99"},
                   {"opening_max", "max"},
                   {"renewing_mean", "renewing", 1},
                   {"renewing_p99", "p99"},
                   {"renewing_max", "max"},
                   {"failed_percent", "failed %", 2},
                   {"reuse_min", "reuse min"},
                   {"reuse_median", "median"},
                   {"guessed_from_own_percent", "guessed own %", 1},
                   {"guessed_from_destination_percent", "dest. %", 1}};
  table.group_columns = 1;
  return table;
}

double percent(Ratio share) {
  return 100 * static_cast<double>(share.numerator) / static_cast<double>(share.denominator);
}

void append_probes(std::vector<StressValue>& row, const PortProbes& probes) {
  row.insert(row.end(), {probes.mean, std::uint64_t{probes.p99}, std::uint64_t{probes.max}});
}

std::vector<StressValue> row_of(const PortWorkload& workload, const PortMeasurement& measured) {
  std::vector<StressValue> row{std::string(name_of(workload.ports.pick)),
                               percent(workload.occupancy), std::uint64_t{measured.connections}};
  append_probes(row, measured.filling);
  append_probes(row, measured.steady);
  row.emplace_back(percent({measured.refused, workload.steps}));
  if (measured.reuse.count != 0) {
    row.insert(row.end(),
               {std::uint64_t{measured.reuse.min}, std::uint64_t{measured.reuse.median}});
  } else {
    row.insert(row.end(), {std::monostate{}, std::monostate{}});
  }
  row.insert(row.end(), {100 * measured.guesses.from_own, 100 * measured.guesses.from_destination});
  return row;
}

Plot empty_plot(const StressOptions& options) {
  Plot plot;
  plot.title = fmt::format("What an ephemeral port costs, of {}-{}", options.range->first.value,
                           options.range->last.value);
  plot.x_label = "% of the range in use";
  plot.x = PlotScale::percent;
  plot.columns = 2;
  for (const PortPick pick : options.picks) plot.names.emplace_back(name_of(pick));
  plot.panels = {{"Opening the last hundredth", "ports looked at, mean", {}, {}, {}},
                 {"One ends, another begins", "ports looked at, mean", {}, {}, {}}};
  for (PlotPanel& panel : plot.panels) panel.curves.resize(options.picks.size());
  return plot;
}

}  // namespace

StressReport stress_ports(const StressOptions& options, std::uint64_t seed, StressWatch& watch) {
  StressReport report{empty_table(*options.range, seed), empty_plot(options)};
  for (std::size_t i = 0; i < options.picks.size(); ++i) {
    const PortPick pick = options.picks[i];
    for (const Ratio occupancy : options.occupancies) {
      const double in_use = percent(occupancy);
      if (!watch.goes_on(fmt::format("{} {:g}%", name_of(pick), in_use))) return report;
      const PortWorkload workload{.ports = {.range = *options.range, .pick = pick},
                                  .occupancy = occupancy,
                                  .steps = options.range->size(),
                                  .seed = seed};
      const PortMeasurement measured = measure_ports(workload);
      report.table.rows.push_back(row_of(workload, measured));
      report.plot.panels[0].curves[i].push_back({in_use, measured.filling.mean});
      report.plot.panels[1].curves[i].push_back({in_use, measured.steady.mean});
      watch.finish_one();
    }
  }
  return report;
}

}  // namespace demuxsim::cli
