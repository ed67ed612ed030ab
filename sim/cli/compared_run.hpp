// One of the runs that `demuxsim compare` sets side by side, with all that is told of it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "cli/check_report.hpp"
#include "cli/compare_variants.hpp"
#include "cli/scenario_input.hpp"
#include "demuxsim/picture/seen_run.hpp"
#include "demuxsim/report/ports_used.hpp"
#include "demuxsim/report/stats.hpp"
#include "demuxsim/report/story.hpp"
#include "demuxsim/scenario/run.hpp"

namespace demuxsim::cli {

/// Stays where it is, for its parts refer to each other.
class ComparedRun {
 public:
  ComparedRun(Variant variant, ScenarioInput input);
  ComparedRun(const ComparedRun&) = delete;
  ComparedRun& operator=(const ComparedRun&) = delete;

  ScenarioRun& run() { return run_; }
  /// To be called when the run is over.
  void finish();

  const Variant& variant() const { return variant_; }
  const ScenarioSpec& spec() const { return input_.spec; }
  const StatsSink& stats() const { return stats_; }
  const PortsUsed& ports() const { return ports_; }
  const SeenRun& seen() const { return *seen_; }

 private:
  Variant variant_;
  ScenarioInput input_;
  ScenarioRun run_;
  CheckReport check_report_;
  Story story_;
  StatsSink stats_;
  PortsUsed ports_;
  std::optional<SeenRun> seen_;
};

using ComparedRuns = std::vector<std::unique_ptr<ComparedRun>>;

}  // namespace demuxsim::cli
