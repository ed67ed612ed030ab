// Sockets that are bound before they call or listen, and what becomes of their ports.
#include "demuxsim/host/host.hpp"
#include "lone_host.hpp"

using namespace lone_host;

namespace {

constexpr SocketName kName{0, 0};

BindOptions named(Endpoint local, bool no_port = false) {
  BindOptions options = at(local);
  options.no_port = no_port;
  options.name = kName;
  return options;
}

ConnectOptions from(SocketHandle bound, Endpoint target = {kPeer, kWeb}) {
  ConnectOptions options = to(target);
  options.bound = bound;
  return options;
}

/// The peer refuses the call that was just made.
void refuse(Bench& bench) { bench.receive(ack_of(bench.answer(), 0, flag::kRst | flag::kAck)); }

}  // namespace

TEST_CASE("a bound socket may listen or call; its port stays its own") {
  Bench bench;
  const ListenConfig web = service();
  const auto bound = bench.host.bind(bench.now, kUser, at({kSecond, Port{7000}}));
  REQUIRE(bound);
  ConnectOptions call = to({IpAddress::ipv4(0xe0000001), kWeb});
  call.bound = *bound;
  CHECK(bench.host.connect(bench.now, kUser, call).error() == Errno::enetunreach);
  CHECK(bench.states() == States{closed});
  CHECK(bench.host.sockets(bench.now)[0].fd == 3);
  call.target.address = kPeer;
  REQUIRE(bench.host.connect(bench.now, kUser, call));
  CHECK(bench.answer().from() == Endpoint{kSecond, Port{7000}});
  CHECK(bench.states() == States{syn_sent});
  CHECK(bench.host.sockets(bench.now)[0].fd == 3);
  CHECK(bench.host.connect(bench.now, kUser, call).error() == Errno::ebadf);
  CHECK(bench.host.listen(bench.now, kUser, web, {}, *bound).error() == Errno::einval);
}

TEST_CASE("a call that is refused leaves the socket bound, to call again or to listen") {
  Bench bench;
  const ListenConfig web = service();
  REQUIRE(bench.host.bind(bench.now, kUser, named({{}, Port{7000}})));
  for (int i = 0; i < 2; ++i) {
    REQUIRE(bench.host.connect(bench.now, kUser, from(bench.host.find(kName))));
    CHECK(bench.answer().from() == Endpoint{kOwn, Port{7000}});
    refuse(bench);
    CHECK(bench.states() == States{closed});
    CHECK(bench.host.sockets(bench.now)[0].fd == 3);
    CHECK(ports_in_use(bench.host) == Ports{7000});
    // It is bound to any address again.
    CHECK(bench.host.bind(bench.now, kServer, at({kSecond, Port{7000}})).error() ==
          Errno::eaddrinuse);
  }
  REQUIRE(bench.host.listen(bench.now, kUser, web, {}, bench.host.find(kName)));
  CHECK(bench.host.close(bench.now, bench.host.find(kName)) == Errno::ok);
  CHECK(ports_in_use(bench.host).empty());
}

TEST_CASE("a port that the host has chosen is given back when the call fails") {
  Bench bench;
  REQUIRE(bench.host.bind(bench.now, kUser, named({kOwn, {}})));
  CHECK(ports_in_use(bench.host).size() == 1);
  REQUIRE(bench.host.connect(bench.now, kUser, from(bench.host.find(kName))));
  refuse(bench);
  CHECK(bench.states() == States{closed});
  CHECK(ports_in_use(bench.host).empty());
}

TEST_CASE("a bind without a port leaves it to the call, and others to share it") {
  Bench bench(narrow(1));
  const auto first = bench.host.bind(bench.now, kUser, named({kOwn, {}}, true));
  const auto second = bench.host.bind(bench.now, kUser, at({kOwn, {}}));
  REQUIRE(first);
  REQUIRE(second);
  CHECK(ports_in_use(bench.host) == Ports{50'000});
  // The only port is held by number now; then it is not.
  CHECK(bench.host.connect(bench.now, kUser, from(*first)).error() == Errno::eaddrnotavail);
  CHECK(bench.host.close(bench.now, *second) == Errno::ok);
  REQUIRE(bench.host.connect(bench.now, kUser, from(*first)));
  CHECK(bench.answer().from() == Endpoint{kOwn, Port{50'000}});
  CHECK(bench.host.connect(bench.now, kUser, to({kPeer, Port{443}})));
  CHECK(bench.host.connect(bench.now, kUser, to({kPeer, kWeb})).error() == Errno::eaddrnotavail);
}

TEST_CASE("a bind without a port leaves it to listen, too") {
  Bench bench(narrow(1));
  const ListenConfig web = service();
  const auto first = bench.host.bind(bench.now, kUser, named({kOwn, {}}, true));
  BindOptions again = at({kOwn, {}});
  again.no_port = true;
  const auto second = bench.host.bind(bench.now, kUser, again);
  REQUIRE(bench.host.listen(bench.now, kUser, web, {}, *first));
  CHECK(bench.host.sockets(bench.now)[0].local == Endpoint{kOwn, Port{50'000}});
  CHECK(bench.host.listen(bench.now, kUser, web, {}, *second).error() == Errno::eaddrinuse);
  CHECK(bench.host.close(bench.now, *second) == Errno::ok);
  CHECK(bench.host.close(bench.now, *first) == Errno::ok);
  CHECK(ports_in_use(bench.host).empty());
}

TEST_CASE("a socket is bound once, unless its port was left open") {
  Bench bench;
  const auto bind = [&](SocketHandle socket, Endpoint local) {
    BindOptions options = at(local);
    options.bound = socket;
    const auto made = bench.host.bind(bench.now, kUser, options);
    return made ? Errno::ok : made.error();
  };
  const auto open = bench.host.bind(bench.now, kUser, named({kOwn, {}}, true));
  CHECK(bind(*open, {kPeer, Port{7000}}) == Errno::eaddrnotavail);
  CHECK(bind(*open, {kSecond, Port{7000}}) == Errno::ok);
  CHECK(bench.host.sockets(bench.now)[0].local == Endpoint{kSecond, Port{7000}});
  CHECK(bind(*open, {kSecond, Port{7001}}) == Errno::einval);
  const auto call = bench.host.connect(bench.now, kUser, to({kPeer, kWeb}));
  CHECK(bind(*call, {kOwn, Port{7002}}) == Errno::einval);
  CHECK(ports_in_use(bench.host) == Ports{7000, 49'152});
}

TEST_CASE("who calls, is connected or listens cannot call") {
  Bench bench;
  const auto error_of = [&](SocketHandle socket) {
    return bench.host.connect(bench.now, kUser, from(socket)).error();
  };
  const ListenConfig web = service();
  CHECK(error_of(bench.listen(web)) == Errno::eisconn);
  const auto call = bench.host.connect(bench.now, kUser, to({kPeer, kWeb}));
  const Segment syn = bench.answer();
  CHECK(error_of(*call) == Errno::ealready);
  bench.receive(ack_of(syn, 5000, flag::kSyn | flag::kAck));
  CHECK(error_of(*call) == Errno::eisconn);
}

TEST_CASE("calling asks nobody for the port a second time") {
  Bench bench;
  const ListenConfig web = service();
  BindOptions shared = named({{}, Port{7000}});
  shared.reuse_address = true;
  REQUIRE(bench.host.bind(bench.now, kUser, shared));
  shared.name = {};
  const auto other = bench.host.bind(bench.now, kServer, shared);
  REQUIRE(bench.host.listen(bench.now, kServer, web, {}, *other));
  CHECK(bench.host.connect(bench.now, kUser, from(bench.host.find(kName))));
}

TEST_CASE("abort closes a listener as close does") {
  Bench bench;
  const ListenConfig web = service();
  CHECK(bench.host.abort(bench.now, bench.listen(web)) == Errno::ok);
  CHECK(bench.host.sockets(bench.now).empty());
}

TEST_CASE("a segment to oneself opens a connection with oneself", "[rfc9293-3.5]") {
  Bench bench;
  const auto bound = bench.host.bind(bench.now, kUser, at({kOwn, Port{7000}}));
  REQUIRE(bench.host.connect(bench.now, kUser, from(*bound, {kOwn, Port{7000}})));
  for (int i = 0; i < 4 && !bench.sent().empty(); ++i) bench.receive(Segment(bench.sent().front()));
  CHECK(bench.states() == States{established});
}

TEST_CASE("a loopback address calls nobody outside") {
  Bench bench;
  const IpAddress loopback = IpAddress::ipv4(0x7f000001);
  const auto bound = bench.host.bind(bench.now, kUser, at({loopback, Port{7000}}));
  REQUIRE(bound);
  CHECK(bench.host.connect(bench.now, kUser, from(*bound)).error() == Errno::einval);
  CHECK(bench.host.connect(bench.now, kUser, from(*bound, {kOwn, kWeb})));
}
