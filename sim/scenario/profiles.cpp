#include "scenario/profiles.hpp"

#include <chrono>

namespace demuxsim::loading {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A SYN is given up after 1 + 2 + 4 + 8 + 16 + 32 + 60 + 60 = 183 s, as R2 is to be at least three
/// minutes for it (RFC 9293 MUST-23).
HostConfig rfc9293() {
  HostConfig config;
  config.tcp = {.msl = seconds{120},
                .rto_initial = seconds{1},
                .rto_min = seconds{1},
                .rto_max = seconds{60},
                .syn_retries = 7,
                .data_retries = 8,
                .mss = 1460,
                .window = 65535,
                .iss = IssMode::rfc6528};
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
  config.tcp = {.msl = seconds{30},
                .rto_initial = seconds{1},
                .rto_min = milliseconds{200},
                .rto_max = seconds{120},
                .syn_retries = 6,
                .data_retries = 15,
                .mss = 1460,
                .window = 64240,
                .iss = IssMode::rfc6528};
  config.ephemeral = {{Port{32768}, Port{60999}}, PortPick::linux_hash, {}};
  return config;
}

/// FreeBSD gives up a SYN after 75 s; waits that double come closest with 63 s. It adds 200 ms to
/// every timeout, which makes that the shortest one.
HostConfig freebsd() {
  HostConfig config;
  config.tcp = {.msl = seconds{30},
                .rto_initial = seconds{1},
                .rto_min = milliseconds{200},
                .rto_max = seconds{64},
                .syn_retries = 5,
                .data_retries = 12,
                .mss = 1460,
                .window = 65535,
                .iss = IssMode::rfc6528};
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
