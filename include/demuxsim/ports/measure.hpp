// What a way to pick ports costs and gives, measured on a host that opens and closes connections
// all the time. It runs the picker alone, without segments or time; the same arguments give the
// same numbers on every machine.
#pragma once

#include <cstdint>

#include "demuxsim/core/units.hpp"
#include "demuxsim/ports/config.hpp"

namespace demuxsim {

/// A host that holds as many connections to each destination all the time: with each step one of
/// them, chosen by chance, ends, and another one to the same destination begins.
struct PortWorkload {
  EphemeralConfig ports = {};
  /// The share of the range in use to each destination, at most 1; at least one port, and no more
  /// than those that are not reserved. At 1 a step finds just the port that the same step released.
  Ratio occupancy = {1, 2};
  std::uint32_t destinations = 1;  ///< At least 1.
  /// Steps that are measured, after as many that are not; 0: as many as the range has ports.
  std::uint32_t steps = 0;
  std::uint64_t seed = 0;
};

/// Looks an allocation took. All are 0 where there was none.
struct PortProbes {
  double mean = 0;
  std::uint32_t p99 = 0;
  std::uint32_t max = 0;
};

/// How many allocations of the host lay between the end of a port's use and the next time that the
/// same destination got it. What comes again after the last step is not seen, so many destinations
/// want many steps.
struct PortReuse {
  std::uint32_t count = 0;  ///< Times this was seen; where 0, no port came again.
  std::uint32_t min = 0;
  std::uint32_t median = 0;
};

/// How often somebody guesses the port of the host's next connection to a destination, as a share
/// of those connections: the attacker of RFC 6056 section 1, who needs it to forge a segment and
/// does not see the traffic. He knows two ports, the last one known and the one before it, and has
/// one guess each by three rules: the next port, the next but one, and the same way on as from the
/// one before to the last. What the best of the rules does counts.
struct PortGuesses {
  /// He is a destination, too: the host calls him and the victim in turn, and he knows what he got.
  double from_own = 0;
  /// He knows what the same destination got before, as a server on another path might.
  double from_destination = 0;
};

struct PortMeasurement {
  std::uint32_t connections = 0;  ///< At any time, to each destination.
  /// The last hundredth of the connections opened to reach the occupancy, before any has ended.
  PortProbes filling;
  PortProbes steady;
  PortReuse reuse;
  PortGuesses guesses;
  /// Allocations that got nothing though a port was free: some ways to pick give up. The
  /// connection is then tried again with the next step.
  std::uint32_t refused = 0;
};

/// Precondition: as said at the members; not all ports are reserved.
PortMeasurement measure_ports(const PortWorkload& workload);

}  // namespace demuxsim
