// What StatsSink has counted as a picture.
#pragma once

#include <string>

#include "cli/plot.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/report/stats.hpp"

namespace demuxsim::cli {

/// Two panels for each of the first hosts that did anything: ports in use from the start to `end`,
/// and how many look-ups examined how many keys.
Plot plot_of(const StatsSink& stats, SimTime end);

}  // namespace demuxsim::cli
