// Figures 6 to 13 of RFC 9293, with the figures' own sequence numbers, line by line.
#include "support/connection_log.hpp"

using namespace demuxsim;
using namespace demuxsim::test;

TEST_CASE("Figure 6: basic three-way handshake", "[rfc9293-3.5]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  b.listen({300});
  CHECK(peers.states() == "CLOSED LISTEN");
  a.connect(100);
  b.receive(a.sends("<SEQ=100><CTL=SYN>"));
  CHECK(peers.states() == "SYN-SENT SYN-RECEIVED");
  a.receive(b.sends("<SEQ=300><ACK=101><CTL=SYN,ACK>"));
  CHECK(peers.states() == "ESTABLISHED SYN-RECEIVED");
  b.receive(a.sends("<SEQ=101><ACK=301><CTL=ACK>"));
  CHECK(peers.states() == "ESTABLISHED ESTABLISHED");
  a.send(20);
  b.receive(a.sends("<SEQ=101><ACK=301><DATA=20><CTL=ACK>"));
  CHECK(peers.states() == "ESTABLISHED ESTABLISHED");
  CHECK(b.delivered == 20);
}

TEST_CASE("Figure 7: simultaneous connection synchronization", "[rfc9293-3.5][MUST-10]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  CHECK(peers.states() == "CLOSED CLOSED");
  a.connect(100);
  const Segment syn_of_a = a.sends("<SEQ=100><CTL=SYN>");
  CHECK(a.state() == TcpState::syn_sent);
  b.connect(300);
  CHECK(b.state() == TcpState::syn_sent);
  a.receive(b.sends("<SEQ=300><CTL=SYN>"));
  CHECK(a.state() == TcpState::syn_received);
  b.receive(syn_of_a);
  CHECK(b.state() == TcpState::syn_received);
  const Segment answer_of_a = a.sends("<SEQ=100><ACK=301><CTL=SYN,ACK>");
  CHECK(a.state() == TcpState::syn_received);
  a.receive(b.sends("<SEQ=300><ACK=101><CTL=SYN,ACK>"));
  CHECK(a.state() == TcpState::established);
  b.receive(answer_of_a);
  CHECK(peers.states() == "ESTABLISHED ESTABLISHED");
  CHECK(a.outbox.empty());
  CHECK(b.outbox.empty());
}

TEST_CASE("Figure 8: recovery from old duplicate SYN", "[rfc9293-3.5][MUST-11]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  b.listen({300, 400});
  a.connect(100);
  const Segment syn = a.sends("<SEQ=100><CTL=SYN>");
  Segment duplicate = syn;
  duplicate.seq = {90};
  b.receive(duplicate);
  CHECK(peers.states() == "SYN-SENT SYN-RECEIVED");
  a.receive(b.sends("<SEQ=300><ACK=91><CTL=SYN,ACK>"));
  CHECK(peers.states() == "SYN-SENT SYN-RECEIVED");
  b.receive(a.sends("<SEQ=91><CTL=RST>"));
  CHECK(peers.states() == "SYN-SENT LISTEN");
  CHECK(b.news.closed);
  CHECK(b.news.failure == Errno::ok);
  CHECK(b.news.states[b.news.changes] == TcpState::listen);
  b.receive(syn);
  CHECK(peers.states() == "SYN-SENT SYN-RECEIVED");
  a.receive(b.sends("<SEQ=400><ACK=101><CTL=SYN,ACK>"));
  CHECK(peers.states() == "ESTABLISHED SYN-RECEIVED");
  b.receive(a.sends("<SEQ=101><ACK=401><CTL=ACK>"));
  CHECK(peers.states() == "ESTABLISHED ESTABLISHED");
}

TEST_CASE("Figure 9: half-open connection discovery", "[rfc9293-3.5.1]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  peers.establish(100, 300);
  a.reboot();
  CHECK(peers.states() == "CLOSED ESTABLISHED");
  a.connect(400);
  b.receive(a.sends("<SEQ=400><CTL=SYN>"));
  CHECK(peers.states() == "SYN-SENT ESTABLISHED");
  a.receive(b.sends("<SEQ=300><ACK=100><CTL=ACK>"));
  b.receive(a.sends("<SEQ=100><CTL=RST>"));
  CHECK(b.news.failure == Errno::econnreset);
  CHECK(b.news.states[b.news.changes] == TcpState::closed);
  CHECK(a.state() == TcpState::syn_sent);
  a.advance(a.next_deadline());
  a.sends("<SEQ=400><CTL=SYN>");
}

TEST_CASE("Figure 10: active side causes half-open connection discovery", "[rfc9293-3.5.1]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  peers.establish(100, 300);
  a.reboot();
  b.send(10);
  a.receive(b.sends("<SEQ=300><ACK=100><DATA=10><CTL=ACK>"));
  b.receive(a.sends("<SEQ=100><CTL=RST>"));
  CHECK(b.news.failure == Errno::econnreset);
  CHECK(b.news.states[b.news.changes] == TcpState::closed);
  CHECK(b.outbox.empty());
}

TEST_CASE("Figure 11: old duplicate SYN initiates a reset on two passive sockets",
          "[rfc9293-3.5.1]") {
  constexpr std::uint32_t kX = 5000;
  constexpr std::uint32_t kZ = 7000;
  TwoPeers peers;
  auto& [a, b] = peers;
  a.listen({1});
  b.listen({kX});
  CHECK(peers.states() == "LISTEN LISTEN");
  Segment duplicate;
  duplicate.source = TwoPeers::kA.address;
  duplicate.source_port = TwoPeers::kA.port;
  duplicate.destination = TwoPeers::kB.address;
  duplicate.destination_port = TwoPeers::kB.port;
  duplicate.seq = {kZ};
  duplicate.flags = flag::kSyn;
  b.receive(duplicate);
  CHECK(peers.states() == "LISTEN SYN-RECEIVED");
  a.receive(b.sends("<SEQ=5000><ACK=7001><CTL=SYN,ACK>"));
  b.receive(a.sends("<SEQ=7001><CTL=RST>"));
  CHECK(peers.states() == "LISTEN LISTEN");
  CHECK(b.news.failure == Errno::ok);
}

TEST_CASE("Figure 12: normal close sequence", "[rfc9293-3.6][MUST-12][MUST-13]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  peers.establish(100, 300);
  a.close();
  CHECK(a.state() == TcpState::fin_wait_1);
  b.receive(a.sends("<SEQ=100><ACK=300><CTL=FIN,ACK>"));
  CHECK(peers.states() == "FIN-WAIT-1 CLOSE-WAIT");
  a.receive(b.sends("<SEQ=300><ACK=101><CTL=ACK>"));
  CHECK(peers.states() == "FIN-WAIT-2 CLOSE-WAIT");
  b.close();
  CHECK(b.state() == TcpState::last_ack);
  a.receive(b.sends("<SEQ=300><ACK=101><CTL=FIN,ACK>"));
  CHECK(peers.states() == "TIME-WAIT LAST-ACK");
  b.receive(a.sends("<SEQ=101><ACK=301><CTL=ACK>"));
  CHECK(a.state() == TcpState::time_wait);
  CHECK(b.news.closed);
  CHECK(b.news.failure == Errno::ok);
  CHECK(b.news.states[b.news.changes] == TcpState::closed);
  a.advance(kStart + 2 * a.config().msl);
  CHECK(a.state() == TcpState::closed);
}

TEST_CASE("Figure 13: simultaneous close sequence", "[rfc9293-3.6][MUST-13]") {
  TwoPeers peers;
  auto& [a, b] = peers;
  peers.establish(100, 300);
  a.close();
  b.close();
  CHECK(peers.states() == "FIN-WAIT-1 FIN-WAIT-1");
  const Segment fin_of_a = a.sends("<SEQ=100><ACK=300><CTL=FIN,ACK>");
  a.receive(b.sends("<SEQ=300><ACK=100><CTL=FIN,ACK>"));
  b.receive(fin_of_a);
  CHECK(peers.states() == "CLOSING CLOSING");
  const Segment ack_of_a = a.sends("<SEQ=101><ACK=301><CTL=ACK>");
  a.receive(b.sends("<SEQ=301><ACK=101><CTL=ACK>"));
  b.receive(ack_of_a);
  CHECK(peers.states() == "TIME-WAIT TIME-WAIT");
  peers.advance(kStart + 2 * a.config().msl);
  CHECK(a.state() == TcpState::closed);
}
