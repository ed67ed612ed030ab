// An address and a port: one end of a connection, or what a socket is bound to.
#pragma once

#include <compare>
#include <string>

#include "demuxsim/net/address.hpp"
#include "demuxsim/net/port.hpp"

namespace demuxsim {

struct Endpoint {
  IpAddress address;
  Port port;
  friend constexpr auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// `10.0.0.1:80`, `[2001:db8::1]:80`, `*:80` for `::`, `*:*` where the port is 0, too.
std::string to_string(const Endpoint& endpoint);
/// Appends what to_string gives.
void append(std::string& out, const Endpoint& endpoint);

}  // namespace demuxsim
