// How a host hands out ephemeral ports.
#pragma once

#include <cstdint>
#include <vector>

#include "demuxsim/net/port.hpp"

namespace demuxsim {

/// In which order free ports are looked for.
enum class PortPick : std::uint8_t {
  sequential,  ///< One after the other and round again, as BSD did.
  random,      ///< RFC 6056 section 3.3.1: from a random place upwards.
  linux_hash,  ///< RFC 6056 section 3.3.4 with Linux's parity: even ports first for connect.
};

struct EphemeralConfig {
  PortRange range = kDynamicPorts;
  PortPick pick = PortPick::sequential;
  std::vector<PortRange> reserved;  ///< Never handed out, though they may be asked for by number.
};

}  // namespace demuxsim
