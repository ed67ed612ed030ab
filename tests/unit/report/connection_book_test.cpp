#include "demuxsim/report/connection_book.hpp"

#include "golden/report_story.hpp"
#include "support/catch.hpp"

using namespace demuxsim;
using namespace demuxsim::test;

namespace {

const Endpoint kClient = at("10.0.0.11", 49152);
const Endpoint kServer = at("10.0.0.1", 80);
constexpr unsigned kSyn = flag::kSyn;
constexpr unsigned kAck = flag::kAck;

/// A book that reads one record at a time.
struct Reader {
  ConnectionBook book;
  Story story;

  explicit Reader(std::size_t closed_kept = 4096) : book(closed_kept) {
    story.when(0, Story::kWeb);
  }
  Segment see(const Endpoint& from, const Endpoint& to, unsigned flags, std::uint32_t seq,
              std::uint32_t ack = 0) {
    const Segment segment = story.segment(from, to, flags, seq, ack);
    story.sent(segment);
    book.note(story.records.back());
    return book.relative(segment);
  }
  void enter(const Endpoint& local, const Endpoint& peer, TcpState from, TcpState to) {
    story.state(local, peer, from, to);
    book.note(story.records.back());
  }
  void handshake(std::uint32_t client_iss, std::uint32_t server_iss) {
    enter(kClient, kServer, TcpState::closed, TcpState::syn_sent);
    see(kClient, kServer, kSyn, client_iss);
    enter(kServer, kClient, TcpState::listen, TcpState::syn_received);
    see(kServer, kClient, kSyn | kAck, server_iss, client_iss + 1);
    enter(kClient, kServer, TcpState::syn_sent, TcpState::established);
    enter(kServer, kClient, TcpState::syn_received, TcpState::established);
  }
};

}  // namespace

TEST_CASE("numbers count from the initial ones of their end", "[report]") {
  Reader reader;
  const Segment syn = reader.see(kClient, kServer, kSyn, 0xffff'fff0);
  CHECK(syn.seq.value == 0);
  const Segment syn_ack = reader.see(kServer, kClient, kSyn | kAck, 5000, 0xffff'fff1);
  CHECK(syn_ack.seq.value == 0);
  CHECK(syn_ack.ack.value == 1);
  const Segment data = reader.see(kClient, kServer, kAck, 0x10, 5001);
  CHECK(data.seq.value == 0x20);
  CHECK(data.ack.value == 1);
}

TEST_CASE("numbers of an end that nobody has heard stay absolute", "[report]") {
  Reader reader;
  const Segment stray = reader.see(kClient, kServer, kAck, 77, 88);
  CHECK(stray.seq.value == 77);
  CHECK(stray.ack.value == 88);
  reader.see(kClient, kServer, kSyn, 1000);
  const Segment refusal = reader.see(kServer, kClient, flag::kRst | kAck, 0, 1001);
  CHECK(refusal.seq.value == 0);
  CHECK(refusal.ack.value == 1);
}

TEST_CASE("a SYN,ACK from nowhere tells both numbers, as after a port switch", "[report]") {
  Reader reader;
  const Endpoint switched = at("10.0.0.1", 50001);
  const Segment syn_ack = reader.see(switched, kClient, kSyn | kAck, 300, 1001);
  CHECK(syn_ack.seq.value == 0);
  CHECK(syn_ack.ack.value == 1);
  CHECK(reader.see(kClient, switched, kAck, 1001, 301).seq.value == 1);
}

TEST_CASE("two ends that call each other keep their own numbers", "[report][rfc9293-3.5]") {
  Reader reader;
  CHECK(reader.see(kClient, kServer, kSyn, 100).seq.value == 0);
  CHECK(reader.see(kServer, kClient, kSyn, 900).seq.value == 0);
  const Segment answer = reader.see(kClient, kServer, kSyn | kAck, 100, 901);
  CHECK(answer.seq.value == 0);
  CHECK(answer.ack.value == 1);
}

TEST_CASE("a new connection between the same ends counts anew", "[report]") {
  Reader reader;
  reader.handshake(1000, 5000);
  reader.enter(kServer, kClient, TcpState::established, TcpState::closed);
  reader.enter(kClient, kServer, TcpState::established, TcpState::closed);
  CHECK(reader.see(kClient, kServer, kSyn, 200'000).seq.value == 0);
  // The old server's number is forgotten, or this would print as a huge one.
  const Segment answer = reader.see(kServer, kClient, flag::kRst | kAck, 0, 200'001);
  CHECK(answer.seq.value == 0);
  CHECK(answer.ack.value == 1);
}

TEST_CASE("a SYN that comes again changes nothing", "[report]") {
  Reader reader;
  reader.handshake(1000, 5000);
  CHECK(reader.see(kClient, kServer, kSyn, 1000).seq.value == 0);
  CHECK(reader.see(kClient, kServer, kAck, 1001, 5001).ack.value == 1);
}

TEST_CASE("a spoofed SYN does not move the numbers of a living connection", "[report]") {
  Reader reader;
  reader.handshake(1000, 5000);
  CHECK(reader.see(kClient, kServer, kSyn, 1500).seq.value == 500);
  const Segment next = reader.see(kClient, kServer, kAck, 1001, 5001);
  CHECK(next.seq.value == 1);
  CHECK(next.ack.value == 1);
}

TEST_CASE("both ends have a state of their own", "[report]") {
  Reader reader;
  CHECK_FALSE(reader.book.state_of(kClient, kServer));
  reader.handshake(1, 2);
  reader.enter(kClient, kServer, TcpState::established, TcpState::fin_wait_1);
  CHECK(reader.book.state_of(kClient, kServer) == TcpState::fin_wait_1);
  CHECK(reader.book.state_of(kServer, kClient) == TcpState::established);
}

TEST_CASE("closed connections are forgotten, the oldest first, living ones never", "[report]") {
  Reader reader(10);
  reader.handshake(1000, 5000);
  for (int i = 0; i < 10'000; ++i) {
    const Endpoint other = at("10.0.1.1", 1024 + i);
    reader.enter(other, kServer, TcpState::closed, TcpState::syn_sent);
    CHECK(reader.see(other, kServer, kSyn, 7).seq.value == 0);
    if (i % 3 == 0) continue;  // Nobody answers.
    reader.enter(kServer, other, TcpState::listen, TcpState::syn_received);
    reader.enter(other, kServer, TcpState::syn_sent, TcpState::established);
    reader.enter(other, kServer, TcpState::established, TcpState::closed);
    reader.enter(kServer, other, TcpState::syn_received, TcpState::closed);
  }
  CHECK(reader.book.size() <= 11);
  CHECK(reader.see(kClient, kServer, kAck, 1001, 5001).ack.value == 1);
  const Endpoint newest = at("10.0.1.1", 1024 + 9'998);
  CHECK(reader.see(newest, kServer, kAck, 8).seq.value == 1);
}

TEST_CASE("a connection that comes to life again is not forgotten", "[report]") {
  Reader reader(2);
  reader.see(kClient, kServer, kSyn, 1000);
  reader.handshake(1000, 5000);
  for (int i = 0; i < 100; ++i) reader.see(at("10.0.1.1", 1024 + i), kServer, kSyn, 7);
  CHECK(reader.see(kClient, kServer, kAck, 1001, 5001).seq.value == 1);
  CHECK(reader.book.size() <= 4);
}
