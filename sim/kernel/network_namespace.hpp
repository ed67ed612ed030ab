// A host as a network namespace of this machine, without a name: the kernel takes it away when its
// last descriptor is closed, however the program ends. Its one link is a TUN device, so that
// whoever holds the other end is the network. Nothing outside of it is touched.
#pragma once

#include <vector>

#include "demuxsim/host/config.hpp"
#include "demuxsim/net/address.hpp"
#include "kernel/descriptor.hpp"

namespace demuxsim::kernel {

class NetworkNamespace {
 public:
  /// Throws std::system_error where the kernel refuses. The process is back home afterwards.
  NetworkNamespace(const HostConfig& config, const std::vector<IpAddress>& addresses);

  /// Whole IP datagrams are read from and written to it; it never blocks.
  int tun() const { return tun_.get(); }
  /// All that is open in it stays as it is, but nothing gets out or in any more.
  void cut_off() { tun_.close(); }

 private:
  friend class Visit;

  Descriptor space_;
  Descriptor tun_;
};

/// While it lives, the process is in the namespace: sockets it makes, and files of /proc/self/net,
/// are those of the host.
class Visit {
 public:
  explicit Visit(const NetworkNamespace& where);
  ~Visit();
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

 private:
  friend class NetworkNamespace;
  Visit();  ///< Into a new one.

  Descriptor home_;
};

/// Why namespaces and TUN devices are not to be had here, or an empty text.
std::string why_no_namespaces();

}  // namespace demuxsim::kernel
