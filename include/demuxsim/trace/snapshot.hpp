// The socket table of a host at an instant, as plain rows: what `ss` shows and expectations ask.
#pragma once

#include <cstdint>
#include <vector>

#include "demuxsim/core/ids.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/net/endpoint.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim {

enum class TimerKind : std::uint8_t { none, retransmit, time_wait };

struct SocketRow {
  std::uint8_t state = 0;  ///< TcpState; CLOSED for a socket that is only bound.
  Endpoint local;
  Endpoint peer;      ///< `*:*` for a listener.
  ProcessId process;  ///< None for TIME-WAIT and for what a process left behind.
  std::int32_t fd = kNoDescriptor;
  SocketName socket;
  std::uint64_t receive_queue = 0;  ///< Bytes unread; of a listener: connections not yet accepted.
  std::uint64_t send_queue = 0;     ///< Bytes unacknowledged or unsent; of a listener: its backlog.
  TimerKind timer = TimerKind::none;
  Duration timer_left{};  ///< Until it runs out.
  /// Holds its port by number (bind), or as an accepted one does: connect chooses it for nobody.
  bool bound = false;
};

}  // namespace demuxsim
