// The network of a scenario in the DOT language of Graphviz.
#pragma once

#include <string>

#include "demuxsim/scenario/spec.hpp"

namespace demuxsim::cli {

/// Hosts as records with addresses, processes and the ports they listen on; hosts that are alike
/// as one; switches and routers; links with what they do to a segment.
std::string dot_of(const ScenarioSpec& spec);

}  // namespace demuxsim::cli
