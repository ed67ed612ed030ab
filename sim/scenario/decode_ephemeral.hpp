// `ephemeral`: which ports a host hands out by itself, and in which order.
#pragma once

#include <optional>

#include "demuxsim/ports/config.hpp"
#include "scenario/diagnostic_collector.hpp"
#include "scenario/value.hpp"

namespace demuxsim::loading {

/// A range alone, or a map; what it does not name stays as in `ephemeral`.
std::optional<EphemeralConfig> decode_ephemeral(const ValueNode& node, EphemeralConfig ephemeral,
                                                DiagnosticCollector& diagnostics);

}  // namespace demuxsim::loading
