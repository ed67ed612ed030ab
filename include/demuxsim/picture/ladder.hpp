// The segments of a run as a ladder (sequence diagram): time runs down, a line for each host.
#pragma once

#include <cstdint>

#include "demuxsim/picture/seen_run.hpp"
#include "demuxsim/report/byte_sink.hpp"

namespace demuxsim {

enum class LadderFormat : std::uint8_t { text, svg, mermaid };

void write_ladder(ByteSink& out, const SeenRun& run, LadderFormat format);

}  // namespace demuxsim
