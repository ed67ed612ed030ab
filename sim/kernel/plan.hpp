// What is to be done with a scenario on both sides: its calls one by one, when the tables of
// sockets are looked at, and when it ends. Also which scenarios no kernel can replay.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "demuxsim/scenario/spec.hpp"

namespace demuxsim::kernel {

/// One turn of one step of the timeline.
struct PlannedCall {
  const StepSpec* step = nullptr;
  SimTime at;
  SocketRef socket;  ///< The one that is there, its number filled in; without a name: none.
  SocketName as;     ///< The new one.
};

struct Plan {
  std::vector<PlannedCall> calls;  ///< In order of time.
  std::vector<SimTime> looks;      ///< In order of time, the last at the end.
  SimTime end;
  std::size_t left_out = 0;  ///< Calls of the timeline after the end.
};

/// Why the kernel cannot do what the scenario says, or nothing.
std::optional<std::string> why_not(const ScenarioSpec& spec);

/// Sets what no kernel can be told (MSL, initial sequence numbers) to what Linux does, and lets the
/// run end at `limit`. Says what it has changed.
std::vector<std::string> adapt(ScenarioSpec& spec, SimTime limit);

/// The calls up to `limit`. `spec` outlives them.
Plan plan_calls(const ScenarioSpec& spec, SimTime limit);

/// Sets the end and the looks: one for each time of an expectation and one at the end, as far as
/// possible from anything that happens, since the kernel is never on time. `happenings` are in
/// order.
void plan_looks(Plan& plan, const ScenarioSpec& spec, const std::vector<SimTime>& happenings);

}  // namespace demuxsim::kernel
