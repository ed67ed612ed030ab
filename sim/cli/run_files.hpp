// What a run writes beside its answer: a capture, a page, a ladder. Each file appears when it is
// complete.
#pragma once

#include <optional>
#include <string>

#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/scenario_input.hpp"
#include "demuxsim/picture/seen_run.hpp"
#include "demuxsim/report/capture.hpp"
#include "demuxsim/scenario/run.hpp"

namespace demuxsim::cli {

/// What is wrong with the names that the options give to files, or nothing.
std::optional<UsageError> conflict_in(const RunFileOptions& files);

class RunFiles {
 public:
  /// Opens the files. What is referred to outlives this.
  RunFiles(const Options& options, const ScenarioInput& input, ScenarioRun& run);

  /// Attaches what listens to the run; to be called before it. Otherwise the status after a
  /// complaint: a file cannot be written, or an option names a host that does not exist.
  Status attach();
  /// Writes what is to be written when the run is over, or was interrupted, and puts the files in
  /// place. `status`, or what went wrong with writing.
  Status finish(Status status);

 private:
  using File = std::optional<Output>;

  SeenRun seen();
  Status write_ladder_file(Status status);

  const RunFileOptions& options_;
  bool absolute_seq_;
  const ScenarioInput& input_;
  ScenarioRun& run_;
  std::optional<Story> story_;
  std::optional<CaptureSink> capture_;
  File pcap_;
  File page_;
  File ladder_;
};

}  // namespace demuxsim::cli
