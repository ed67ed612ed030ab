// The calls that scripts may make, and how many arguments each takes.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace demuxsim::packetdrill {

enum class Call : std::uint8_t {
  accept,
  bind,
  close,
  connect,
  fcntl,
  getsockopt,
  ioctl,
  listen,
  poll,
  read,
  read_message,
  read_pieces,
  send,
  send_message,
  send_pieces,
  setsockopt,
  shutdown,
  socket,
};

struct CallName {
  std::string_view name;
  Call call;
  std::uint8_t fewest;  ///< Arguments.
  std::uint8_t most;
};

inline constexpr std::array kCallNames{
    CallName{"accept", Call::accept, 3, 3},
    CallName{"accept4", Call::accept, 4, 4},
    CallName{"bind", Call::bind, 3, 3},
    CallName{"close", Call::close, 1, 1},
    CallName{"connect", Call::connect, 3, 3},
    CallName{"fcntl", Call::fcntl, 2, 3},
    CallName{"getsockopt", Call::getsockopt, 5, 5},
    CallName{"ioctl", Call::ioctl, 3, 3},
    CallName{"listen", Call::listen, 2, 2},
    CallName{"poll", Call::poll, 3, 3},
    CallName{"read", Call::read, 3, 3},
    CallName{"readv", Call::read_pieces, 3, 3},
    CallName{"recv", Call::read, 4, 4},
    CallName{"recvfrom", Call::read, 6, 6},
    CallName{"recvmsg", Call::read_message, 3, 3},
    CallName{"send", Call::send, 4, 4},
    CallName{"sendmsg", Call::send_message, 3, 3},
    CallName{"sendto", Call::send, 6, 6},
    CallName{"setsockopt", Call::setsockopt, 5, 5},
    CallName{"shutdown", Call::shutdown, 2, 2},
    CallName{"socket", Call::socket, 3, 3},
    CallName{"write", Call::send, 3, 3},
    CallName{"writev", Call::send_pieces, 3, 3},
};

/// Null for a name that is none of these.
constexpr const CallName* find_call(std::string_view name) {
  const auto found = std::find_if(kCallNames.begin(), kCallNames.end(),
                                  [&](const CallName& each) { return each.name == name; });
  return found == kCallNames.end() ? nullptr : &*found;
}

}  // namespace demuxsim::packetdrill
