#include "demuxsim/host/host.hpp"

#include <initializer_list>

#include "lone_host.hpp"

using namespace lone_host;

TEST_CASE("bind answers as bind(2) does") {
  Bench bench;
  const auto bind = [&](Endpoint local) {
    const auto made = bench.host.bind(bench.now, kUser, at(local));
    return made ? Errno::ok : made.error();
  };
  CHECK(bind({{}, kWeb}) == Errno::ok);
  CHECK(bind({kOwn, kWeb}) == Errno::eaddrinuse);
  CHECK(bind({kOwn, Port{81}}) == Errno::ok);
  CHECK(bind({kSecond, Port{81}}) == Errno::ok);
  CHECK(bind({{}, Port{81}}) == Errno::eaddrinuse);
  CHECK(bind({kPeer, Port{82}}) == Errno::eaddrnotavail);
  CHECK(bind({*IpAddress::parse("127.0.0.1"), Port{82}}) == Errno::ok);
  REQUIRE(bench.host.exit(bench.now, kUser) == Errno::ok);
  CHECK(bind({{}, Port{83}}) == Errno::ebadf);
  CHECK(bench.host.exit(bench.now, kUser) == Errno::ebadf);
  CHECK(ports_in_use(bench.host).empty());
}

TEST_CASE("bind to port 0 gives ports of the range until there are none") {
  Bench bench(narrow(3));
  for (int i = 0; i < 3; ++i) REQUIRE(bench.host.bind(bench.now, kUser, {}));
  CHECK(ports_in_use(bench.host) == Ports{50'000, 50'001, 50'002});
  CHECK(bench.host.bind(bench.now, kUser, {}).error() == Errno::eaddrinuse);
}

namespace {

/// A server and a user, of whom tests change one or the other.
HostTemplate two_kinds() {
  HostTemplate kind;
  kind.kinds.resize(2);
  kind.processes = {0, 1};
  return kind;
}

}  // namespace

TEST_CASE("ports below 1024 may need a privileged process") {
  HostTemplate kind = two_kinds();
  kind.config.require_privilege = true;
  kind.kinds[1].privileged = true;
  Bench bench(kind);
  const ListenConfig web = service();
  CHECK(bench.host.listen(bench.now, kServer, web, {}).error() == Errno::eacces);
  CHECK(bench.host.bind(bench.now, kServer, at({{}, Port{1023}})).error() == Errno::eacces);
  CHECK(bench.host.bind(bench.now, kServer, at({{}, Port{1024}})));
  CHECK(bench.host.bind(bench.now, kServer, {}));
  ConnectOptions call = to({kPeer, kWeb});
  call.from_port = Port{1000};
  CHECK(bench.host.connect(bench.now, kServer, call).error() == Errno::eacces);
  CHECK(bench.host.listen(bench.now, kUser, web, {}));
}

TEST_CASE("listen answers as listen(2) does") {
  Bench bench;
  const ListenConfig web = service();
  const SocketHandle first = bench.listen(web);
  CHECK(bench.host.listen(bench.now, kUser, web, {}).error() == Errno::eaddrinuse);
  ListenConfig longer = web;
  longer.backlog = 200;
  CHECK(bench.host.listen(bench.now, kUser, longer, {}, first));
  CHECK(bench.host.sockets(bench.now)[0].send_queue == 200);
  ListenConfig shared = service();
  shared.local.port = Port{81};
  shared.reuse_address = true;
  bench.listen(shared);
  // SO_REUSEADDR does not let two listen on one port.
  CHECK(bench.host.listen(bench.now, kUser, shared, {}).error() == Errno::eaddrinuse);
  shared.local.port = Port{82};
  shared.reuse_port = true;
  bench.listen(shared);
  CHECK(bench.host.listen(bench.now, kUser, shared, {}));
  CHECK(bench.host.close(bench.now, first) == Errno::ok);
  CHECK(bench.host.close(bench.now, first) == Errno::ebadf);
  CHECK(bench.host.listen(bench.now, kUser, web, {}));
}

TEST_CASE("connect answers at once where the call cannot begin") {
  Bench bench(narrow(2));
  const auto connect = [&](const ConnectOptions& options) {
    const auto made = bench.host.connect(bench.now, kUser, options);
    return made ? Errno::ok : made.error();
  };
  for (const char* nowhere : {"0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "2001:db8::1"}) {
    CAPTURE(nowhere);
    CHECK(connect(to({*IpAddress::parse(nowhere), kWeb})) == Errno::enetunreach);
  }
  ConnectOptions call = to({kPeer, kWeb});
  call.from_address = kPeer;
  CHECK(connect(call) == Errno::eaddrnotavail);
  call.from_address = *IpAddress::parse("::1");
  CHECK(connect(call) == Errno::eafnosupport);
  call.from_address.reset();
  call.from_port = Port{7000};
  CHECK(connect(call) == Errno::ok);
  CHECK(connect(call) == Errno::eaddrinuse);
  // The range has two ports for each destination.
  CHECK(connect(to({kPeer, kWeb})) == Errno::ok);
  CHECK(connect(to({kPeer, kWeb})) == Errno::ok);
  CHECK(connect(to({kPeer, kWeb})) == Errno::eaddrnotavail);
  CHECK(connect(to({kPeer, Port{81}})) == Errno::ok);
  CHECK(ports_in_use(bench.host) == Ports{7000, 50'000, 50'001});
  REQUIRE(bench.host.exit(bench.now, kUser) == Errno::ok);
  CHECK(connect(to({kPeer, kWeb})) == Errno::ebadf);
}

TEST_CASE("the same 4-tuple is never given twice, even with SO_REUSEADDR") {
  Bench bench;
  ConnectOptions call = to({kPeer, kWeb});
  call.from_port = Port{7000};
  call.reuse_address = true;
  REQUIRE(bench.host.connect(bench.now, kUser, call));
  CHECK(bench.host.connect(bench.now, kUser, call).error() == Errno::eaddrnotavail);
  call.target.port = Port{81};
  CHECK(bench.host.connect(bench.now, kUser, call));
}

TEST_CASE("a closed port answers a SYN with a reset, and a reset with nothing",
          "[rfc9293-3.10.7.1]") {
  Bench bench;
  bench.receive(syn(40'000, 1000, Port{81}));
  CHECK(bench.answer().flags == (flag::kRst | flag::kAck));
  CHECK(bench.answer().seq.value == 0);
  CHECK(bench.answer().ack.value == 1001);
  CHECK(bench.answer().to() == Endpoint{kPeer, Port{40'000}});
  bench.receive(from_peer(40'000, Port{81}, flag::kAck, 5, 77));
  CHECK(bench.answer().flags == flag::kRst);
  CHECK(bench.answer().seq.value == 77);
  bench.receive(from_peer(40'000, Port{81}, flag::kRst, 5));
  CHECK(bench.sent().empty());
}

TEST_CASE("a backlog of n has room for n + 1, and drops the SYN after") {
  struct Drops : TraceSink {
    void consume(std::span<const TraceRecord> records) override {
      for (const TraceRecord& record : records) {
        if (record.kind == TraceKind::segment_dropped) reasons.push_back(record.reason);
      }
    }
    std::vector<DropReason> reasons;
  };
  Bench bench;
  Drops drops;
  bench.output.trace.attach(drops, TraceKinds{}.with(TraceKind::segment_dropped));
  ListenConfig web = service();
  web.backlog = 1;
  bench.listen(web);
  bench.receive(syn(40'000));
  const Segment first = bench.answer();
  bench.receive(syn(40'001));
  CHECK(bench.sent().size() == 1);
  bench.receive(syn(40'002));
  CHECK(bench.sent().empty());
  bench.output.trace.flush();
  CHECK(drops.reasons == std::vector{DropReason::backlog_full});
  // Neither those that are accepted count, nor those that have ended.
  bench.receive(ack_of(first, 1001));
  bench.receive(syn(40'002));
  const Segment third = bench.answer();
  bench.receive(ack_of(third, 1001, flag::kRst));
  bench.receive(syn(40'003));
  CHECK(bench.sent().size() == 1);
  bench.receive(syn(40'004));
  CHECK(bench.sent().empty());
}

TEST_CASE("connections that nobody accepts wait in the backlog") {
  Bench bench;
  ListenConfig web = service();
  web.backlog = 0;
  web.accept = false;
  const SocketHandle listener = bench.listen(web);
  establish(bench, 40'000);
  CHECK(bench.host.sockets(bench.now)[0].receive_queue == 1);
  bench.receive(syn(40'001));
  CHECK(bench.sent().empty());
  bench.output.segments.clear();
  CHECK(bench.host.close(bench.now, listener) == Errno::ok);
  CHECK(bench.answer().has(flag::kRst));
  CHECK(bench.states().empty());
}

TEST_CASE("a half-open child dies with its listener") {
  Bench bench;
  const ListenConfig web = service();
  const SocketHandle listener = bench.listen(web);
  const Segment established = establish(bench, 40'000);
  bench.receive(syn(40'001));
  bench.output.segments.clear();
  REQUIRE(bench.host.close(bench.now, listener) == Errno::ok);
  CHECK(bench.answer().has(flag::kRst));
  CHECK(bench.answer().to() == Endpoint{kPeer, Port{40'001}});
  CHECK(bench.states() == States{TcpState::established});
  CHECK(ports_in_use(bench.host) == Ports{80});
  bench.receive(syn(40'002));
  CHECK(bench.answer().has(flag::kRst));
  // The one that was accepted lives on.
  bench.receive(ack_of(established, 1001, flag::kAck | flag::kFin));
  CHECK(bench.states() == States{last_ack});
}

TEST_CASE("exit closes what the process had open") {
  Bench bench;
  const ListenConfig web = service();
  bench.listen(web);
  establish(bench, 40'000);
  REQUIRE(bench.host.connect(bench.now, kServer, to({kPeer, kWeb})));
  REQUIRE(bench.host.connect(bench.now, kUser, to({kPeer, kWeb})));
  bench.output.segments.clear();
  REQUIRE(bench.host.exit(bench.now, kServer) == Errno::ok);
  CHECK(bench.answer().has(flag::kFin));
  CHECK(bench.states() == States{fin_wait_1, syn_sent});
  CHECK_FALSE(bench.host.sockets(bench.now)[0].process);
  CHECK(bench.host.sockets(bench.now)[1].process == kUser);
  // Nobody is left to read what comes.
  Segment data = ack_of(bench.answer(), 1001, flag::kAck | flag::kPsh);
  data.payload_bytes = 10;
  bench.receive(data);
  CHECK(std::any_of(bench.sent().begin(), bench.sent().end(),
                    [](const Segment& segment) { return segment.has(flag::kRst); }));
  CHECK(bench.states() == States{syn_sent});
  bench.advance(1h);
  CHECK(bench.states().empty());
  CHECK(bench.output.events.empty());
}

TEST_CASE("a reboot forgets without a word, and processes begin anew") {
  HostTemplate kind = two_kinds();
  kind.kinds[0].listens = {service()};
  Bench bench(kind);
  bench.host.start(bench.now);
  const Segment syn_ack = establish(bench, 40'000);
  REQUIRE(bench.host.connect(bench.now, kUser, to({kPeer, kWeb})));
  bench.output.segments.clear();
  bench.host.reboot(bench.now);
  CHECK(bench.sent().empty());
  CHECK(bench.states() == States{TcpState::listen});
  CHECK(ports_in_use(bench.host) == Ports{80});
  CHECK(bench.host.sockets(bench.now)[0].fd == 3);
  bench.receive(ack_of(syn_ack, 1001));
  CHECK(bench.answer().flags == flag::kRst);
  establish(bench, 40'000, 9000);
  // Timers of the time before mean nothing.
  bench.advance(1h);
  CHECK(bench.states() == States{TcpState::listen, TcpState::established});
}

TEST_CASE("switch-port: a SYN that comes again finds the same child and takes no other port") {
  Bench bench(narrow(4));
  const ListenConfig web = service(SetUp::switch_port);
  bench.listen(web);
  bench.receive(syn(40'000));
  const Segment syn_ack = bench.answer();
  CHECK(syn_ack.source_port == Port{50'000});
  CHECK(ports_in_use(bench.host) == Ports{80, 50'000});
  bench.receive(syn(40'000));
  CHECK(bench.answer().source_port == Port{50'000});
  CHECK(bench.answer().seq == syn_ack.seq);
  CHECK(ports_in_use(bench.host) == Ports{80, 50'000});
  CHECK(bench.states() == States{TcpState::listen, syn_received});
  bench.receive(ack_of(syn_ack, 1001));
  CHECK(bench.states() == States{TcpState::listen, TcpState::established});
  // Now the listener's port is free for the same caller.
  bench.receive(syn(40'000, 70'000));
  CHECK(bench.answer().source_port == Port{50'001});
}

TEST_CASE("switch-port: the child's port is released with it; without a port the SYN is dropped") {
  Bench bench(narrow(1));
  const ListenConfig web = service(SetUp::switch_port);
  bench.listen(web);
  bench.receive(syn(40'000));
  const Segment syn_ack = bench.answer();
  bench.receive(syn(40'001));
  CHECK(bench.sent().empty());
  bench.receive(ack_of(syn_ack, 1001, flag::kRst));
  CHECK(ports_in_use(bench.host) == Ports{80});
  bench.receive(syn(40'001));
  CHECK(bench.answer().source_port == Port{50'000});
}

TEST_CASE("announce: one port is opened, told, used once and released") {
  Bench bench(narrow(9));
  const ListenConfig web = service(SetUp::announce);
  bench.listen(web);
  establish(bench, 40'000);
  const Segment told = bench.sent().front();
  REQUIRE(told.stream.is_announcement());
  CHECK(told.stream.announced_port() == Port{50'000});
  CHECK(told.payload_bytes == told.stream.announcement_bytes());
  CHECK(ports_in_use(bench.host) == Ports{80, 50'000});

  SECTION("by its client") {
    bench.receive(syn(40'001, 5000, Port{50'000}));
    bench.receive(ack_of(bench.answer(), 5001));
    // The listener has done its duty; the conversation holds the port.
    CHECK(bench.states() == States{TcpState::listen, fin_wait_1, TcpState::established});
    CHECK(bench.host.port_in_use(Port{50'000}));
    const SocketHandle call = bench.host.find({kOwn, Port{50'000}}, {kPeer, Port{40'001}});
    CHECK(bench.host.abort(bench.now, call) == Errno::ok);
  }
  SECTION("by nobody") {
    bench.advance(59s);
    CHECK(bench.host.port_in_use(Port{50'000}));
    bench.advance(1s);
  }
  CHECK_FALSE(bench.host.port_in_use(Port{50'000}));
  bench.receive(syn(40'009, 5000, Port{50'000}));
  CHECK(bench.answer().has(flag::kRst));
}

TEST_CASE("TIME-WAIT holds the port for 2 MSL", "[rfc9293-3.6.1][MUST-13]") {
  HostConfig config = narrow(1);
  config.tcp.msl = 30s;
  Bench bench(config);
  const auto call = bench.host.connect(bench.now, kUser, to({kPeer, kWeb}));
  REQUIRE(call);
  bench.receive(ack_of(bench.answer(), 5000, flag::kSyn | flag::kAck));
  bench.output.segments.clear();
  REQUIRE(bench.host.close(bench.now, *call) == Errno::ok);
  bench.receive(ack_of(bench.answer(), 5001, flag::kFin | flag::kAck));
  CHECK(bench.states() == States{time_wait});
  CHECK(bench.host.connect(bench.now, kUser, to({kPeer, kWeb})).error() == Errno::eaddrnotavail);
  // The peer's FIN again starts the time anew.
  bench.advance(50s);
  bench.receive(from_peer(80, Port{50'000}, flag::kFin | flag::kAck, 5001));
  CHECK(bench.answer().flags == flag::kAck);
  bench.advance(60s - 1ns);
  CHECK(bench.states() == States{time_wait});
  CHECK(bench.host.port_in_use(Port{50'000}));
  bench.advance(1ns);
  CHECK(bench.states().empty());
  CHECK(ports_in_use(bench.host).empty());
  CHECK(bench.host.connect(bench.now, kUser, to({kPeer, kWeb})));
}

TEST_CASE("a SYN beyond what TIME-WAIT has received opens the connection anew",
          "[rfc9293-3.6.1][MAY-2]") {
  Bench bench;
  ListenConfig web = service();
  web.reply_bytes = 10;
  web.close = CloseRule::after_reply;
  bench.listen(web);
  const Segment syn_ack = establish(bench, 40'000);
  Segment request = ack_of(syn_ack, 1001, flag::kAck | flag::kPsh);
  request.payload_bytes = 5;
  request.stream = Stream::of(request.from(), request.to(), SequenceNumber{1000});
  bench.receive(request);
  REQUIRE_FALSE(bench.sent().empty());
  const Segment last = bench.sent().back();
  REQUIRE(last.has(flag::kFin));
  bench.receive(ack_of(last, 1006, flag::kFin | flag::kAck));
  REQUIRE(bench.states() == States{TcpState::listen, time_wait});
  // An old duplicate is only answered ...
  bench.receive(syn(40'000, 1000));
  CHECK(bench.answer().flags == flag::kAck);
  CHECK(bench.states() == States{TcpState::listen, time_wait});
  // ... a new one is admitted, with a larger number than any of the old connection.
  bench.receive(syn(40'000, 1008));
  CHECK(bench.answer().flags == (flag::kSyn | flag::kAck));
  CHECK(bench.answer().seq > last.seq + last.length());
  CHECK(bench.states() == States{TcpState::listen, syn_received});
  // If the peer knows nothing of it, it was a duplicate after all, and the wait goes on.
  bench.receive(from_peer(40'000, kWeb, flag::kRst, 1009));
  CHECK(bench.states() == States{TcpState::listen, time_wait});
  bench.receive(syn(40'000, 1000));
  CHECK(bench.answer().flags == flag::kAck);
  CHECK(bench.answer().ack == SequenceNumber{1007});
  bench.advance(2 * bench.kind.config.tcp.msl);
  CHECK(bench.states() == States{TcpState::listen});
  CHECK(ports_in_use(bench.host) == Ports{80});
}

TEST_CASE("a connection that is opened anew from TIME-WAIT does not go back there",
          "[rfc9293-3.6.1]") {
  Bench bench;
  const ListenConfig web = service();
  bench.listen(web);
  establish(bench, 40'000);
  REQUIRE(bench.host.close(bench.now, bench.host.find({kOwn, kWeb}, {kPeer, Port{40'000}})) ==
          Errno::ok);
  bench.receive(ack_of(bench.sent().back(), 1001, flag::kFin | flag::kAck));
  REQUIRE(bench.states() == States{TcpState::listen, time_wait});
  establish(bench, 40'000, 2000);
  CHECK(bench.states() == States{TcpState::listen, established});
  bench.receive(from_peer(40'000, kWeb, flag::kRst, 2001));
  CHECK(bench.states() == States{TcpState::listen});
}

TEST_CASE("one reply for each request, however it was cut into segments") {
  Bench bench;
  ListenConfig web = service();
  web.reply_bytes = 100;
  bench.listen(web);
  const Segment syn_ack = establish(bench, 40'000);
  std::uint32_t replied = 0;
  for (std::uint32_t part = 0; part < 3; ++part) {
    Segment piece = ack_of(syn_ack, 1001 + part * 500, flag::kAck);
    if (part == 2) piece.flags |= flag::kPsh;
    piece.payload_bytes = 500;
    piece.stream = Stream::of(piece.from(), piece.to(), SequenceNumber{1000});
    bench.receive(piece);
    for (const Segment& out : bench.sent()) replied += out.payload_bytes;
  }
  CHECK(replied == 100);
  CHECK(bench.host.counters().bytes_delivered == 1500);
  CHECK(bench.host.counters().bytes_misdelivered == 0);
}

TEST_CASE("bytes of another stream, or from another place in it, count as misdelivered") {
  Bench bench;
  const ListenConfig web = service();
  bench.listen(web);
  const Segment syn_ack = establish(bench, 40'000);
  Segment data = ack_of(syn_ack, 1001, flag::kAck);
  data.payload_bytes = 10;
  data.stream = Stream::of({kPeer, Port{40'001}}, data.to(), SequenceNumber{1000});
  bench.receive(data);
  CHECK(bench.host.counters().bytes_delivered == 0);
  CHECK(bench.host.counters().bytes_misdelivered == 10);
}

TEST_CASE("calls on an open socket answer as their system calls do") {
  Bench bench;
  const auto call = bench.host.connect(bench.now, kUser, to({kPeer, kWeb}));
  REQUIRE(call);
  CHECK(bench.host.shutdown_write(bench.now, *call) == Errno::enotconn);
  bench.receive(ack_of(bench.answer(), 5000, flag::kSyn | flag::kAck));
  CHECK(bench.host.send(bench.now, *call, 10) == Errno::ok);
  CHECK(bench.host.shutdown_write(bench.now, *call) == Errno::ok);
  CHECK(bench.host.send(bench.now, *call, 10) == Errno::epipe);
  CHECK(bench.host.close(bench.now, *call) == Errno::ok);
  CHECK(bench.host.send(bench.now, *call, 10) == Errno::ebadf);
  CHECK(bench.host.shutdown_write(bench.now, *call) == Errno::ebadf);
  CHECK(bench.host.close(bench.now, *call) == Errno::ebadf);
  CHECK(bench.host.abort(bench.now, *call) == Errno::ebadf);
  CHECK(bench.host.send(bench.now, {}, 1) == Errno::ebadf);
}
