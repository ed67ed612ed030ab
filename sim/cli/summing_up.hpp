// The end of a run as reports show it.
#pragma once

#include <span>
#include <vector>

#include "cli/options.hpp"
#include "cli/status.hpp"
#include "demuxsim/report/results.hpp"
#include "demuxsim/scenario/run.hpp"

namespace demuxsim::cli {

std::vector<ExpectationResult> results_of(std::span<const Verdict> verdicts);
/// Those to be shown: with --quiet only what failed, unless --verbose wants all the same.
std::vector<ExpectationResult> results_shown(std::span<const Verdict> verdicts,
                                             const Options& options);
std::uint64_t count_failed(std::span<const Verdict> verdicts);
/// Of a run that was interrupted: of as far as it came.
Summary summary_of(ScenarioRun& run);
/// Of a run that is over.
Status verdict_status(const ScenarioRun& run);

}  // namespace demuxsim::cli
