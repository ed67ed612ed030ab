// The loop that every command with a run shares: a slice of events at a time, so that Ctrl-C, a
// reader that has gone away and the progress line get their turn.
#pragma once

#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/status.hpp"
#include "demuxsim/scenario/run.hpp"

namespace demuxsim::cli {

/// What the loop is told.
struct Drive {
  ScenarioRun& run;
  Output& output;  ///< The run stops when it cannot be written any more.
  bool progress = true;
};

/// Runs to the end: Status::ok. After a signal it says on standard error how far it came, all
/// records have reached their sinks, and the status is that of the signal. Status::machine when the
/// output cannot be written; Output::finish() says why.
Status drive(const Drive& drive);

}  // namespace demuxsim::cli
