// What one run shows from outside: the segments on the wire, the answers to calls, the tables of
// sockets. The simulator and the kernel are compared as two of these.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "demuxsim/core/ids.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/net/segment.hpp"
#include "demuxsim/tcp/state.hpp"

namespace demuxsim::kernel {

struct SeenSegment {
  SimTime at;  ///< When its sender sent it.
  Segment segment;
};

struct SeenSocket {
  HostId host;
  TcpState state = TcpState::closed;
  Endpoint local;
  Endpoint peer;  ///< `*:*` for a listener.
  friend constexpr auto operator<=>(const SeenSocket&, const SeenSocket&) = default;
};

/// Every socket but those that are only bound, of which the kernel keeps no list.
struct SeenTable {
  SimTime at;
  std::vector<SeenSocket> sockets;
};

struct SeenRun {
  std::vector<SeenSegment> segments;  ///< Between hosts, in the order in which they were sent.
  std::vector<std::string> answers;   ///< By call of the plan: "ok", "EPIPE"; empty: none came.
  std::vector<SeenTable> tables;      ///< One for each look of the plan.
};

}  // namespace demuxsim::kernel
