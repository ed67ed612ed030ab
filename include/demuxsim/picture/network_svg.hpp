// The network of a scenario as a picture for papers and slides: hosts with their processes, and the
// ports they listen on as numbered doors.
#pragma once

#include <string>

#include "demuxsim/scenario/spec.hpp"

namespace demuxsim {

/// An SVG 1.1 document, black on white and readable without colour.
std::string network_svg(const ScenarioSpec& spec);

}  // namespace demuxsim
