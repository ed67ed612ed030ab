// Which socket of a scenario a word on the command line means.
#pragma once

#include <string_view>

#include "cli/options.hpp"
#include "demuxsim/core/result.hpp"
#include "demuxsim/scenario/spec.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim::cli {

/// `a1`, `a1.3`, `a1.first`, `a1.3.first`; with `.peer` behind it the same, for a connection has
/// two ends.
Result<SocketName, UsageError> socket_named(const ScenarioSpec& spec, std::string_view name);

}  // namespace demuxsim::cli
