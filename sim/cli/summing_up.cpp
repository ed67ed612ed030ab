#include "cli/summing_up.hpp"

#include <algorithm>

namespace demuxsim::cli {

std::vector<ExpectationResult> results_of(std::span<const Verdict> verdicts) {
  std::vector<ExpectationResult> results;
  results.reserve(verdicts.size());
  for (const Verdict& verdict : verdicts) {
    results.push_back({verdict.at, verdict.span.line, verdict.held, verdict.what, verdict.found});
  }
  return results;
}

std::vector<ExpectationResult> results_shown(std::span<const Verdict> verdicts,
                                             const Options& options) {
  std::vector<ExpectationResult> results = results_of(verdicts);
  const bool all = !options.quiet || options.verbose;
  if (!all) std::erase_if(results, [](const ExpectationResult& each) { return each.held; });
  return results;
}

std::uint64_t count_failed(std::span<const Verdict> verdicts) {
  return static_cast<std::uint64_t>(std::count_if(verdicts.begin(), verdicts.end(),
                                                  [](const Verdict& each) { return !each.held; }));
}

Summary summary_of(ScenarioRun& run) {
  const RunTotals totals = run.simulation().totals();
  Summary summary;
  summary.at = run.is_over() ? run.end() : run.simulation().now();
  summary.events = totals.events;
  summary.segments = totals.segments;
  summary.connections = totals.connections;
  summary.expectations = run.verdicts().size();
  summary.failed_expectations = count_failed(run.verdicts());
  summary.fingerprint = totals.fingerprint;
  return summary;
}

Status verdict_status(const ScenarioRun& run) {
  return count_failed(run.verdicts()) == 0 ? Status::ok : Status::expectation_failed;
}

}  // namespace demuxsim::cli
