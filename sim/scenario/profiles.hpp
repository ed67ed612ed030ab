// The profiles: which values a host's settings have before the scenario changes them.
#pragma once

#include "demuxsim/host/config.hpp"
#include "demuxsim/scenario/profile.hpp"

namespace demuxsim::loading {

/// The table that FORMAT.md prints, with its sources.
HostConfig defaults_of(Profile profile);

}  // namespace demuxsim::loading
