// Processes that accept and read by themselves, call by call.
#include "lone_host.hpp"

namespace {

using namespace lone_host;

ListenConfig patient() {
  ListenConfig made = service();
  made.accept = false;
  made.close = CloseRule::never;
  return made;
}

TEST_CASE("accept gives the connection that has waited longest") {
  Bench bench;
  const ListenConfig config = patient();
  const SocketHandle listener = bench.listen(config);
  establish(bench, 2000);
  establish(bench, 1000);
  CHECK(bench.host.waiting_at(listener) == 2);
  const SocketHandle first = bench.host.accept(bench.now, listener, SocketName{0});
  const SocketHandle second = bench.host.accept(bench.now, listener, SocketName{1});
  REQUIRE(first);
  REQUIRE(second);
  CHECK(bench.host.ends_of(SocketName{0})->peer.port == Port{2000});
  CHECK(bench.host.ends_of(SocketName{1})->peer.port == Port{1000});
  CHECK(!bench.host.accept(bench.now, listener, SocketName{2}));
  CHECK(bench.host.waiting_at(listener) == 0);
}

TEST_CASE("a connection that was reset while it waited is not accepted") {
  Bench bench;
  const ListenConfig config = patient();
  const SocketHandle listener = bench.listen(config);
  establish(bench, 2000);
  establish(bench, 1000);
  bench.receive(from_peer(2000, kWeb, flag::kRst, 1001));
  REQUIRE(bench.host.accept(bench.now, listener, SocketName{0}));
  CHECK(bench.host.ends_of(SocketName{0})->peer.port == Port{1000});
}

TEST_CASE("what arrives waits until it is read") {
  Bench bench;
  const ListenConfig config = patient();
  const SocketHandle listener = bench.listen(config);
  const Segment syn_ack = establish(bench, 2000);
  const SocketHandle socket = bench.host.accept(bench.now, listener, SocketName{0});
  Segment text = ack_of(syn_ack, 1001);
  text.payload_bytes = 100;
  bench.receive(text);
  REQUIRE(bench.host.tcp_connection(socket) != nullptr);
  CHECK(bench.host.tcp_connection(socket)->unread_bytes() == 100);
  CHECK(bench.host.read(bench.now, socket, 60) == 60);
  CHECK(bench.host.read(bench.now, socket, 60) == 40);
  CHECK(bench.host.read(bench.now, socket, 60) == 0);
  CHECK(bench.host.tcp_connection(listener) == nullptr);
}

TEST_CASE("an administrator may end what is in TIME-WAIT") {
  Bench bench;
  const ListenConfig config = patient();
  const SocketHandle listener = bench.listen(config);
  const Segment syn_ack = establish(bench, 2000);
  const SocketHandle socket = bench.host.accept(bench.now, listener, SocketName{0});
  CHECK(bench.host.shutdown_write(bench.now, socket) == Errno::ok);
  bench.receive(from_peer(2000, kWeb, flag::kFin | flag::kAck, 1001, syn_ack.seq.value + 2));
  CHECK(bench.states() == States{listen, time_wait});
  bench.host.end_time_wait(bench.now);
  CHECK(bench.states() == States{listen});
}

}  // namespace
