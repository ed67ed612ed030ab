#include "scenario/profiles.hpp"

#include <chrono>

namespace demuxsim::loading {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A SYN is given up after 1 + 2 + 4 + 8 + 16 + 32 + 60 + 60 = 183 s, as R2 is to be at least three
/// minutes for it (RFC 9293 MUST-23). Options and delays that RFC 9293 leaves open are off, so that
/// every acknowledgement is seen at once.
HostConfig rfc9293() {
  HostConfig config;
  config.tcp.msl = seconds{120};
  config.tcp.rto_initial = seconds{1};
  config.tcp.rto_min = seconds{1};
  config.tcp.rto_max = seconds{60};
  config.tcp.syn_retries = config.tcp.synack_retries = 7;  // MUST-23
  config.tcp.data_retries = 8;
  config.tcp.congestion = Congestion::newreno;
  config.tcp.nagle = Nagle::on;
  config.tcp.challenge_interval = milliseconds{500};
  config.ephemeral = {kDynamicPorts, PortPick::sequential, {}};
  return config;
}

HostConfig textbook() {
  HostConfig config = rfc9293();
  config.follow_port_switch = true;
  return config;
}

/// Linux 6.1, which gives up a SYN after 127 s. From 6.5 on its first four waits do not double.
HostConfig linux_6() {
  HostConfig config;
  TcpConfig& tcp = config.tcp;
  tcp.msl = seconds{30};
  tcp.rto_min = milliseconds{200};
  tcp.rto_max = seconds{120};
  tcp.rto_floor = RtoFloor::variation;
  tcp.syn_retries = 6;
  tcp.synack_retries = 5;
  tcp.data_retries = 15;
  tcp.fin_wait_2_timeout = seconds{60};
  tcp.window = 64240;
  tcp.window_scaling = true;
  tcp.window_shift = 7;
  tcp.timestamps = true;
  tcp.tolerate_no_timestamp = true;
  tcp.sack = true;
  tcp.congestion = Congestion::cubic;
  tcp.initial_window = 10;
  tcp.nagle = Nagle::minshall;
  tcp.empty_probes = true;
  tcp.acks = AckPolicy::adaptive;
  tcp.delayed_ack = milliseconds{40};
  tcp.challenge_interval = milliseconds{500};
  tcp.reset_acknowledges = true;
  tcp.epipe_in_close_wait = true;
  tcp.quick_syn_retry = true;
  tcp.icmp = IcmpRule::any_handshake;
  tcp.time_wait_reuse = TimeWaitReuse::timestamps;
  tcp.syn_cookies = SynCookies::when_full;
  config.ephemeral = {{Port{32768}, Port{60999}}, PortPick::linux_hash, {}};
  return config;
}

/// FreeBSD gives up a SYN after 75 s; waits that double come closest with 63 s. It adds 200 ms to
/// every timeout, which makes that the shortest one.
HostConfig freebsd() {
  HostConfig config;
  TcpConfig& tcp = config.tcp;
  tcp.msl = seconds{30};
  tcp.rto_min = milliseconds{200};
  tcp.rto_max = seconds{64};
  tcp.rto_floor = RtoFloor::addition;
  tcp.syn_retries = 5;
  tcp.synack_retries = 3;
  tcp.data_retries = 12;
  tcp.fin_wait_2_timeout = seconds{60};
  tcp.keepalive_idle = hours{2};
  tcp.keepalive_probes = 8;
  tcp.window = 65536;
  tcp.window_scaling = true;
  tcp.window_shift = 6;
  tcp.window_in_segments = true;
  tcp.timestamps = true;
  tcp.sack = true;
  tcp.congestion = Congestion::cubic;
  tcp.initial_window = 10;
  tcp.nagle = Nagle::on;
  tcp.acks = AckPolicy::delayed;
  tcp.delayed_ack = milliseconds{40};
  tcp.reset_acknowledges = true;
  tcp.icmp = IcmpRule::hard_handshake;
  tcp.time_wait_wants_ack = true;
  tcp.syn_cookies = SynCookies::when_full;
  config.ephemeral = {{Port{10000}, Port{65535}}, PortPick::random, {}};
  return config;
}

}  // namespace

HostConfig defaults_of(Profile profile) {
  switch (profile) {
    case Profile::rfc9293:
      return rfc9293();
    case Profile::textbook:
      return textbook();
    case Profile::linux_6:
      return linux_6();
    case Profile::freebsd:
      return freebsd();
  }
  return rfc9293();
}

}  // namespace demuxsim::loading
