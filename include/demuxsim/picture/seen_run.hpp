// Everything about a run that is over and that pictures of it are made from.
#pragma once

#include <string>
#include <vector>

#include "demuxsim/report/ports_used.hpp"
#include "demuxsim/report/results.hpp"
#include "demuxsim/report/stats.hpp"
#include "demuxsim/report/story.hpp"
#include "demuxsim/scenario/run.hpp"
#include "demuxsim/scenario/spec.hpp"

namespace demuxsim {

/// What is referred to outlives this.
struct SeenRun {
  const ScenarioSpec& spec;
  ScenarioRun& run;    ///< Over. For its directory, hosts and routes.
  const Story& story;  ///< Finished.
  std::vector<ExpectationResult> verdicts;
  Summary summary;
  std::string path;  ///< The scenario's, as messages name it.
  std::string name;  ///< What tells this run from others beside it: "style=announce"; or empty.
  bool absolute_seq = false;  ///< Sequence numbers as they travel, not relative to the first.
  /// Of one of several runs; null where nobody asked for them.
  const StatsSink* stats = nullptr;
  const PortsUsed* ports = nullptr;
};

}  // namespace demuxsim
