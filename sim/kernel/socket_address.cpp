#include "kernel/socket_address.hpp"

#include <arpa/inet.h>
#include <cstring>

namespace demuxsim::kernel {
namespace {

Endpoint endpoint_of(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, &storage, sizeof ipv4);
    return {IpAddress::ipv4(ntohl(ipv4.sin_addr.s_addr)), Port{ntohs(ipv4.sin_port)}};
  }
  sockaddr_in6 ipv6{};
  std::memcpy(&ipv6, &storage, sizeof ipv6);
  return {address_of(ipv6.sin6_addr), Port{ntohs(ipv6.sin6_port)}};
}

}  // namespace

in6_addr in6_addr_of(const IpAddress& address) {
  in6_addr made{};
  for (unsigned i = 0; i < 8; ++i) {
    made.s6_addr[i] = static_cast<std::uint8_t>(address.high() >> (56 - 8 * i));
    made.s6_addr[8 + i] = static_cast<std::uint8_t>(address.low() >> (56 - 8 * i));
  }
  return made;
}

IpAddress address_of(const in6_addr& address) {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  for (unsigned i = 0; i < 8; ++i) {
    high = high << 8 | address.s6_addr[i];
    low = low << 8 | address.s6_addr[8 + i];
  }
  return IpAddress::ipv6(high, low);  // A mapped address is that IPv4 address.
}

SocketAddress::SocketAddress(const Endpoint& endpoint, int family) {
  if (family == AF_INET) {
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_addr.s_addr = htonl(endpoint.address.ipv4_bits());
    ipv4.sin_port = htons(endpoint.port.value);
    std::memcpy(&storage_, &ipv4, size_ = sizeof ipv4);
    return;
  }
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_addr = in6_addr_of(endpoint.address);
  ipv6.sin6_port = htons(endpoint.port.value);
  std::memcpy(&storage_, &ipv6, size_ = sizeof ipv6);
}

Endpoint local_of(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size);
  return endpoint_of(storage);
}

Endpoint peer_of(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ::getpeername(socket, reinterpret_cast<sockaddr*>(&storage), &size);
  return endpoint_of(storage);
}

}  // namespace demuxsim::kernel
