#include <chrono>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "cli/stress_run.hpp"
#include "demuxsim/stress/stress_cell.hpp"

namespace demuxsim::cli {
namespace {

Duration wall_clock() {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

StressTable empty_table(std::uint64_t seed) {
  StressTable table;
  table.notes = {
      fmt::format("Look-ups in tables of connections of many clients to one server, IPv4; seed {}.",
                  seed),
      "ns: wall time, one look-up after the other; tpca with note_sent, churn with insert, erase.",
      fmt::format("batch: the same by find_batch with {} keys at hand, where the table has it.",
                  StressCell::kStretch),
      "examined: keys of the table compared in full with the one sought."};
  table.columns = {{"workload", "workload"},
                   {"connections", "connections"},
                   {"demux", "demux"},
                   {"ns", "ns", 2},
                   {"mlookups_per_s", "M/s", 2},
                   {"batch_ns", "batch ns", 2},
                   {"batch_mlookups_per_s", "batch M/s", 2},
                   {"examined_mean", "examined", 3},
                   {"examined_p99", "p99", 0},
                   {"examined_max", "max", 0},
                   {"bytes_per_entry", "bytes/entry", 1},
                   {"skipped", ""}};
  table.group_columns = 2;
  return table;
}

StressValue rate_of(double ns) {
  if (ns <= 0) return std::monostate{};
  return 1000 / ns;
}

std::vector<StressValue> row_of(const StressCellConfig& cell, const StressResult& result) {
  std::vector<StressValue> row{std::string(name_of(cell.traffic)), std::uint64_t{cell.connections},
                               to_string(cell.algorithm)};
  if (!result.skipped.empty()) {
    row.resize(11);
    row.emplace_back(result.skipped);
    return row;
  }
  row.insert(row.end(), {result.ns, rate_of(result.ns)});
  if (result.batch_ns) {
    row.insert(row.end(), {*result.batch_ns, rate_of(*result.batch_ns)});
  } else {
    row.insert(row.end(), {std::monostate{}, std::monostate{}});
  }
  row.insert(row.end(),
             {result.examined.mean, std::uint64_t{result.examined.p99},
              std::uint64_t{result.examined.max}, result.bytes_per_entry, std::monostate{}});
  return row;
}

/// Two panels for each kind of traffic: times, where find_batch has a curve of its own, and keys
/// examined.
class TablesPlot {
 public:
  explicit TablesPlot(const StressOptions& options) : algorithms_(options.algorithms.size()) {
    plot_.title = "What a look-up costs";
    plot_.x_label = "connections";
    plot_.columns = 2;
    for (const Algorithm& algorithm : options.algorithms) {
      plot_.names.push_back(to_string(algorithm));
    }
    batch_curves_.resize(algorithms_);
  }

  void begin(TrafficKind kind) {
    const std::string name(name_of(kind));
    plot_.panels.push_back({name, "ns a look-up", {}, {}, {}});
    plot_.panels.push_back({name, "keys examined, mean", {}, {}, {}});
  }

  void add(std::size_t algorithm, double connections, const StressResult& result) {
    if (!result.skipped.empty()) return;
    PlotPanel& times = plot_.panels[plot_.panels.size() - 2];
    add_point(times, algorithm, {connections, result.ns});
    add_point(plot_.panels.back(), algorithm, {connections, result.examined.mean});
    if (result.batch_ns) add_point(times, batch_curve(algorithm), {connections, *result.batch_ns});
  }

  Plot take() { return std::move(plot_); }

 private:
  static void add_point(PlotPanel& panel, std::size_t curve, PlotPoint point) {
    if (panel.curves.size() <= curve) panel.curves.resize(curve + 1);
    panel.curves[curve].push_back(point);
  }

  std::size_t batch_curve(std::size_t algorithm) {
    std::size_t& curve = batch_curves_[algorithm];
    if (curve == 0) {
      curve = plot_.names.size();
      plot_.names.push_back(plot_.names[algorithm] + ", batch");
    }
    return curve;
  }

  std::size_t algorithms_;
  std::vector<std::size_t> batch_curves_;  ///< 0: none yet.
  Plot plot_;
};

/// False where it had to stop.
bool measure(StressCell& cell, const StressCellConfig& config, StressWatch& watch) {
  const std::string what = fmt::format("{} {} {}", to_string(config.algorithm),
                                       name_of(config.traffic), config.connections);
  do {
    if (!watch.goes_on(what)) return false;
  } while (!cell.advance());
  watch.finish_one();
  return true;
}

}  // namespace

StressReport stress_tables(const StressOptions& options, std::uint64_t seed, StressWatch& watch) {
  StressTable table = empty_table(seed);
  TablesPlot plot(options);
  for (const TrafficKind traffic : options.traffic) {
    plot.begin(traffic);
    for (const std::uint32_t connections : options.connections) {
      for (std::size_t i = 0; i < options.algorithms.size(); ++i) {
        StressCellConfig config{options.algorithms[i], traffic, connections, seed};
        if (options.most_steps_to_build) config.most_steps_to_build = *options.most_steps_to_build;
        StressCell cell(config, wall_clock);
        if (!measure(cell, config, watch)) return {std::move(table), plot.take()};
        table.rows.push_back(row_of(config, cell.result()));
        plot.add(i, connections, cell.result());
      }
    }
  }
  return {std::move(table), plot.take()};
}

}  // namespace demuxsim::cli
