// The devices of a namespace: its loopback and its TUN device with addresses and routes.
#pragma once

#include <cstdint>
#include <vector>

#include "demuxsim/net/address.hpp"
#include "kernel/descriptor.hpp"

namespace demuxsim::kernel {

struct DeviceOptions {
  std::uint16_t mss = 1460;  ///< Of TCP over IPv4; decides how long a datagram may be.
  const std::vector<IpAddress>& addresses;
};

/// In the namespace where the process is: sets the loopback up and makes a TUN device to which
/// every address that is not the host's own is routed. Its other end is returned. Throws
/// std::system_error.
Descriptor make_device(const DeviceOptions& options);

}  // namespace demuxsim::kernel
