#include "kernel/device.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/ipv6.h>
#include <net/if.h>
#include <net/route.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <fmt/core.h>

#include "kernel/socket_address.hpp"

namespace demuxsim::kernel {
namespace {

constexpr const char* kName = "tun0";

ifreq request(const std::string& name) {
  ifreq made{};
  name.copy(made.ifr_name, IFNAMSIZ - 1);
  return made;
}

Descriptor question(int family) {
  return Descriptor(checked(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0), "a socket"));
}

template <class Request>
void ask(const Descriptor& socket, unsigned long what, Request& request, const char* about) {
  checked(::ioctl(socket.get(), what, &request), about);
}

void set_up(const Descriptor& socket, const std::string& name) {
  ifreq device = request(name);
  ask(socket, SIOCGIFFLAGS, device, "a network device");
  device.ifr_flags = static_cast<short>(device.ifr_flags | IFF_UP);
  ask(socket, SIOCSIFFLAGS, device, "a network device");
}

/// The second address and those after it stand under a label of their own.
void add_ipv4(const Descriptor& socket, const IpAddress& address, std::size_t number) {
  ifreq device = request(number == 0 ? kName : fmt::format("{}:{}", kName, number));
  const SocketAddress own({address, Port{}}, AF_INET);
  std::memcpy(&device.ifr_addr, own.get(), own.size());
  ask(socket, SIOCSIFADDR, device, "an address");
  const SocketAddress mask({IpAddress::ipv4(0xffffffff), Port{}}, AF_INET);
  std::memcpy(&device.ifr_netmask, mask.get(), mask.size());
  ask(socket, SIOCSIFNETMASK, device, "an address");
}

void add_ipv6(const Descriptor& socket, const IpAddress& address, int index) {
  in6_ifreq device{};
  device.ifr6_addr = in6_addr_of(address);
  device.ifr6_prefixlen = 128;
  device.ifr6_ifindex = index;
  ask(socket, SIOCSIFADDR, device, "an address");
}

void route_all_ipv4(const Descriptor& socket) {
  rtentry route{};
  const SocketAddress any({IpAddress::ipv4(0), Port{}}, AF_INET);
  std::memcpy(&route.rt_dst, any.get(), any.size());
  std::memcpy(&route.rt_genmask, any.get(), any.size());
  std::string device = kName;
  route.rt_dev = device.data();
  route.rt_flags = RTF_UP;
  ask(socket, SIOCADDRT, route, "a route");
}

void route_all_ipv6(const Descriptor& socket, int index) {
  in6_rtmsg route{};
  route.rtmsg_metric = 1;
  route.rtmsg_flags = RTF_UP;
  route.rtmsg_ifindex = index;
  ask(socket, SIOCADDRT, route, "a route");
}

void add_addresses(const std::vector<IpAddress>& addresses, const Descriptor& ipv4, int index) {
  std::size_t number = 0;
  for (const IpAddress& each : addresses) {
    if (each.is_ipv4()) add_ipv4(ipv4, each, number++);
  }
  if (number != 0) route_all_ipv4(ipv4);
  if (number == addresses.size()) return;
  const Descriptor ipv6 = question(AF_INET6);
  // The kernel prefers the address that was added last.
  std::for_each(addresses.rbegin(), addresses.rend(), [&](const IpAddress& each) {
    if (!each.is_ipv4()) add_ipv6(ipv6, each, index);
  });
  route_all_ipv6(ipv6, index);
}

/// A system without the driver's node may still have the driver: a node of our own does as well,
/// and is gone at once.
int open_tun() {
  constexpr int kFlags = O_RDWR | O_NONBLOCK | O_CLOEXEC;
  const int known = ::open("/dev/net/tun", kFlags);
  if (known >= 0 || errno != ENOENT) return known;
  const std::string node = "/tmp/demuxsim-tun-" + std::to_string(::getpid());
  if (::mknod(node.c_str(), S_IFCHR | 0600, makedev(10, 200)) != 0) return -1;
  const int own = ::open(node.c_str(), kFlags);
  ::unlink(node.c_str());
  return own;
}

}  // namespace

Descriptor make_device(const DeviceOptions& options) {
  Descriptor tun(checked(open_tun(), "/dev/net/tun"));
  ifreq device = request(kName);
  device.ifr_flags = IFF_TUN | IFF_NO_PI;
  ask(tun, TUNSETIFF, device, "a TUN device");
  const Descriptor ipv4 = question(AF_INET);
  constexpr int kHeaders = 40;  // Of IPv4 and TCP, without options.
  // IPv6 wants links of 1280 bytes and more (RFC 8200 section 5), IPv4 of 68.
  device.ifr_mtu = std::max(options.mss + kHeaders, 68);
  ask(ipv4, SIOCSIFMTU, device, "the MTU");
  set_up(ipv4, "lo");
  set_up(ipv4, kName);
  ask(ipv4, SIOCGIFINDEX, device, "a network device");
  add_addresses(options.addresses, ipv4, device.ifr_ifindex);
  return tun;
}

}  // namespace demuxsim::kernel
