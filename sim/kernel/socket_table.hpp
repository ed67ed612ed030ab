// The sockets of a namespace, as the kernel lists them.
#pragma once

#include <string_view>
#include <vector>

#include "kernel/network_namespace.hpp"
#include "kernel/seen_run.hpp"

namespace demuxsim::kernel {

/// All but those that are only bound, in order. Throws std::system_error.
std::vector<SeenSocket> sockets_of(const NetworkNamespace& where, HostId host);

/// One line of /proc/net/tcp or tcp6 added to `sockets`; its head is passed over.
void add_listed_socket(std::string_view line, HostId host, std::vector<SeenSocket>& sockets);

}  // namespace demuxsim::kernel
