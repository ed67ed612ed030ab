// SYN cookies: an initial sequence number that holds what a listener would have to remember of a
// SYN (RFC 4987 section 3.6 and appendix A). What else the SYN's options said is lost.
#pragma once

#include <cstdint>
#include <optional>

#include "demuxsim/core/siphash.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/net/segment.hpp"

namespace demuxsim {

/// How long a cookie is good for, at least; twice as long at most.
inline constexpr Duration kCookiePeriod = std::chrono::seconds{64};

/// The ISS to answer `syn` with at `now`: 5 bits of time, 3 bits for the largest of eight MSS that
/// is not larger than the peer's, 24 bits that only the secret gives.
SequenceNumber syn_cookie(SipKey secret, const Segment& syn, SimTime now);

/// The peer's MSS, where `ack` acknowledges a cookie that was given to its sender at most two
/// periods ago; nothing where it does not.
std::optional<std::uint16_t> check_syn_cookie(SipKey secret, const Segment& ack, SimTime now);

}  // namespace demuxsim
