// The simulator's side of a comparison.
#pragma once

#include <vector>

#include "demuxsim/scenario/spec.hpp"
#include "kernel/plan.hpp"
#include "kernel/seen_run.hpp"

namespace demuxsim::kernel {

/// Runs the scenario as the plan has it, and completes the plan with its end and its looks.
SeenRun simulate(const ScenarioSpec& spec, Plan& plan);

}  // namespace demuxsim::kernel
