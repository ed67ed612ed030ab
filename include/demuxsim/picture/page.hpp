// The page of a run, or of several side by side: one HTML file that needs nothing else.
#pragma once

#include <span>

#include "demuxsim/picture/seen_run.hpp"
#include "demuxsim/report/byte_sink.hpp"

namespace demuxsim {

/// Precondition: there is a run.
void write_page(ByteSink& out, std::span<const SeenRun> runs);

}  // namespace demuxsim
