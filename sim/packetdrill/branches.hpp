// The lines that begin with `#`: branches for one kind of system, and comments.
#pragma once

#include <string>
#include <string_view>

#include "demuxsim/packetdrill/parse.hpp"

namespace demuxsim::packetdrill {

/// The text with `#` lines and the lines of branches that are not for this profile blanked out, so
/// that every other character keeps its place. Complaints go to `diagnostics`.
std::string without_other_branches(std::string_view text, Profile profile,
                                   Diagnostics& diagnostics);

}  // namespace demuxsim::packetdrill
