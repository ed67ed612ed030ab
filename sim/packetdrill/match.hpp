// Whether a segment that was sent is the one that a script expects.
#pragma once

#include <string>

#include "demuxsim/core/time.hpp"
#include "demuxsim/packetdrill/script.hpp"

namespace demuxsim::packetdrill {

/// The first field in which they differ: "win: expected 65535, actual 0"; empty if none does. Both
/// are in the script's numbers; `actual` is complete. What `expected` leaves open is not compared,
/// but for the acknowledgement number of a segment without ACK and for options: none expected means
/// that none may be there. Timestamps run in milliseconds, so they may differ by `tolerance`.
std::string difference(const SegmentPattern& expected, const SegmentPattern& actual,
                       Duration tolerance);

}  // namespace demuxsim::packetdrill
