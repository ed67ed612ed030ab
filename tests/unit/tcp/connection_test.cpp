// Calls, segmentation and windows of one connection; what arriving segments do is in
// tests/conformance.
#include "demuxsim/tcp/connection.hpp"

#include <chrono>

#include "support/connection_log.hpp"

using namespace demuxsim;
using namespace demuxsim::test;
using namespace std::chrono_literals;

namespace {

/// An answer of B to A with this window.
Segment window_update(Peer& a, std::uint32_t ack, std::uint16_t window) {
  Segment in;
  in.source = TwoPeers::kB.address;
  in.destination = TwoPeers::kA.address;
  in.seq = a.tcp().rcv_nxt();
  in.ack = {ack};
  in.window = window;
  in.flags = flag::kAck;
  return in;
}

}  // namespace

TEST_CASE("SEND queues until the FIN is queued", "[rfc9293-3.10.2]") {
  struct Row {
    TcpState state;
    Errno result;
  };
  const Row rows[] = {
      {TcpState::syn_sent, Errno::ok},      {TcpState::syn_received, Errno::ok},
      {TcpState::established, Errno::ok},   {TcpState::close_wait, Errno::ok},
      {TcpState::fin_wait_1, Errno::epipe}, {TcpState::fin_wait_2, Errno::epipe},
      {TcpState::closing, Errno::epipe},    {TcpState::last_ack, Errno::epipe},
  };
  for (const Row& row : rows) {
    CAPTURE(name_of(row.state));
    TwoPeers peers;
    peers.bring_a_to(row.state);
    CHECK(peers.a.send(10) == row.result);
    const bool sent = row.state == TcpState::established || row.state == TcpState::close_wait;
    CHECK(peers.a.outbox.size() == (sent ? 1 : 0));
  }
}

TEST_CASE("Text sent before the handshake is done goes with its last segment", "[rfc9293-3.10.2]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  b.listen({300});
  a.connect(100);
  a.send(20);
  b.receive(a.sends("<SEQ=100><CTL=SYN>"));
  CHECK(a.outbox.empty());
  CHECK(a.tcp().unsent_bytes() == 20);
  CHECK(a.tcp().unacknowledged_bytes() == 0);
  b.send(30);
  a.receive(b.sends("<SEQ=300><ACK=101><CTL=SYN,ACK>"));
  CHECK(b.outbox.empty());
  b.receive(a.sends("<SEQ=101><ACK=301><DATA=20><CTL=ACK>"));
  CHECK(a.outbox.empty());
  CHECK(b.news.connected);
  CHECK(b.delivered == 20);
  a.receive(b.sends("<SEQ=301><ACK=121><DATA=30><CTL=ACK>"));
  CHECK(a.delivered == 30);
}

TEST_CASE("CLOSE in each state", "[rfc9293-3.10.4]") {
  struct Row {
    TcpState state;
    TcpState after;
    std::size_t segments;
  };
  const Row rows[] = {
      {TcpState::syn_received, TcpState::syn_received, 0},
      {TcpState::established, TcpState::fin_wait_1, 1},
      {TcpState::fin_wait_1, TcpState::fin_wait_1, 0},
      {TcpState::fin_wait_2, TcpState::fin_wait_2, 0},
      {TcpState::close_wait, TcpState::last_ack, 1},
      {TcpState::closing, TcpState::closing, 0},
      {TcpState::last_ack, TcpState::last_ack, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(name_of(row.state));
    TwoPeers peers;
    peers.bring_a_to(row.state);
    CHECK(peers.a.close() == Errno::ok);
    CHECK(peers.a.state() == row.after);
    CHECK(peers.a.outbox.size() == row.segments);
  }
}

TEST_CASE("CLOSE in SYN-SENT ends the connection in silence", "[rfc9293-3.10.4]") {
  TwoPeers peers;
  peers.bring_a_to(TcpState::syn_sent);
  peers.a.send(10);
  CHECK(peers.a.close() == Errno::ok);
  CHECK(peers.a.state() == TcpState::closed);
  CHECK(peers.a.outbox.empty());
  CHECK(peers.a.next_deadline() == kNever);
  CHECK(peers.a.send(1) == Errno::enotconn);
  CHECK(peers.a.close() == Errno::enotconn);
}

TEST_CASE("CLOSE in SYN-RECEIVED takes effect when the handshake is done", "[rfc9293-3.10.4]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  b.listen({300});
  a.connect(100);
  b.receive(a.sends("<SEQ=100><CTL=SYN>"));
  b.close();
  CHECK(b.state() == TcpState::syn_received);
  a.receive(b.sends("<SEQ=300><ACK=101><CTL=SYN,ACK>"));
  b.receive(a.sends("<SEQ=101><ACK=301><CTL=ACK>"));
  CHECK(b.news.connected);
  CHECK(b.news.changes == 2);
  CHECK(b.state() == TcpState::fin_wait_1);
  b.sends("<SEQ=301><ACK=101><CTL=FIN,ACK>");
}

TEST_CASE("ABORT in each state", "[rfc9293-3.10.5]") {
  struct Row {
    TcpState state;
    bool reset;
  };
  const Row rows[] = {
      {TcpState::syn_sent, false},  {TcpState::syn_received, true}, {TcpState::established, true},
      {TcpState::fin_wait_1, true}, {TcpState::fin_wait_2, true},   {TcpState::close_wait, true},
      {TcpState::closing, false},   {TcpState::last_ack, false},
  };
  for (const Row& row : rows) {
    CAPTURE(name_of(row.state));
    TwoPeers peers;
    auto& a = peers.a;
    peers.bring_a_to(row.state);
    const std::string reset = "<SEQ=" + std::to_string(a.tcp().snd_nxt().value) + "><CTL=RST>";
    a.abort();
    if (row.reset) a.sends(reset);
    CHECK(a.outbox.empty());
  }
}

TEST_CASE("An aborted connection tells its peer, whatever is on its way", "[rfc9293-3.10.5]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  peers.establish(1000, 5000);
  a.send(5000);
  a.abort();
  peers.settle();
  CHECK(b.news.failure == Errno::econnreset);
  CHECK(b.delivered == 5000);
  CHECK(peers.states() == "CLOSED LISTEN");
}

TEST_CASE("An ABORT overrides an acknowledgement that is due", "[rfc9293-3.10.5]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(TcpState::established);
  Segment in = window_update(a, 1000, 1000);
  in.payload_bytes = 10;
  a.tcp().on_segment(kStart, in, a.config());
  a.abort();
  a.sends("<SEQ=1000><CTL=RST>");
  CHECK(a.outbox.empty());
}

TEST_CASE("Each end announces its MSS on the SYN and keeps to the smaller",
          "[rfc9293-3.7.1][MUST-14][MUST-16][SHLD-5][MAY-3]") {
  TcpConfig small;
  small.mss = 1000;
  Peer a(TwoPeers::kA, TwoPeers::kB, small);
  Peer b(TwoPeers::kB, TwoPeers::kA);
  b.listen({300});
  a.connect(100);
  CHECK(a.outbox.front().mss == 1000);
  b.receive(a.sends("<SEQ=100><CTL=SYN>"));
  CHECK(b.outbox.front().mss == 1460);
  a.receive(b.sends("<SEQ=300><ACK=101><CTL=SYN,ACK>"));
  CHECK(a.outbox.front().mss == 0);
  b.receive(a.sends("<SEQ=101><ACK=301><CTL=ACK>"));
  CHECK(a.tcp().send_mss() == 1000);
  CHECK(b.tcp().send_mss() == 1000);
}

TEST_CASE("A peer without the MSS option gets the default", "[rfc9293-3.7.1][MUST-15]") {
  Segment syn;
  syn.flags = flag::kSyn;
  syn.source = syn.destination = IpAddress::ipv4(1);
  CHECK(TcpConnection::open_from_syn(syn, {}, TcpConfig{}).send_mss() == 536);
  syn.source = syn.destination = IpAddress::ipv6(1, 1);
  CHECK(TcpConnection::open_from_syn(syn, {}, TcpConfig{}).send_mss() == 1220);
  syn.mss = 9000;
  CHECK(TcpConnection::open_from_syn(syn, {}, TcpConfig{}).send_mss() == 1440);
  TcpConfig tiny;
  tiny.mss = 1;
  CHECK(TcpConnection::open_from_syn(syn, {}, tiny).send_mss() == 1);
}

TEST_CASE("Over IPv6 the announced MSS is 20 less", "[MUST-67]") {
  const TcpConfig config;
  auto connection = TcpConnection::open({100}, config, Family::ipv6);
  Segment out;
  REQUIRE(connection.next_segment(kStart, config, out));
  CHECK(out.mss == 1440);
}

TEST_CASE("Text is cut by the MSS; the last piece is pushed and carries the FIN") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(TcpState::established);
  CHECK(a.tcp().send(3000) == Errno::ok);
  CHECK(a.close() == Errno::ok);
  REQUIRE(a.outbox.size() == 3);
  CHECK(a.outbox[0].payload_bytes == 1460);
  CHECK(a.outbox[1].payload_bytes == 1460);
  CHECK(a.outbox[2].payload_bytes == 80);
  CHECK(a.outbox[0].flags == flag::kAck);
  CHECK(a.outbox[1].flags == flag::kAck);
  CHECK(a.outbox[2].flags == (flag::kAck | flag::kPsh | flag::kFin));
  CHECK(a.outbox[2].seq.value == 1000 + 2920);
  CHECK(a.tcp().unacknowledged_bytes() == 3000);
  CHECK(a.tcp().unsent_bytes() == 0);
}

TEST_CASE("The send window limits what is on its way", "[rfc9293-3.8.6]") {
  TcpConfig config;
  config.window = 4000;
  TwoPeers peers(config);
  auto& [a, b] = peers;
  peers.bring_a_to(TcpState::established);
  a.send(10'000);
  CHECK(a.outbox.size() == 2);  // The third would be cut by the window, so it waits.
  CHECK(a.tcp().unacknowledged_bytes() == 2920);
  CHECK(a.tcp().unsent_bytes() == 7080);
  peers.settle();
  CHECK(b.delivered == 10'000);
}

TEST_CASE("A window below the MSS is used when nothing is on its way", "[rfc9293-3.8.6.2.1]") {
  TcpConfig config;
  config.window = 300;
  TwoPeers peers(config);
  auto& [a, b] = peers;
  peers.bring_a_to(TcpState::established);
  a.send(1000);
  b.receive(a.sends("<SEQ=1000><ACK=5000><DATA=300><CTL=ACK>"));
  CHECK(a.outbox.empty());
  peers.settle();
  CHECK(b.delivered == 1000);
}

TEST_CASE("A closed window is probed until it opens", "[rfc9293-3.8.6.1]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(TcpState::established);
  a.receive(window_update(a, 1000, 0));
  a.send(2000);
  CHECK(a.outbox.empty());
  CHECK(a.next_deadline() == kStart + 1s);
  for (int i = 0; i < 30; ++i) {  // Far more often than data_retries.
    a.advance(a.next_deadline());
    a.sends("<SEQ=1000><ACK=5000><DATA=1><CTL=ACK>");
    a.receive(window_update(a, 1000, 0));
    REQUIRE(a.outbox.empty());
    REQUIRE(a.state() == TcpState::established);
  }
  CHECK(a.next_deadline() == a.now() + 60s);
  a.receive(window_update(a, 1000, 65535));
  a.sends("<SEQ=1000><ACK=5000><DATA=1460><CTL=ACK>");
  a.sends("<SEQ=2460><ACK=5000><DATA=540><CTL=ACK>");
  CHECK(a.outbox.empty());
  a.receive(window_update(a, 1001, 65535));
  CHECK(a.tcp().rto().smoothed() < 1s);  // The wait for the window was no round trip.
}

TEST_CASE("A lone FIN probes a closed window, too", "[rfc9293-3.8.6.1]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(TcpState::established);
  a.receive(window_update(a, 1000, 0));
  a.close();
  CHECK(a.outbox.empty());
  a.advance(kStart + 1s);
  a.sends("<SEQ=1000><ACK=5000><CTL=FIN,ACK>");
}

TEST_CASE("A probe that nobody answers gives up", "[rfc9293-3.8.6.1]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(TcpState::established);
  a.receive(window_update(a, 1000, 0));
  a.send(10);
  while (a.next_deadline() != kNever) a.advance(a.next_deadline());
  CHECK(a.news.failure == Errno::etimedout);
}

TEST_CASE("A window that opens in time needs no probe and starts no old timer") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(TcpState::established);
  a.receive(window_update(a, 1000, 0));
  a.send(10);
  a.advance(kStart + 900ms);
  a.receive(window_update(a, 1000, 1000));
  a.sends("<SEQ=1000><ACK=5000><DATA=10><CTL=ACK>");
  CHECK(a.next_deadline() == kStart + 1900ms);
}

TEST_CASE("A window that shrinks below what is on its way stops new text", "[rfc9293-3.8.6]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(TcpState::established);
  a.send(3000);
  a.outbox.clear();
  a.receive(window_update(a, 1000, 100));
  a.send(1000);
  CHECK(a.outbox.empty());
  a.advance(kStart + 1s);
  a.sends("<SEQ=1000><ACK=5000><DATA=1460><CTL=ACK>");
}

TEST_CASE("Text out of order is held, acknowledged at once and delivered in one piece",
          "[rfc9293-3.10.7.4]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  peers.establish(1000, 5000);
  CHECK(a.tcp().send(4000) == Errno::ok);
  a.close();
  REQUIRE(a.outbox.size() == 3);
  const Segment first = a.outbox[0];
  b.receive(a.outbox[2]);
  b.sends("<SEQ=5000><ACK=1000><CTL=ACK>");
  b.receive(a.outbox[1]);
  b.sends("<SEQ=5000><ACK=1000><CTL=ACK>");
  CHECK(b.delivered == 0);
  CHECK(b.tcp().has_gap());
  b.receive(first);
  CHECK_FALSE(b.tcp().has_gap());
  b.sends("<SEQ=5000><ACK=5001><CTL=ACK>");
  CHECK(b.outbox.empty());
  CHECK(b.news.delivered_bytes == 4000);
  CHECK(b.news.delivered_offset == 0);
  CHECK(b.news.delivered_stream == a.tcp().stream());
  CHECK(b.news.peer_finished);
  CHECK(b.state() == TcpState::close_wait);
}

TEST_CASE("What reaches past the window is cut, and its FIN with it", "[rfc9293-3.10.7.4]") {
  TcpConfig config;
  config.window = 100;
  TwoPeers peers(config);
  auto& [a, b] = peers;
  peers.establish(1000, 5000);
  Segment in = window_update(a, 1000, 100);
  in.payload_bytes = 100;
  in.flags = flag::kAck | flag::kFin;
  a.receive(in);
  CHECK(a.delivered == 100);
  CHECK_FALSE(a.news.peer_finished);
  CHECK(a.state() == TcpState::established);
  a.sends("<SEQ=1000><ACK=5100><CTL=ACK>");
}

TEST_CASE("Text of another stream is noticed") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(TcpState::established);
  Segment in = window_update(a, 1000, 100);
  in.payload_bytes = 10;
  in.stream = Stream{5};
  a.receive(in);
  CHECK_FALSE(a.news.stream_mismatch);
  CHECK(a.news.delivered_stream == Stream{5});
  in.seq = in.seq + 20;
  in.stream = Stream{6};
  a.receive(in);
  CHECK_FALSE(a.news.stream_mismatch);
  in.seq = in.seq - 10;
  in.stream = Stream{5};
  a.receive(in);
  CHECK(a.news.delivered_bytes == 20);
  CHECK(a.news.stream_mismatch);
}

TEST_CASE("Offsets go on beyond 4 GiB, and numbers round their circle") {
  TcpConfig config;
  config.mss = 65'000;
  config.window = 65'535;
  TwoPeers peers(config);
  auto& [a, b] = peers;
  peers.establish(0xffff'fff0, 5000);
  constexpr std::uint64_t kBytes = 5'000'000'000;
  a.send(kBytes);
  peers.settle();
  CHECK(b.delivered == kBytes);
  CHECK(b.tcp().received_bytes() == kBytes);
  CHECK(a.tcp().unacknowledged_bytes() == 0);
  CHECK(a.tcp().snd_nxt().value == static_cast<std::uint32_t>(0xffff'fff0 + kBytes));
}

TEST_CASE("Nothing is held once the gap is filled") {
  TwoPeers peers;
  auto& [a, b] = peers;
  peers.establish(1000, 5000);
  a.send(3000);
  a.outbox.pop_front();
  b.receive(a.outbox.front());
  CHECK(b.tcp().has_gap());
  a.advance(kStart + 1s);
  peers.settle();
  CHECK(b.delivered == 3000);
  CHECK_FALSE(b.tcp().has_gap());
}

TEST_CASE("A time-out leaves no trace in a long stream") {
  TcpConfig config;
  config.mss = 30'000;
  TwoPeers peers(config);
  auto& [a, b] = peers;
  peers.establish(1000, 5000);
  constexpr std::uint64_t kSegments = 100'000;  // More than 2 GiB.
  a.send(kSegments * config.mss);
  a.outbox.clear();
  a.advance(kStart + 1s);
  const std::uint64_t before = b.received;
  peers.settle();
  CHECK(b.delivered == kSegments * config.mss);
  CHECK(b.received - before == kSegments);
}

TEST_CASE("Each segment with text is acknowledged once, and acknowledgements are not") {
  TwoPeers peers;
  auto& [a, b] = peers;
  peers.establish(1000, 5000);
  a.send(10 * 1460);
  for (std::uint32_t i = 1; i <= 10; ++i) {
    b.receive(a.outbox.front());
    a.outbox.pop_front();
    a.receive(b.sends("<SEQ=5000><ACK=" + std::to_string(1000 + i * 1460) + "><CTL=ACK>"));
    CHECK(b.outbox.empty());
  }
  CHECK(a.outbox.empty());
}
