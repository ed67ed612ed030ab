// The parts of an event, each read from where the reader stands. After a complaint, what they
// return means nothing.
#pragma once

#include "demuxsim/packetdrill/script.hpp"
#include "packetdrill/reader.hpp"

namespace demuxsim::packetdrill {

/// `0.1`, `+0.1`, `*`, `0.1~0.2`, `+0~+0.2`; `0.1...0.2` before a call that blocks.
EventTime read_time(Reader& reader);

/// One argument or result.
Expression read_expression(Reader& reader);

/// A call of kCallNames with its result.
CallEvent read_call(Reader& reader);

/// Flags, sequence numbers, ack, win, urg and options.
SegmentPattern read_segment(Reader& reader);

/// What stands behind `icmp`: its type and code, and the segment it is about.
IcmpEvent read_icmp(Reader& reader);

/// What stands behind `%{`, with the `}%`.
AssertEvent read_assertions(Reader& reader);

}  // namespace demuxsim::packetdrill
