// A comparison as text with both runs in columns, and as JSON.
#pragma once

#include <string>
#include <vector>

#include "demuxsim/trace/directory.hpp"
#include "kernel/comparison.hpp"

namespace demuxsim::kernel {

/// What is told besides the comparison.
struct ReportContext {
  std::string file;
  std::string kernel;  ///< "Linux 6.18.0".
  SimTime end;
  std::size_t left_out = 0;        ///< Calls after the end.
  std::vector<std::string> notes;  ///< What was done otherwise than the scenario says.
  std::size_t replays = 1;         ///< The last of so many is shown.
  Duration lateness{0};
  const Directory& directory;
};

struct ReportOptions {
  bool quiet = false;  ///< Only what differs, and the verdict.
  bool colour = false;
};

std::string report_text(const Comparison& comparison, const ReportContext& context,
                        ReportOptions options);
std::string report_json(const Comparison& comparison, const ReportContext& context);

/// "a1.peer send(200)": whose call it is and what. No colour, no result.
std::string describe(const PlannedCall& call, const Directory& directory);

}  // namespace demuxsim::kernel
