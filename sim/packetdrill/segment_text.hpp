// Segments as packetdrill writes them: `S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK>`.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "demuxsim/net/segment.hpp"
#include "demuxsim/packetdrill/script.hpp"

namespace demuxsim::packetdrill {

struct FlagLetter {
  char letter;
  std::uint8_t flag;
};

/// In the order in which they are written. ECE and CWR (RFC 3168) are known by their bits alone.
inline constexpr std::array kFlagLetters{FlagLetter{'S', flag::kSyn}, FlagLetter{'F', flag::kFin},
                                         FlagLetter{'R', flag::kRst}, FlagLetter{'P', flag::kPsh},
                                         FlagLetter{'.', flag::kAck}, FlagLetter{'U', flag::kUrg},
                                         FlagLetter{'E', 0x40},       FlagLetter{'W', 0x80}};

/// `S.`, or `-` without any.
std::string flags_text(std::uint8_t flags);

/// `<mss 1460,nop,wscale 6,sackOK,TS val 100 ecr 0>`, in the order of FreeBSD and without padding
/// at the end; empty without options.
std::string options_text(const OptionsPattern& options);

/// The whole segment behind its direction.
std::string segment_text(const SegmentPattern& pattern);

}  // namespace demuxsim::packetdrill
