// Runs a script against one simulated host, in simulated time: the script is the network and the
// peer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "demuxsim/core/result.hpp"
#include "demuxsim/packetdrill/script.hpp"
#include "demuxsim/scenario/diagnostic.hpp"
#include "demuxsim/scenario/profile.hpp"
#include "demuxsim/trace/directory.hpp"
#include "demuxsim/trace/recorder.hpp"

namespace demuxsim::packetdrill {

/// Something that a script says and that has no meaning here.
struct IgnoredLine {
  std::uint32_t line = 0;
  std::string what;
};

struct Verdict {
  bool passed = true;
  std::uint32_t line = 0;  ///< Of the event that has failed.
  /// Why: one line, or three of which the last two are the expected and the actual segment.
  std::string reason;
  std::vector<IgnoredLine> ignored;
};

/// The names in the records of a run: one host, one process, and its sockets s0, s1, ...
Directory directory_of(const Script& script);

struct RunOptions {
  Profile profile = Profile::freebsd;
  TraceSink* trace = nullptr;  ///< Receives the records of the run, if any; host 0, process 0.
};

/// Runs until the first mismatch or to the end. A diagnostic where an option of the script has a
/// value that it cannot have.
Result<Verdict, Diagnostic> run_script(const Script& script, const RunOptions& options);

}  // namespace demuxsim::packetdrill
