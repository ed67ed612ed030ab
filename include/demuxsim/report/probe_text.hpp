// The steps of one look-up in words: what was chosen, what was compared, in which order.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "demuxsim/trace/record.hpp"

namespace demuxsim {

/// What came of one step.
enum class ProbeOutcome : std::uint8_t {
  chosen,   ///< A chain, a bucket, a queue: where to look.
  another,  ///< An entry that is not the one, or several of them.
  found,
};

struct ProbeLine {
  std::string text;
  ProbeOutcome outcome = ProbeOutcome::chosen;
};

/// A line for each step of a look-up, in order. Of many comparisons in a row only the first and the
/// last are told one by one. `probes` are records of kind probe.
std::vector<ProbeLine> words_of_probes(std::span<const TraceRecord> probes);

}  // namespace demuxsim
