// From a spec to what a simulation is made of. Counts are expanded here and nowhere earlier.
#pragma once

#include <vector>

#include "demuxsim/engine/simulation.hpp"
#include "demuxsim/scenario/spec.hpp"
#include "demuxsim/trace/directory.hpp"

namespace demuxsim {

std::vector<HostTemplate> build_templates(const ScenarioSpec& spec);
Topology build_topology(const ScenarioSpec& spec);
/// `templates` are those of build_templates, and outlive the plans.
std::vector<Simulation::HostPlan> build_hosts(const ScenarioSpec& spec,
                                              const std::vector<HostTemplate>& templates);
Directory build_directory(const ScenarioSpec& spec);

}  // namespace demuxsim
