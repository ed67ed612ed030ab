// The socket options by which a process sets its TCP.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "demuxsim/tcp/config.hpp"

namespace demuxsim::packetdrill {

/// Options as a process has set them, each once, in the order in which it did.
using SocketOptions = std::vector<std::pair<std::string, std::int64_t>>;

/// Whether TCP depends on the option; the others are only remembered.
bool sets_tcp(std::string_view name);

/// What a socket with these options has in place of the host's settings.
TcpConfig with_options(TcpConfig tcp, const SocketOptions& options);

}  // namespace demuxsim::packetdrill
