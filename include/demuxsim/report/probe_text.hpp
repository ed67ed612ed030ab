// The steps of one look-up in words: what was chosen, what was compared, in which order.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "demuxsim/trace/record.hpp"

namespace demuxsim {

/// A line for each step of a look-up, in order. Of many comparisons in a row only the first and the
/// last are told one by one. `probes` are records of kind probe.
std::vector<std::string> words_of_probes(std::span<const TraceRecord> probes);

}  // namespace demuxsim
