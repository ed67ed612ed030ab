// How a text answer about a scenario begins.
#pragma once

#include <string>

#include "demuxsim/scenario/spec.hpp"

namespace demuxsim::cli {

/// `# TITLE`, and with `about` what the scenario says of itself, a `#` before each line. Empty
/// where the scenario has neither.
std::string heading(const ScenarioSpec& spec, bool about);

}  // namespace demuxsim::cli
