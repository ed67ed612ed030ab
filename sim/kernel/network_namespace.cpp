#include "kernel/network_namespace.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <sched.h>
#include <string>
#include <string_view>
#include <unistd.h>

#include <fmt/core.h>

#include "kernel/device.hpp"

namespace demuxsim::kernel {
namespace {

constexpr const char* kOwnSpace = "/proc/self/ns/net";

/// Sets a value of /proc/sys/net. Some are younger than others; those that are not there are left.
void set(std::string_view name, std::string_view value) {
  const std::string path = fmt::format("/proc/sys/net/{}", name);
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return;
  checked(static_cast<int>(::write(file.get(), value.data(), value.size())), path);
}

std::string reserved_ports(const EphemeralConfig& config) {
  std::string text;
  for (std::uint32_t port = config.range.first.value; port <= config.range.last.value; ++port) {
    if (!config.reserved.contains(Port{static_cast<std::uint16_t>(port)})) continue;
    text += fmt::format("{}{}", text.empty() ? "" : ",", port);
  }
  return text;
}

/// What the simulator's profile is about, and nothing remembered from one connection to the next.
void set_tcp(const HostConfig& config) {
  const TcpConfig& tcp = config.tcp;
  set("ipv4/tcp_syn_retries", std::to_string(tcp.syn_retries));
  set("ipv4/tcp_synack_retries", std::to_string(tcp.syn_retries));
  set("ipv4/tcp_retries2", std::to_string(tcp.data_retries));
  set("ipv4/tcp_syn_linear_timeouts", "0");
  set("ipv4/tcp_no_metrics_save", "1");
  set("ipv4/tcp_migrate_req", "0");
  set("ipv4/tcp_fastopen", "0");
  set("ipv4/ip_autobind_reuse", "0");
  set("ipv6/bindv6only", "0");
  // As Linux has it where nobody has set it otherwise; windows and their scale follow from it.
  set("ipv4/tcp_rmem", "4096 131072 6291456");
  // What a process sends at once, its socket takes at once.
  set("ipv4/tcp_wmem", "4096 33554432 67108864");
}

void set_ports(const EphemeralConfig& config) {
  set("ipv4/ip_local_port_range",
      fmt::format("{} {}", config.range.first.value, config.range.last.value));
  if (!config.reserved.empty()) set("ipv4/ip_local_reserved_ports", reserved_ports(config));
}

}  // namespace

Visit::Visit() : home_(checked(::open(kOwnSpace, O_RDONLY | O_CLOEXEC), kOwnSpace)) {
  checked(::unshare(CLONE_NEWNET), "a network namespace");
}

Visit::Visit(const NetworkNamespace& where)
    : home_(checked(::open(kOwnSpace, O_RDONLY | O_CLOEXEC), kOwnSpace)) {
  checked(::setns(where.space_.get(), CLONE_NEWNET), "a network namespace");
}

Visit::~Visit() {
  // Elsewhere, the process would do everything else in the wrong place.
  if (::setns(home_.get(), CLONE_NEWNET) != 0) std::terminate();
}

NetworkNamespace::NetworkNamespace(const HostConfig& config,
                                   const std::vector<IpAddress>& addresses) {
  const Visit visit;
  space_ = Descriptor(checked(::open(kOwnSpace, O_RDONLY | O_CLOEXEC), kOwnSpace));
  set_tcp(config);
  set_ports(config.ephemeral);
  tun_ = make_device({config.tcp.mss, addresses});
}

std::string why_no_namespaces() {
  if (::geteuid() != 0) return "only root may make network namespaces and TUN devices";
  try {
    const NetworkNamespace attempt(HostConfig{}, {});
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

}  // namespace demuxsim::kernel
