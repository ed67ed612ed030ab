// The end of a run as reports show it.
#pragma once

#include <vector>

#include "demuxsim/report/results.hpp"
#include "demuxsim/scenario/run.hpp"

namespace demuxsim::cli {

std::vector<ExpectationResult> results_of(const std::vector<Verdict>& verdicts);
std::uint64_t count_failed(const std::vector<Verdict>& verdicts);
Summary summary_of(ScenarioRun& run);

}  // namespace demuxsim::cli
