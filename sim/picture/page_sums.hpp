// What a page tells of each of several runs beside each other, in sums. See page_model.hpp.
#pragma once

#include "demuxsim/picture/cast.hpp"
#include "demuxsim/picture/seen_run.hpp"
#include "picture/json_writer.hpp"

namespace demuxsim {

/// The member "sums" of an object; nothing for a run without statistics.
void write_sums(JsonWriter& json, const SeenRun& run, const Cast& cast);

}  // namespace demuxsim
