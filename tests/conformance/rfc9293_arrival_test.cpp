// Arriving segments by RFC 9293 section 3.10.7: each check, in each state it speaks of.
#include <vector>

#include "support/connection_log.hpp"

using namespace demuxsim;
using namespace demuxsim::test;

namespace {

/// A segment from B to A.
Segment from_b(std::uint8_t flags, std::uint32_t seq, std::uint32_t ack,
               std::uint16_t payload_bytes = 0) {
  Segment segment;
  segment.source = TwoPeers::kB.address;
  segment.source_port = TwoPeers::kB.port;
  segment.destination = TwoPeers::kA.address;
  segment.destination_port = TwoPeers::kA.port;
  segment.seq = {seq};
  segment.ack = {ack};
  segment.window = 65535;
  segment.flags = flags;
  segment.payload_bytes = payload_bytes;
  return segment;
}

constexpr std::uint8_t kAck = flag::kAck;
constexpr std::uint8_t kRst = flag::kRst;
constexpr std::uint8_t kSyn = flag::kSyn;
constexpr std::uint8_t kFin = flag::kFin;

using enum TcpState;
const std::vector<TcpState> kSynchronized{established, fin_wait_1, fin_wait_2,
                                          close_wait,  closing,    last_ack};
const std::vector<TcpState> kOtherStates{syn_received, established, fin_wait_1, fin_wait_2,
                                         close_wait,   closing,     last_ack};

/// The acknowledgement that A sends to what it does not accept.
std::string plain_ack(Peer& a) {
  return "<SEQ=" + std::to_string(a.tcp().snd_nxt().value) +
         "><ACK=" + std::to_string(a.tcp().rcv_nxt().value) + "><CTL=ACK>";
}

}  // namespace

TEST_CASE("CLOSED answers anything but a reset with a reset", "[rfc9293-3.10.7.1]") {
  TwoPeers peers;
  auto& a = peers.a;
  a.receive(from_b(kSyn, 500, 0));
  a.sends("<SEQ=0><ACK=501><CTL=RST,ACK>");
  a.receive(from_b(kFin, 500, 0, 10));
  a.sends("<SEQ=0><ACK=511><CTL=RST,ACK>");
  a.receive(from_b(kSyn | kAck, 500, 77));
  a.sends("<SEQ=77><CTL=RST>");
  a.receive(from_b(kRst, 500, 0));
  a.receive(from_b(kRst | kAck, 500, 77));
  CHECK(a.outbox.empty());
}

TEST_CASE("LISTEN ignores resets, refuses acknowledgements, admits a SYN", "[rfc9293-3.10.7.2]") {
  TwoPeers peers;
  auto& a = peers.a;
  a.listen({999});
  a.receive(from_b(kRst, 500, 0));
  a.receive(from_b(kRst | kSyn, 500, 0));
  a.receive(from_b(kFin, 500, 0));
  a.receive(from_b(0, 500, 0, 10));
  CHECK(a.outbox.empty());
  a.receive(from_b(kAck, 500, 77));
  a.sends("<SEQ=77><CTL=RST>");
  a.receive(from_b(kSyn | kAck, 500, 77));
  a.sends("<SEQ=77><CTL=RST>");
  CHECK(a.state() == TcpState::listen);
  a.receive(from_b(kSyn, 500, 0));
  a.sends("<SEQ=999><ACK=501><CTL=SYN,ACK>");
  CHECK(a.state() == syn_received);
}

TEST_CASE("LISTEN queues text and FIN of a SYN until the connection is established",
          "[rfc9293-3.10.7.2]") {
  TwoPeers peers;
  auto& a = peers.a;
  a.listen({999});
  a.receive(from_b(kSyn | kFin, 500, 0, 10));
  a.sends("<SEQ=999><ACK=501><CTL=SYN,ACK>");
  CHECK(a.delivered == 0);
  a.receive(from_b(kAck, 501, 1000));
  CHECK(a.delivered == 10);
  CHECK(a.news.connected);
  CHECK(a.news.peer_finished);
  CHECK(a.news.changes == 2);
  CHECK(a.state() == close_wait);
  a.sends("<SEQ=1000><ACK=512><CTL=ACK>");
}

TEST_CASE("SYN-SENT checks the acknowledgement first", "[rfc9293-3.10.7.3]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(syn_sent);
  for (const std::uint32_t bad : {999u, 1001u, 12u}) {
    a.receive(from_b(kSyn | kAck, 500, bad));
    a.sends("<SEQ=" + std::to_string(bad) + "><CTL=RST>");
    a.receive(from_b(kRst | kAck, 500, bad));
    CHECK(a.outbox.empty());
    CHECK(a.news.dropped);
    CHECK(a.state() == syn_sent);
  }
}

TEST_CASE("SYN-SENT believes a reset that acknowledges its SYN", "[rfc9293-3.10.7.3]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(syn_sent);
  a.receive(from_b(kRst, 0, 0));
  CHECK(a.news.dropped);
  CHECK(a.state() == syn_sent);
  a.receive(from_b(kRst | kAck, 0, 1000));
  CHECK(a.news.closed);
  CHECK(a.news.failure == Errno::econnrefused);
  CHECK(a.outbox.empty());
}

TEST_CASE("SYN-SENT drops what has neither SYN nor RST", "[rfc9293-3.10.7.3]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(syn_sent);
  a.receive(from_b(kAck, 500, 1000));
  CHECK(a.news.dropped);
  a.receive(from_b(kFin, 500, 0));
  CHECK(a.news.dropped);
  CHECK(a.outbox.empty());
  CHECK(a.state() == syn_sent);
}

TEST_CASE("SYN-SENT takes text and FIN of a SYN,ACK at once", "[rfc9293-3.10.7.3]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(syn_sent);
  a.receive(from_b(kSyn | kAck | kFin, 500, 1000, 10));
  CHECK(a.state() == close_wait);
  CHECK(a.news.changes == 2);
  CHECK(a.news.states[1] == established);
  CHECK(a.delivered == 10);
  a.sends("<SEQ=1000><ACK=512><CTL=ACK>");
}

TEST_CASE("SYN-SENT queues text of a lone SYN", "[rfc9293-3.10.7.3]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(syn_sent);
  a.receive(from_b(kSyn, 500, 0, 10));
  a.sends("<SEQ=999><ACK=501><CTL=SYN,ACK>");
  CHECK(a.delivered == 0);
  a.receive(from_b(kAck, 501, 1000));
  CHECK(a.delivered == 10);
  a.sends("<SEQ=1000><ACK=511><CTL=ACK>");
}

TEST_CASE("First: an unacceptable segment is answered unless it is a reset", "[rfc9293-3.10.7.4]") {
  for (const TcpState state : kOtherStates) {
    CAPTURE(name_of(state));
    TwoPeers peers;
    auto& a = peers.a;
    peers.bring_a_to(state);
    const std::uint32_t next = a.tcp().rcv_nxt().value;
    const std::uint32_t acked = a.tcp().snd_nxt().value;
    for (const std::uint32_t seq : {next - 1, next - 4000, next + 65536, next + 200'000}) {
      a.receive(from_b(kAck, seq, acked));
      a.sends(plain_ack(a));
      CHECK(a.news.dropped);
      a.receive(from_b(kRst, seq, 0));
      CHECK(a.news.dropped);
      CHECK(a.outbox.empty());
      CHECK(a.state() == state);
    }
  }
}

TEST_CASE("Second: a reset at RCV.NXT is believed", "[rfc9293-3.10.7.4][MUST-11][MUST-12]") {
  struct Row {
    TcpState state;
    TcpState after;
    Errno failure;
  };
  const Row rows[] = {
      {syn_received, TcpState::listen, Errno::ok},
      {established, closed, Errno::econnreset},
      {fin_wait_1, closed, Errno::econnreset},
      {fin_wait_2, closed, Errno::econnreset},
      {close_wait, closed, Errno::econnreset},
      {closing, closed, Errno::ok},
      {last_ack, closed, Errno::ok},
  };
  for (const Row& row : rows) {
    CAPTURE(name_of(row.state));
    TwoPeers peers;
    auto& a = peers.a;
    peers.bring_a_to(row.state);
    a.receive(from_b(kRst, a.tcp().rcv_nxt().value, 0));
    CHECK(a.news.closed);
    CHECK_FALSE(a.news.dropped);
    CHECK(a.news.states[1] == row.after);
    CHECK(a.news.failure == row.failure);
    CHECK(a.outbox.empty());
  }
}

TEST_CASE("Second: a reset elsewhere in the window is challenged", "[rfc9293-3.10.7.4]") {
  for (const TcpState state : kOtherStates) {
    CAPTURE(name_of(state));
    TwoPeers peers;
    auto& a = peers.a;
    peers.bring_a_to(state);
    for (const std::uint32_t offset : {1u, a.tcp().rcv_wnd() - 1}) {
      a.receive(from_b(kRst, a.tcp().rcv_nxt().value + offset, 0));
      a.sends(plain_ack(a));
      CHECK(a.news.dropped);
      CHECK(a.state() == state);
    }
    // Its text reaches into the window, its sequence number does not.
    a.receive(from_b(kRst, a.tcp().rcv_nxt().value - 5, 0, 10));
    CHECK(a.outbox.empty());
    CHECK(a.state() == state);
  }
}

TEST_CASE("Second: a reset refuses an active open in SYN-RECEIVED", "[rfc9293-3.10.7.4][MUST-11]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(syn_sent);
  a.receive(from_b(kSyn, 4999, 0));
  REQUIRE(a.state() == syn_received);
  CHECK_FALSE(a.tcp().is_passive());
  a.outbox.clear();
  a.receive(from_b(kRst, 5000, 0));
  CHECK(a.news.states[1] == closed);
  CHECK(a.news.failure == Errno::econnrefused);
}

TEST_CASE("Fourth: a SYN in a synchronized state is challenged", "[rfc9293-3.10.7.4]") {
  for (const TcpState state : kSynchronized) {
    CAPTURE(name_of(state));
    TwoPeers peers;
    auto& a = peers.a;
    peers.bring_a_to(state);
    for (const std::uint32_t seq : {4999u, 5000u, 5001u, 6000u, 400'000u}) {
      a.receive(from_b(kSyn, seq, 0));
      a.sends(plain_ack(a));
      a.receive(from_b(kSyn | kAck, seq, a.tcp().snd_nxt().value));
      a.sends(plain_ack(a));
      CHECK(a.news.dropped);
      CHECK(a.outbox.empty());
      CHECK(a.state() == state);
    }
  }
}

TEST_CASE("Fourth: another SYN in the window returns a passive open to LISTEN",
          "[rfc9293-3.10.7.4]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(syn_received);
  a.receive(from_b(kSyn, 5100, 0));
  CHECK(a.news.closed);
  CHECK(a.news.failure == Errno::ok);
  CHECK(a.news.states[1] == TcpState::listen);
  CHECK(a.outbox.empty());
}

TEST_CASE("Fourth: another SYN in the window is challenged after an active open",
          "[rfc9293-3.10.7.4]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(syn_sent);
  a.receive(from_b(kSyn, 4999, 0));
  a.outbox.clear();
  a.receive(from_b(kSyn, 5100, 0));
  a.sends("<SEQ=1000><ACK=5000><CTL=ACK>");
  CHECK(a.state() == syn_received);
}

TEST_CASE("The same SYN again in SYN-RECEIVED gets the SYN,ACK again", "[rfc9293-3.10.7.4]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(syn_received);
  a.receive(from_b(kSyn, 4999, 0));
  a.sends("<SEQ=999><ACK=5000><CTL=SYN,ACK>");
  CHECK(a.outbox.empty());
  CHECK(a.state() == syn_received);
}

TEST_CASE("Fifth: a segment without ACK is dropped", "[rfc9293-3.10.7.4]") {
  for (const TcpState state : kOtherStates) {
    CAPTURE(name_of(state));
    TwoPeers peers;
    auto& a = peers.a;
    peers.bring_a_to(state);
    a.receive(from_b(kFin, a.tcp().rcv_nxt().value, 0, 10));
    CHECK(a.news.dropped);
    CHECK(a.outbox.empty());
    CHECK(a.state() == state);
    CHECK(a.delivered == 0);
  }
}

TEST_CASE("Fifth: SYN-RECEIVED resets what does not acknowledge its SYN", "[rfc9293-3.10.7.4]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(syn_received);
  for (const std::uint32_t bad : {999u, 1001u, 12u}) {
    a.receive(from_b(kAck, 5000, bad, 10));
    a.sends("<SEQ=" + std::to_string(bad) + "><CTL=RST>");
    CHECK(a.outbox.empty());
    CHECK(a.state() == syn_received);
    CHECK(a.delivered == 0);
  }
}

TEST_CASE("Fifth: an acknowledgement of what was never sent is answered and its segment dropped",
          "[rfc9293-3.10.7.4]") {
  for (const TcpState state : kSynchronized) {
    CAPTURE(name_of(state));
    TwoPeers peers;
    auto& a = peers.a;
    peers.bring_a_to(state);
    a.receive(from_b(kAck, a.tcp().rcv_nxt().value, a.tcp().snd_nxt().value + 1, 10));
    a.sends(plain_ack(a));
    CHECK(a.outbox.empty());
    CHECK(a.delivered == 0);
    CHECK(a.state() == state);
  }
}

TEST_CASE("Fifth: an old acknowledgement is ignored, the text with it is not",
          "[rfc9293-3.10.7.4]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(established);
  a.receive(from_b(kAck, 5000, 900, 10));
  CHECK(a.delivered == 10);
  a.sends("<SEQ=1000><ACK=5010><CTL=ACK>");
}

TEST_CASE("Fifth: SYN-RECEIVED takes the window from the segment that ends it",
          "[rfc9293-3.10.7.4]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(syn_received);
  Segment in = from_b(kAck, 5010, 1000);
  in.window = 300;
  a.receive(in);
  CHECK(a.tcp().snd_wnd() == 300);
  in.seq = {5000};
  in.window = 200;
  a.receive(in);
  CHECK(a.tcp().snd_wnd() == 300);
}

TEST_CASE("The handshake's last segment cancels a SYN,ACK that is due again") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(syn_received);
  a.tcp().on_segment(kStart, from_b(kSyn, 4999, 0), a.config());
  a.receive(from_b(kAck, 5000, 1000));
  CHECK(a.state() == established);
  CHECK(a.outbox.empty());
}

TEST_CASE("Fifth: the send window follows the newest segment only", "[rfc9293-3.10.7.4]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(established);
  const auto offer = [&](std::uint32_t seq, std::uint32_t ack, std::uint16_t window) {
    Segment in = from_b(kAck, seq, ack);
    in.window = window;
    a.receive(in);
    return a.tcp().snd_wnd();
  };
  a.send(100);
  CHECK(offer(5000, 1050, 700) == 700);
  CHECK(offer(5000, 1050, 600) == 600);
  CHECK(offer(5000, 1060, 500) == 500);
  CHECK(offer(5000, 1055, 400) == 500);  // An older acknowledgement,
  CHECK(offer(5005, 1055, 400) == 500);  // even on a newer segment.
  CHECK(offer(5010, 1060, 300) == 300);
  CHECK(offer(5000, 1060, 200) == 300);  // An older segment.
  CHECK(offer(5000, 1100, 100) == 300);  // Older in sequence, whatever it acknowledges.
}

TEST_CASE("Seventh: text is not taken after the peer's FIN", "[rfc9293-3.10.7.4]") {
  for (const TcpState state : {close_wait, closing, last_ack}) {
    CAPTURE(name_of(state));
    TwoPeers peers;
    auto& a = peers.a;
    peers.bring_a_to(state);
    a.receive(from_b(kAck, a.tcp().rcv_nxt().value, a.tcp().snd_una().value, 10));
    CHECK(a.delivered == 0);
    CHECK(a.state() == state);
  }
}

TEST_CASE("Eighth: a FIN after the acknowledgement of ours, in one segment", "[rfc9293-3.10.7.4]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(fin_wait_1);
  a.receive(from_b(kFin | kAck, 5000, 1001));
  CHECK(a.news.changes == 2);
  CHECK(a.news.states[1] == fin_wait_2);
  CHECK(a.news.states[2] == TcpState::time_wait);
  CHECK(a.news.time_wait);
  CHECK(a.state() == TcpState::time_wait);
  a.sends("<SEQ=1001><ACK=5001><CTL=ACK>");
}

TEST_CASE("Eighth: a FIN is new even where the text before it is old", "[rfc9293-3.10.7.4]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(established);
  a.receive(from_b(kAck, 5000, 1000, 10));
  a.receive(from_b(kAck | kFin, 5000, 1000, 10));
  CHECK(a.news.peer_finished);
  CHECK(a.delivered == 10);
  CHECK(a.state() == close_wait);
}

TEST_CASE("Eighth: data flow on in a half-closed connection", "[rfc9293-3.6.1]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  peers.establish(1000, 5000);
  b.close();
  peers.settle();
  REQUIRE(peers.states() == "CLOSE-WAIT FIN-WAIT-2");
  a.send(100'000);
  peers.settle();
  CHECK(b.delivered == 100'000);
  CHECK(b.send(1) == Errno::epipe);
  a.close();
  peers.settle();
  CHECK(peers.states() == "CLOSED TIME-WAIT");
}

TEST_CASE("Both may close while the FIN still waits for the window", "[rfc9293-3.10.4]") {
  TcpConfig config;
  config.window = 1000;
  TwoPeers peers(config);
  auto& [a, b] = peers;
  peers.establish(1000, 5000);
  a.send(5000);
  a.close();
  b.send(5000);
  b.close();
  CHECK(peers.states() == "FIN-WAIT-1 FIN-WAIT-1");
  peers.settle();
  CHECK(a.delivered == 5000);
  CHECK(b.delivered == 5000);
  CHECK(a.next_deadline() == kStart + 2 * config.msl);
}
