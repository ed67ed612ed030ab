// The kernel's side of a comparison: the timeline with real sockets, in namespaces whose network
// this program is. The one place of demuxsim that waits for time to pass.
#pragma once

#include <optional>

#include "demuxsim/scenario/spec.hpp"
#include "kernel/plan.hpp"
#include "kernel/seen_run.hpp"

namespace demuxsim::kernel {

struct ReplayOptions {
  /// Numbers in segments that are injected are counted from the initial sequence numbers of these.
  const SeenRun& simulated;
  /// Asked now and then; the replay ends early when the answer is true.
  bool (*is_interrupted)();
};

struct Replay {
  SeenRun seen;
  Duration lateness{0};  ///< The longest time in which the machine did not do what was due.
};

/// Takes as long as the plan does. Nothing after an interrupt. Throws std::system_error where the
/// machine does not do what it should.
std::optional<Replay> replay(const ScenarioSpec& spec, const Plan& plan,
                             const ReplayOptions& options);

}  // namespace demuxsim::kernel
