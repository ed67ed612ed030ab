// What a process asks of TCP, and TCP of the network below: RFC 9293 sections 3.6.1 and 3.9.
#include "unit/host/lone_host.hpp"

using namespace lone_host;

namespace {

constexpr IpAddress kMulticast = IpAddress::ipv4(0xe0000001);
constexpr IpAddress kBroadcast = IpAddress::ipv4(0xffffffff);

}  // namespace

TEST_CASE("A passive open fails or makes a listener of its own", "[rfc9293-3.9.1.1][MUST-41]") {
  Bench bench;
  const ListenConfig web = service();
  bench.listen(web);
  establish(bench, 40'000);
  bench.receive(syn(40'001));
  const States before = bench.states();
  CHECK(bench.host.listen(bench.now, kUser, web, {}).error() == Errno::eaddrinuse);
  CHECK(bench.host.bind(bench.now, kUser, at({kSecond, kWeb})).error() == Errno::eaddrinuse);
  CHECK(bench.states() == before);
}

TEST_CASE("A process may listen where a connection of the same port is being opened",
          "[rfc9293-3.9.1.1][MUST-42]") {
  Bench bench;
  ConnectOptions call = to({kPeer, kWeb});
  call.from_port = Port{7000};
  call.reuse_address = true;
  REQUIRE(bench.host.connect(bench.now, kUser, call));
  ListenConfig same = service();
  same.local.port = Port{7000};
  same.reuse_address = true;
  CHECK(bench.host.listen(bench.now, kServer, same, {}));
  CHECK(bench.states() == States{TcpState::listen, syn_sent});
  // The child in SYN-RECEIVED has the listener's port, and another listener may come.
  bench.receive(syn(40'000, 1000, Port{7000}));
  CHECK(bench.states() == States{TcpState::listen, syn_sent, syn_received});
  same.local.address = kSecond;
  CHECK(bench.host.listen(bench.now, kUser, same, {}).error() == Errno::eaddrinuse);
}

TEST_CASE("An open may name the local address, passive or active", "[rfc9293-3.9.1.1][MUST-43]") {
  Bench bench;
  ListenConfig web = service();
  web.local.address = kSecond;
  bench.listen(web);
  bench.receive(syn(40'000));
  CHECK(bench.answer().has(flag::kRst));
  ListenConfig beside = web;  // The same port, but another address.
  beside.local.address = kOwn;
  bench.listen(beside);
  Segment call = syn(40'000);
  call.destination = kSecond;
  bench.receive(call);
  CHECK(bench.answer().flags == (flag::kSyn | flag::kAck));
  bench.output.segments.clear();
  ConnectOptions options = to({kPeer, kWeb});
  options.from_address = kSecond;
  REQUIRE(bench.host.connect(bench.now, kUser, options));
  CHECK(bench.answer().source == kSecond);
}

TEST_CASE("Else the host chooses it before the first SYN", "[rfc9293-3.9.1.1][MUST-44]") {
  Bench bench;
  REQUIRE(bench.host.connect(bench.now, kUser, to({kPeer, kWeb})));
  CHECK(bench.answer().source == kOwn);
}

TEST_CASE("A connection keeps its local address in all its segments",
          "[rfc9293-3.9.1.1][MUST-45]") {
  Bench bench;
  const ListenConfig web = service();
  bench.listen(web);
  Segment call = syn(40'000);
  call.destination = kSecond;
  bench.receive(call);
  const Segment syn_ack = bench.answer();
  CHECK(syn_ack.source == kSecond);
  bench.receive(ack_of(syn_ack, 1001));
  REQUIRE(bench.host.close(bench.now, bench.host.find({kSecond, kWeb}, {kPeer, Port{40'000}})) ==
          Errno::ok);
  REQUIRE_FALSE(bench.sent().empty());
  CHECK(bench.sent().back().source == kSecond);
}

TEST_CASE("Nobody opens a connection to many", "[rfc9293-3.9.1.1][MUST-46]") {
  Bench bench;
  for (const IpAddress& address : {kMulticast, kBroadcast, IpAddress::ipv4(0)}) {
    CHECK(bench.host.connect(bench.now, kUser, to({address, kWeb})).error() == Errno::enetunreach);
  }
  CHECK(bench.sent().empty());
}

TEST_CASE("The hop limit is what the host is set to", "[rfc9293-3.9.2][MUST-49]") {
  HostConfig config;
  config.tcp.hop_limit = 9;
  Bench bench(config);
  REQUIRE(bench.host.connect(bench.now, kUser, to({kPeer, kWeb})));
  CHECK(bench.answer().hop_limit == 9);
}

TEST_CASE("A segment to many is dropped without a word", "[rfc9293-3.9.2.3][MUST-57]") {
  Bench bench;
  const ListenConfig web = service();
  bench.listen(web);
  for (const IpAddress& address : {kMulticast, kBroadcast}) {
    Segment call = syn(40'000);
    call.destination = address;
    bench.receive(call);
    CHECK(bench.sent().empty());
    call.destination_port = Port{81};
    bench.receive(call);
    CHECK(bench.sent().empty());
  }
  CHECK(bench.states() == States{TcpState::listen});
}

TEST_CASE("A segment from nobody or from many is dropped without a word",
          "[rfc9293-3.9.2.3][MUST-63]") {
  Bench bench;
  const ListenConfig web = service();
  bench.listen(web);
  for (const IpAddress& address : {kMulticast, kBroadcast, IpAddress::ipv4(0)}) {
    Segment call = syn(40'000);
    call.source = address;
    bench.receive(call);
    CHECK(bench.sent().empty());
  }
  CHECK(bench.states() == States{TcpState::listen});
}

TEST_CASE("Text for a socket that is closed is lost, and a reset says so",
          "[rfc9293-3.6.1][SHLD-3][MAY-1]") {
  Bench bench;
  const ListenConfig web = service();
  bench.listen(web);
  const Segment syn_ack = establish(bench, 40'000);
  REQUIRE(bench.host.close(bench.now, bench.host.find({kOwn, kWeb}, {kPeer, Port{40'000}})) ==
          Errno::ok);
  Segment late = ack_of(syn_ack, 1001);
  late.payload_bytes = 10;
  bench.receive(late);
  REQUIRE_FALSE(bench.sent().empty());
  CHECK(bench.sent().back().has(flag::kRst));
  CHECK(bench.states() == States{TcpState::listen});
}

TEST_CASE("A damaged segment counts for nothing", "[rfc9293-3.1][MUST-3]") {
  Bench bench;
  const ListenConfig web = service();
  bench.listen(web);
  Segment call = syn(40'000);
  call.options |= Segment::kDamaged;
  bench.receive(call);
  CHECK(bench.sent().empty());
  CHECK(bench.states() == States{TcpState::listen});
}

TEST_CASE("An ICMP error reaches the connection that sent what it quotes",
          "[rfc9293-3.9.2.2][MUST-54]") {
  Bench bench;
  REQUIRE(bench.host.connect(bench.now, kUser, to({kPeer, kWeb})));
  const Segment first = bench.answer();
  bench.output.segments.clear();
  REQUIRE(bench.host.connect(bench.now, kUser, to({kPeer, Port{81}})));
  bench.receive(icmp_error(IcmpError::port_unreachable, kPeer, first));
  CHECK(bench.states() == States{syn_sent});
  CHECK_FALSE(bench.host.connection(bench.now, first.from(), first.to()));
}
