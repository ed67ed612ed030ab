#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/stress_run.hpp"
#include "cli/terminal.hpp"

namespace demuxsim::cli {
namespace {

template <class T>
void set_if_empty(std::vector<T>& place, std::vector<T> usual) {
  if (place.empty()) place = std::move(usual);
}

/// Every table under its usual number, and the first once more behind receive-side scaling and with
/// a hash that is no match for hash_flood.
std::vector<Algorithm> usual_algorithms() {
  std::vector<Algorithm> all;
  for (const AlgorithmInfo& info : table_infos()) all.push_back(*parse_algorithm(info.name));
  for (const std::string_view more : {"rss:4/open", "open@crc32c"}) {
    all.push_back(*parse_algorithm(more));
  }
  return all;
}

std::vector<TrafficKind> all_traffic() {
  std::vector<TrafficKind> all(kTrafficNames.size());
  std::transform(kTrafficNames.begin(), kTrafficNames.end(), all.begin(),
                 [](std::string_view name) { return *traffic_from(name); });
  return all;
}

}  // namespace

StressWatch::StressWatch(bool progress, std::size_t total)
    : line_(progress && is_terminal(kStandardError)), total_(total) {}

bool StressWatch::goes_on(std::string_view what) {
  if (interrupt() != 0) return false;
  if (!line_.is_due()) return true;
  constexpr std::size_t kWidth = 30;
  const std::size_t full = done_ * kWidth / total_;
  line_.show(
      fmt::format("[{:#<{}}{:-<{}}] {}/{}  {}", "", full, "", kWidth - full, done_, total_, what));
  return true;
}

std::size_t complete(StressOptions& options) {
  if (options.ports) {
    set_if_empty(options.picks, {kPortPicks.begin(), kPortPicks.end()});
    set_if_empty(options.occupancies, *parse_occupancies("1%,10%,25%,45%,49%,51%,55%,75%,90%,99%"));
    if (!options.range) options.range = PortRange{Port{32768}, Port{60999}};
    return options.picks.size() * options.occupancies.size();
  }
  set_if_empty(options.algorithms, usual_algorithms());
  set_if_empty(options.connections, *parse_counts("1e2..1e5"));
  set_if_empty(options.traffic, all_traffic());
  return options.algorithms.size() * options.connections.size() * options.traffic.size();
}

Status run_stress(const Options& options) {
  Output output(options.output);
  if (!output.is_open()) return Status::machine;
  std::optional<Output> plot;
  if (!options.plot.empty()) {
    plot.emplace(options.plot);
    if (!plot->is_open()) return Status::machine;
  }
  note_interrupts();
  StressOptions stress = options.stress;
  std::optional<StressWatch> watch(std::in_place, !options.quiet, complete(stress));
  const std::uint64_t seed = options.load.seed.value_or(1);
  const StressReport report =
      stress.ports ? stress_ports(stress, seed, *watch) : stress_tables(stress, seed, *watch);
  const std::size_t done = watch->done();
  const std::size_t total = watch->total();
  watch.reset();  // The bar goes before anything else is written.
  Status status = Status::ok;
  if (done < total) {
    status = ended_by(interrupt());
    complain(fmt::format("stopped after {} of {} measurements", done, total));
  }
  output.sink().append(to_string(report.table, options.format));
  if (plot) {
    plot->sink().append(to_svg(report.plot));
    status = plot->finish(status);
  }
  return output.finish(status);
}

}  // namespace demuxsim::cli
