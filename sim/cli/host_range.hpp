// Which hosts --host means.
#pragma once

#include <cstdint>
#include <string>

#include "cli/options.hpp"
#include "demuxsim/core/result.hpp"
#include "demuxsim/scenario/spec.hpp"

namespace demuxsim::cli {

/// Hosts in a row.
struct HostRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// `web`, `client.7`, or all of `client`; everybody for an empty name.
Result<HostRange, UsageError> hosts_named(const ScenarioSpec& spec, const std::string& name);

}  // namespace demuxsim::cli
