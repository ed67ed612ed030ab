// Runs side by side, as columns to read and as JSON.
#pragma once

#include <cstddef>

#include "cli/compared_run.hpp"
#include "demuxsim/report/byte_sink.hpp"

namespace demuxsim::cli {

struct CompareText {
  std::size_t width = 100;  ///< Columns of the terminal.
  bool ascii = false;
};

/// Sums, who received what, the ladders and the verdicts, a column a run. Where the columns would
/// be too narrow for ladders, these stand below each other.
void write_comparison(ByteSink& out, const ComparedRuns& runs, const CompareText& options);

/// One object: `scenario`, `title` and `runs`. Each of them has `name`, `set` (what is different),
/// `summary`, `ports` (used, by host), `hosts` (the counts of `run --stats`), `expectations` and
/// `ladder`.
void write_comparison_json(ByteSink& out, const ComparedRuns& runs);

}  // namespace demuxsim::cli
