// The sysctls that scripts set, and what each of them is here.
#include <algorithm>
#include <array>

#include "packetdrill/settings.hpp"

namespace demuxsim::packetdrill {
namespace {

struct Place {
  TcpConfig& tcp;
  Buffers& buffers;
};

struct Sysctl {
  std::string_view name;
  void (*apply)(Place, std::int64_t);  ///< Null: nothing here depends on it.
};

constexpr std::int64_t kMostMilliseconds = 1'000'000'000;
constexpr std::int64_t kMostSeconds = kMostMilliseconds / 1000;
constexpr std::int64_t kMostBuffer = 1 << 30;

/// At least a millisecond, as no time-out is 0.
Duration milliseconds(std::int64_t value) {
  return std::chrono::milliseconds{std::clamp<std::int64_t>(value, 1, kMostMilliseconds)};
}

template <class Number>
Number within(std::int64_t value, std::int64_t least, std::int64_t most) {
  return static_cast<Number>(std::clamp(value, least, most));
}

constexpr std::array kSysctls{
    Sysctl{"kern.ipc.maxsockbuf", nullptr},
    Sysctl{"net.inet.tcp.blackhole",
           [](Place place, std::int64_t value) { place.tcp.blackhole = value != 0; }},
    Sysctl{"net.inet.tcp.delacktime",
           [](Place place, std::int64_t value) { place.tcp.delayed_ack = milliseconds(value); }},
    Sysctl{"net.inet.tcp.delayed_ack",
           [](Place place, std::int64_t value) {
             place.tcp.acks = value != 0 ? AckPolicy::delayed : AckPolicy::immediate;
           }},
    Sysctl{"net.inet.tcp.drop_synfin",
           [](Place place, std::int64_t value) { place.tcp.drop_syn_fin = value != 0; }},
    Sysctl{"net.inet.tcp.ecn.enable", nullptr},
    Sysctl{"net.inet.tcp.finwait2_timeout",
           [](Place place, std::int64_t value) {
             place.tcp.fin_wait_2_timeout = milliseconds(value);
           }},
    Sysctl{"net.inet.tcp.hostcache.purgenow", nullptr},
    Sysctl{"net.inet.tcp.initcwnd_segments",
           [](Place place, std::int64_t value) {
             place.tcp.initial_window = within<std::uint16_t>(value, 0, 1000);
           }},
    Sysctl{"net.inet.tcp.insecure_rst",
           [](Place place, std::int64_t value) { place.tcp.challenge_reset = value == 0; }},
    Sysctl{"net.inet.tcp.insecure_syn",
           [](Place place, std::int64_t value) { place.tcp.challenge_syn = value == 0; }},
    Sysctl{"net.inet.tcp.msl",
           [](Place place, std::int64_t value) { place.tcp.msl = milliseconds(value); }},
    Sysctl{"net.inet.tcp.recvspace",
           [](Place place, std::int64_t value) {
             place.buffers.receive = std::clamp<std::int64_t>(value, 1, kMostBuffer);
             place.tcp.window = static_cast<std::uint32_t>(place.buffers.receive);
           }},
    Sysctl{"net.inet.tcp.rexmit_initial",
           [](Place place, std::int64_t value) { place.tcp.rto_initial = milliseconds(value); }},
    Sysctl{"net.inet.tcp.rexmit_min",
           [](Place place, std::int64_t value) { place.tcp.rto_min = milliseconds(value); }},
    Sysctl{"net.inet.tcp.rfc1323",
           [](Place place, std::int64_t value) {  // 2 and 3 are one half of it each.
             place.tcp.window_scaling = value == 1 || value == 2;
             place.tcp.timestamps = value == 1 || value == 3;
           }},
    Sysctl{"net.inet.tcp.rfc3042",
           [](Place place, std::int64_t value) { place.tcp.limited_transmit = value != 0; }},
    Sysctl{"net.inet.tcp.sack.enable",
           [](Place place, std::int64_t value) { place.tcp.sack = value != 0; }},
    Sysctl{"net.inet.tcp.sendspace",
           [](Place place, std::int64_t value) {
             place.buffers.send = std::clamp<std::int64_t>(value, 1, kMostBuffer);
           }},
    Sysctl{"net.inet.tcp.syncookies",
           [](Place place, std::int64_t value) {
             place.tcp.syn_cookies = value != 0 ? SynCookies::when_full : SynCookies::never;
           }},
    Sysctl{"net.inet.tcp.tolerate_missing_ts",
           [](Place place, std::int64_t value) { place.tcp.tolerate_no_timestamp = value != 0; }},
    Sysctl{"net.ipv4.tcp_fin_timeout",
           [](Place place, std::int64_t value) {
             place.tcp.fin_wait_2_timeout =
                 std::chrono::seconds{std::clamp<std::int64_t>(value, 1, kMostSeconds)};
           }},
    Sysctl{"net.ipv4.tcp_invalid_ratelimit",
           [](Place place, std::int64_t value) {
             place.tcp.challenge_interval =
                 std::chrono::milliseconds{std::clamp<std::int64_t>(value, 0, kMostMilliseconds)};
           }},
    Sysctl{"net.ipv4.tcp_retries2",
           [](Place place, std::int64_t value) {
             place.tcp.data_retries = within<std::uint32_t>(value, 1, 255);
           }},
    Sysctl{"net.ipv4.tcp_sack",
           [](Place place, std::int64_t value) { place.tcp.sack = value != 0; }},
    Sysctl{"net.ipv4.tcp_syn_retries",
           [](Place place, std::int64_t value) {
             place.tcp.syn_retries = within<std::uint32_t>(value, 1, 127);
           }},
    Sysctl{"net.ipv4.tcp_synack_retries",
           [](Place place, std::int64_t value) {
             place.tcp.synack_retries = within<std::uint32_t>(value, 1, 255);
           }},
    Sysctl{"net.ipv4.tcp_syncookies",
           [](Place place, std::int64_t value) {
             place.tcp.syn_cookies = value == 0   ? SynCookies::never
                                     : value == 1 ? SynCookies::when_full
                                                  : SynCookies::always;
           }},
    Sysctl{"net.ipv4.tcp_timestamps",
           [](Place place, std::int64_t value) { place.tcp.timestamps = value != 0; }},
    Sysctl{"net.ipv4.tcp_window_scaling",
           [](Place place, std::int64_t value) { place.tcp.window_scaling = value != 0; }},
};

}  // namespace

SysctlEffect set_sysctl(std::string_view name, std::int64_t value, HostConfig& host,
                        Buffers& buffers) {
  const auto found = std::find_if(kSysctls.begin(), kSysctls.end(),
                                  [&](const Sysctl& each) { return each.name == name; });
  if (found == kSysctls.end()) return SysctlEffect::unknown;
  if (found->apply == nullptr) return SysctlEffect::none;
  found->apply({host.tcp, buffers}, value);
  return SysctlEffect::applied;
}

}  // namespace demuxsim::packetdrill
