#include "packetdrill/settings.hpp"

#include <chrono>

#include "packetdrill/socket_options.hpp"
#include "support/catch.hpp"

namespace demuxsim::packetdrill {
namespace {

using namespace std::chrono_literals;

struct Set {
  HostConfig host;
  Buffers buffers;
  SysctlEffect operator()(std::string_view name, std::int64_t value) {
    return set_sysctl(name, value, host, buffers);
  }
};

TEST_CASE("sysctls of both systems set the TCP of the host") {
  Set set;
  CHECK(set("net.inet.tcp.rfc1323", 2) == SysctlEffect::applied);
  CHECK(set.host.tcp.window_scaling);
  CHECK(!set.host.tcp.timestamps);
  set("net.ipv4.tcp_timestamps", 1);
  CHECK(set.host.tcp.timestamps);
  set("net.inet.tcp.insecure_rst", 1);
  CHECK(!set.host.tcp.challenge_reset);
  set("net.inet.tcp.insecure_syn", 0);
  CHECK(set.host.tcp.challenge_syn);
  set("net.inet.tcp.recvspace", 5000);
  CHECK(set.host.tcp.window == 5000);
  CHECK(set.buffers.receive == 5000);
  set("net.inet.tcp.rexmit_initial", 250);
  CHECK(set.host.tcp.rto_initial == 250ms);
  set("net.ipv4.tcp_fin_timeout", 5);
  CHECK(set.host.tcp.fin_wait_2_timeout == 5s);
}

TEST_CASE("values that TCP cannot have are the nearest that it can") {
  Set set;
  set("net.inet.tcp.msl", -5);
  CHECK(set.host.tcp.msl == 1ms);
  set("net.inet.tcp.recvspace", 1LL << 62);
  CHECK(set.host.tcp.window == 1u << 30);
  set("net.ipv4.tcp_syn_retries", 1000);
  CHECK(set.host.tcp.syn_retries == 127);
}

TEST_CASE("sysctls without a meaning here are told apart") {
  Set set;
  CHECK(set("net.inet.tcp.ecn.enable", 2) == SysctlEffect::none);
  CHECK(set("net.inet.tcp.no_such_thing", 2) == SysctlEffect::unknown);
}

TEST_CASE("socket options set the TCP of one socket") {
  CHECK(sets_tcp("TCP_NODELAY"));
  CHECK(!sets_tcp("TCP_CORK"));
  TcpConfig tcp;
  tcp.nagle = Nagle::on;
  const TcpConfig set = with_options(
      tcp, {{"TCP_NODELAY", 1}, {"TCP_USER_TIMEOUT", 500}, {"SO_RCVBUF", 77}, {"TCP_CORK", 1}});
  CHECK(set.nagle == Nagle::off);
  CHECK(set.user_timeout == 500ms);
  CHECK(set.window == 77);
}

TEST_CASE("keep-alive probes are asked for by themselves") {
  CHECK(with_options({}, {{"SO_KEEPALIVE", 1}}).keepalive_idle == 2h);
  CHECK(with_options({}, {{"TCP_KEEPIDLE", 60}, {"SO_KEEPALIVE", 1}}).keepalive_idle == 60s);
  TcpConfig always;
  always.keepalive_idle = 2h;
  CHECK(with_options(always, {{"SO_KEEPALIVE", 0}}).keepalive_idle == 0s);
}

}  // namespace
}  // namespace demuxsim::packetdrill
