// Shell lines, as far as scripts use them to set the system up and to look at its sockets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "demuxsim/tcp/state.hpp"

namespace demuxsim::packetdrill {

/// `sysctl -w net.inet.tcp.blackhole=0`.
struct SetSysctl {
  std::string name;
  std::int64_t value = 0;  ///< The first number, if there are several; 0 for another text.
};

/// `sockstat -s | grep -c TIME_WAIT | grep 1`.
struct CountSockets {
  TcpState state = TcpState::closed;
  std::string count;  ///< Is found in the number's digits, as grep finds it.
};

/// `tcpdrop -s TIME_WAIT`.
struct DropSockets {
  TcpState state = TcpState::closed;
};

struct OtherCommand {
  std::string text;
};

using ShellCommand = std::variant<SetSysctl, CountSockets, DropSockets, OtherCommand>;

/// The commands of a line, which `;`, `&&` and line ends part.
std::vector<ShellCommand> commands_of(std::string_view line);

}  // namespace demuxsim::packetdrill
