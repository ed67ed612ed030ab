// When a connection retransmits, by the rules of RFC 6298 section 5, and when it gives up.
#include <chrono>
#include <vector>

#include "support/connection_log.hpp"

using namespace demuxsim;
using namespace demuxsim::test;
using namespace std::chrono_literals;

namespace {

/// Lets A time out again and again, and notes when it sent what.
std::vector<Duration> times_of_retransmission(Peer& a, std::string_view expected) {
  std::vector<Duration> times;
  while (a.next_deadline() != kNever) {
    a.advance(a.next_deadline());
    if (a.outbox.empty()) break;
    a.sends(expected);
    CHECK(a.outbox.empty());
    times.push_back(a.now() - kStart);
  }
  return times;
}

/// Both ESTABLISHED at 100 ms, after a handshake with a round trip of 100 ms.
void establish_slowly(TwoPeers& peers) {
  auto& [a, b] = peers;
  b.listen({4999});
  a.connect(999);
  const Segment syn = a.sends("<SEQ=999><CTL=SYN>");
  peers.advance(kStart + 50ms);
  b.receive(syn);
  const Segment answer = b.sends("<SEQ=4999><ACK=1000><CTL=SYN,ACK>");
  peers.advance(kStart + 100ms);
  a.receive(answer);
  peers.settle();
  REQUIRE(peers.states() == "ESTABLISHED ESTABLISHED");
}

}  // namespace

TEST_CASE("A SYN goes again after 1 s, then 2, 4, 8 ... until the retries are over",
          "[rfc6298-2.1][rfc6298-5.5][rfc9293-3.8.3]") {
  TwoPeers peers;
  auto& a = peers.a;
  a.connect(100);
  a.sends("<SEQ=100><CTL=SYN>");
  const std::vector<Duration> expected{1s, 3s, 7s, 15s, 31s, 63s};
  CHECK(times_of_retransmission(a, "<SEQ=100><CTL=SYN>") == expected);
  CHECK(a.now() == kStart + 123s);  // The RTO has reached its maximum of 60 s.
  CHECK(a.news.closed);
  CHECK(a.news.failure == Errno::etimedout);
}

TEST_CASE("A SYN,ACK does likewise", "[rfc6298-5.5][rfc9293-3.8.3]") {
  TcpConfig config;
  config.synack_retries = 2;
  TwoPeers peers(config);
  auto& a = peers.a;
  peers.bring_a_to(TcpState::syn_received);
  const std::vector<Duration> expected{1s, 3s};
  CHECK(times_of_retransmission(a, "<SEQ=999><ACK=5000><CTL=SYN,ACK>") == expected);
  CHECK(a.now() == kStart + 7s);
  CHECK(a.news.failure == Errno::etimedout);
}

TEST_CASE("Text goes again until the retries are over", "[rfc6298-5.4][rfc9293-3.8.3]") {
  TcpConfig config;
  config.data_retries = 3;
  TwoPeers peers(config);
  auto& a = peers.a;
  peers.bring_a_to(TcpState::established);
  a.send(3000);
  a.outbox.clear();
  const std::vector<Duration> expected{1s, 3s, 7s};
  CHECK(times_of_retransmission(a, "<SEQ=1000><ACK=5000><DATA=1460><CTL=ACK>") == expected);
  CHECK(a.now() == kStart + 15s);
  CHECK(a.news.failure == Errno::etimedout);
}

TEST_CASE("An acknowledgement begins the count of retries anew", "[rfc9293-3.8.3]") {
  TcpConfig config;
  config.data_retries = 2;
  TwoPeers peers(config);
  auto& [a, b] = peers;
  peers.bring_a_to(TcpState::established);
  a.send(2000);
  a.outbox.clear();
  a.advance(kStart + 1s);
  a.outbox.clear();
  a.advance(kStart + 3s);
  b.receive(a.sends("<SEQ=1000><ACK=5000><DATA=1460><CTL=ACK>"));
  a.receive(b.sends("<SEQ=5000><ACK=2460><CTL=ACK>"));
  a.sends("<SEQ=2460><ACK=5000><DATA=540><CTL=ACK>");
  CHECK(times_of_retransmission(a, "<SEQ=2460><ACK=5000><DATA=540><CTL=ACK>").size() == 2);
  CHECK(a.news.failure == Errno::etimedout);
}

TEST_CASE("The RTO follows the round trip of the handshake", "[rfc6298-2.2][MUST-18]") {
  TcpConfig config;
  config.rto_min = 1ms;
  TwoPeers peers(config);
  auto& [a, b] = peers;
  establish_slowly(peers);
  CHECK(a.tcp().rto().smoothed() == 100ms);
  CHECK(a.tcp().rto().value() == 300ms);
  CHECK(b.tcp().rto().smoothed() == 50ms);
}

TEST_CASE("The timer starts with the first segment and is not moved by the next", "[rfc6298-5.1]") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(TcpState::established);
  CHECK(a.next_deadline() == kNever);
  a.send(10);
  CHECK(a.next_deadline() == kStart + 1s);
  a.advance(kStart + 400ms);
  a.send(10);
  CHECK(a.next_deadline() == kStart + 1s);
}

TEST_CASE("The timer stops when all is acknowledged and restarts when some is",
          "[rfc6298-5.2][rfc6298-5.3]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  peers.bring_a_to(TcpState::established);
  a.send(2000);
  b.receive(a.sends("<SEQ=1000><ACK=5000><DATA=1460><CTL=ACK>"));
  const Segment second = a.sends("<SEQ=2460><ACK=5000><DATA=540><CTL=ACK>");
  a.advance(kStart + 300ms);
  a.receive(b.sends("<SEQ=5000><ACK=2460><CTL=ACK>"));
  CHECK(a.next_deadline() == kStart + 300ms + a.tcp().rto().value());
  b.receive(second);
  a.receive(b.sends("<SEQ=5000><ACK=3000><CTL=ACK>"));
  CHECK(a.next_deadline() == kNever);
}

TEST_CASE("A round trip is never measured over a retransmission", "[rfc6298-3][MUST-18]") {
  TcpConfig config;
  config.rto_min = 1ms;
  TwoPeers peers(config);
  auto& [a, b] = peers;
  establish_slowly(peers);
  a.send(10);
  a.outbox.clear();
  a.advance(kStart + 400ms);
  b.receive(a.sends("<SEQ=1000><ACK=5000><DATA=10><CTL=ACK>"));
  a.advance(kStart + 405ms);
  a.receive(b.sends("<SEQ=5000><ACK=1010><CTL=ACK>"));
  CHECK(a.tcp().rto().smoothed() == 100ms);
  CHECK(a.tcp().rto().value() == 600ms);  // Still backed off.

  a.send(10);
  b.receive(a.sends("<SEQ=1010><ACK=5000><DATA=10><CTL=ACK>"));
  a.advance(kStart + 505ms);
  a.receive(b.sends("<SEQ=5000><ACK=1020><CTL=ACK>"));
  CHECK(a.tcp().rto().value() < 300ms);  // A fresh measurement ends that.
}

TEST_CASE("After a lost SYN data begin with an RTO of 3 s", "[rfc6298-5.7]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  b.listen({4999});
  a.connect(999);
  a.outbox.clear();
  peers.advance(kStart + 1s);
  peers.settle();
  REQUIRE(peers.states() == "ESTABLISHED ESTABLISHED");
  CHECK(a.tcp().rto().smoothed() == 0s);  // Karn: nothing was measured.
  a.send(10);
  CHECK(a.next_deadline() == kStart + 4s);
}

TEST_CASE("After a time-out each acknowledgement brings the next missing segment",
          "[rfc6298-5.4]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  peers.bring_a_to(TcpState::established);
  a.send(5 * 1460);
  REQUIRE(a.outbox.size() == 5);
  const Segment third = a.outbox[2];
  a.outbox.clear();
  b.receive(third);
  b.sends("<SEQ=5000><ACK=1000><CTL=ACK>");
  a.advance(kStart + 1s);
  b.receive(a.sends("<SEQ=1000><ACK=5000><DATA=1460><CTL=ACK>"));
  a.receive(b.sends("<SEQ=5000><ACK=2460><CTL=ACK>"));
  b.receive(a.sends("<SEQ=2460><ACK=5000><DATA=1460><CTL=ACK>"));
  a.receive(b.sends("<SEQ=5000><ACK=5380><CTL=ACK>"));  // Over the third, which it holds.
  b.receive(a.sends("<SEQ=5380><ACK=5000><DATA=1460><CTL=ACK>"));
  a.receive(b.sends("<SEQ=5000><ACK=6840><CTL=ACK>"));
  b.receive(a.sends("<SEQ=6840><ACK=5000><DATA=1460><CTL=ACK>"));
  a.receive(b.sends("<SEQ=5000><ACK=8300><CTL=ACK>"));
  CHECK(a.outbox.empty());
  CHECK(a.next_deadline() == kNever);
  CHECK(b.delivered == 5 * 1460);
}

TEST_CASE("A lost FIN goes again, with the text before it", "[rfc6298-5.4]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  peers.bring_a_to(TcpState::established);
  a.send(10);
  a.close();
  a.outbox.clear();
  a.advance(kStart + 1s);
  b.receive(a.sends("<SEQ=1000><ACK=5000><DATA=10><CTL=FIN,ACK>"));
  CHECK(b.delivered == 10);
  CHECK(b.state() == TcpState::close_wait);
  a.receive(b.sends("<SEQ=5000><ACK=1011><CTL=ACK>"));
  CHECK(a.state() == TcpState::fin_wait_2);
  CHECK(a.next_deadline() == kNever);
}

TEST_CASE("Called before its deadline it does nothing") {
  TwoPeers peers;
  auto& a = peers.a;
  peers.bring_a_to(TcpState::established);
  a.send(10);
  a.outbox.clear();
  const TcpNews news = a.tcp().on_deadline(kStart + 999ms, a.config());
  CHECK(news.changes == 0);
  CHECK(a.next_deadline() == kStart + 1s);
  Segment out;
  CHECK_FALSE(a.tcp().next_segment(kStart + 999ms, a.config(), out));
}
