// Endpoints as the kernel takes and gives them.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "demuxsim/net/endpoint.hpp"

namespace demuxsim::kernel {

in6_addr in6_addr_of(const IpAddress& address);
IpAddress address_of(const in6_addr& address);

class SocketAddress {
 public:
  /// Of a socket of the family AF_INET or AF_INET6. An IPv6 socket calls IPv4 by mapped addresses.
  SocketAddress(const Endpoint& endpoint, int family);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

/// The family of a socket that is bound to, or calls, this address.
constexpr int family_of(const IpAddress& address) { return address.is_ipv4() ? AF_INET : AF_INET6; }

/// Where an open socket is bound, and whom it calls.
Endpoint local_of(int socket);
Endpoint peer_of(int socket);

}  // namespace demuxsim::kernel
