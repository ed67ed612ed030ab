// `demuxsim run --stats`: a run in numbers, in place of its timeline.
#pragma once

#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/scenario_input.hpp"
#include "cli/status.hpp"
#include "demuxsim/scenario/run.hpp"

namespace demuxsim::cli {

/// Runs to the end, or until Ctrl-C, and writes what has been counted by then: to `output`, which
/// the caller finishes, and with --plot as a picture.
Status run_with_stats(const Options& options, const ScenarioInput& input, ScenarioRun& run,
                      Output& output);

}  // namespace demuxsim::cli
