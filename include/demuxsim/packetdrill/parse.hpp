// From the text of a packetdrill script to a Script, or to all complaints about the text.
#pragma once

#include "demuxsim/core/result.hpp"
#include "demuxsim/packetdrill/script.hpp"
#include "demuxsim/scenario/diagnostic.hpp"
#include "demuxsim/scenario/profile.hpp"

namespace demuxsim::packetdrill {

/// Of `#ifdef FreeBSD`, `STANDARD` and `linux` the branch of the profile is read, the others are
/// skipped. Every script with a mistake gives at least one diagnostic.
Result<Script, Diagnostics> parse_script(const SourceFile& source, Profile profile);

}  // namespace demuxsim::packetdrill
