#include "packetdrill/socket_options.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace demuxsim::packetdrill {
namespace {

struct SocketOption {
  std::string_view name;
  void (*apply)(TcpConfig&, std::int64_t);
};

constexpr std::int64_t kMostSeconds = 1'000'000;

std::chrono::seconds seconds(std::int64_t value) {
  return std::chrono::seconds{std::clamp<std::int64_t>(value, 1, kMostSeconds)};
}

constexpr std::array kSocketOptions{
    SocketOption{
        "SO_RCVBUF",
        [](TcpConfig& tcp, std::int64_t value) { tcp.window = static_cast<std::uint32_t>(value); }},
    SocketOption{"TCP_KEEPCNT",
                 [](TcpConfig& tcp, std::int64_t value) {
                   tcp.keepalive_probes =
                       static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 1, 127));
                 }},
    SocketOption{"TCP_KEEPIDLE",
                 [](TcpConfig& tcp, std::int64_t value) { tcp.keepalive_idle = seconds(value); }},
    SocketOption{
        "TCP_KEEPINTVL",
        [](TcpConfig& tcp, std::int64_t value) { tcp.keepalive_interval = seconds(value); }},
    SocketOption{"TCP_NODELAY",
                 [](TcpConfig& tcp, std::int64_t value) {
                   if (value != 0) tcp.nagle = Nagle::off;
                 }},
    SocketOption{"TCP_USER_TIMEOUT",
                 [](TcpConfig& tcp, std::int64_t value) {
                   tcp.user_timeout = std::chrono::milliseconds{
                       std::clamp<std::int64_t>(value, 0, kMostSeconds * 1000)};
                 }},
};

const SocketOption* find(std::string_view name) {
  const auto found = std::find_if(kSocketOptions.begin(), kSocketOptions.end(),
                                  [&](const SocketOption& each) { return each.name == name; });
  return found == kSocketOptions.end() ? nullptr : &*found;
}

/// Switches probes on or off, whenever their times were set.
void apply_keep_alive(TcpConfig& tcp, const SocketOptions& options) {
  constexpr std::chrono::hours kIdle{2};  // RFC 9293 section 3.8.4: no less, unless it is set.
  for (const auto& [name, value] : options) {
    if (name != "SO_KEEPALIVE") continue;
    if (value == 0) tcp.keepalive_idle = Duration{0};
    if (value != 0 && tcp.keepalive_idle == Duration{0}) tcp.keepalive_idle = kIdle;
  }
}

}  // namespace

bool sets_tcp(std::string_view name) { return name == "SO_KEEPALIVE" || find(name) != nullptr; }

TcpConfig with_options(TcpConfig tcp, const SocketOptions& options) {
  for (const auto& [name, value] : options) {
    if (const SocketOption* const option = find(name)) option->apply(tcp, value);
  }
  apply_keep_alive(tcp, options);
  return tcp;
}

}  // namespace demuxsim::packetdrill
