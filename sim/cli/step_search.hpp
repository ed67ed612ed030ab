// Which records a condition of the stepper is about.
#pragma once

#include <set>
#include <utility>

#include "cli/host_range.hpp"
#include "cli/step_command.hpp"
#include "demuxsim/core/result.hpp"
#include "demuxsim/picture/seen_run.hpp"

namespace demuxsim::cli {

class StepSearch {
 public:
  /// Complains of a name that nothing in the run has. `run` outlives the search.
  static Result<StepSearch, UsageError> make(const StepCondition& condition, const SeenRun& run);

  bool matches(const TraceRecord& record) const;

 private:
  using Ends = std::pair<Endpoint, Endpoint>;

  StepSearch(const StepCondition& condition, const SeenRun& run)
      : condition_(condition), run_(&run) {}
  std::optional<UsageError> resolve();
  std::optional<UsageError> resolve_hosts(const std::string& name);
  std::optional<UsageError> resolve_process();
  std::optional<UsageError> resolve_socket();
  std::optional<UsageError> resolve_segment() const;
  bool is_of_process(const TraceRecord& record) const;
  bool is_of_socket(const TraceRecord& record) const;
  bool is_of_port(const TraceRecord& record) const;
  bool is_demux(const TraceRecord& record) const;
  bool is_drop(const TraceRecord& record) const;
  bool is_call(const TraceRecord& record) const;

  StepCondition condition_;
  const SeenRun* run_;
  HostRange hosts_;
  std::string process_;  ///< Its name within its host.
  std::set<Ends> ends_;  ///< Of the connections that the socket has had.
};

}  // namespace demuxsim::cli
