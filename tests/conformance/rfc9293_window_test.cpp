// The send and receive window, and when text and acknowledgements are sent: RFC 9293 sections 3.1,
// 3.4, 3.7.4, 3.8.6 and 3.9.1.2.
#include "support/rfc9293_peer.hpp"

using namespace demuxsim;
using namespace demuxsim::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint8_t kAck = flag::kAck;
constexpr std::uint32_t kSnd = Established::kSnd;
constexpr std::uint32_t kRcv = Established::kRcv;

/// Full segments of the peer, one behind the other.
void take_segments(Established& end, int count, std::uint16_t payload_bytes = 1460) {
  for (int i = 0; i < count; ++i) {
    const std::uint32_t seq = end.a.tcp().rcv_nxt().value;
    end.take(Established::segment(kAck, seq, kSnd, payload_bytes));
  }
}

}  // namespace

TEST_CASE("A window is no signed number, and no 16-bit one", "[rfc9293-3.1][MUST-1][REC-1]") {
  Established end({}, 100);
  end.offer(65535);
  end.acknowledge(kSnd);
  end.a.send(65'535);
  CHECK(Established::bytes_of(end.sent()) == 65535);
  CHECK(end.a.tcp().snd_wnd() == 65535);
}

TEST_CASE("A window that shrinks stops new text, and old text goes again",
          "[rfc9293-3.8.6][MUST-34][SHLD-15][SHLD-16][MAY-7]") {
  Established end;
  end.a.send(2920);
  CHECK(end.sent().size() == 2);
  end.offer(500);
  end.acknowledge(kSnd);
  end.a.send(100);
  CHECK(end.sent().empty());
  end.wait();
  const auto again = end.sent();
  REQUIRE(again.size() == 1);
  CHECK(again[0].seq.value == kSnd);
  end.offer(65535);
  end.acknowledge(kSnd + 2920);
  const auto rest = end.sent();
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].seq.value == kSnd + 2920);
}

TEST_CASE(
    "A window that shrinks to zero is probed, and the connection stays while the peer answers",
    "[rfc9293-3.8.6][MUST-35][MUST-37][SHLD-17]") {
  TcpConfig config;
  config.data_retries = 3;
  Established end(config);
  end.a.send(1000);
  end.sent();
  end.offer(0);
  end.acknowledge(kSnd);
  for (int probe = 0; probe < 20; ++probe) {
    end.wait();
    CHECK(end.sent().size() == 1);
    end.acknowledge(kSnd);
  }
  CHECK(end.a.state() == TcpState::established);
}

TEST_CASE("A window of zero is probed after an RTO, then after twice as long each time",
          "[rfc9293-3.8.6.1][MUST-36][MUST-37][SHLD-29][SHLD-30]") {
  TcpConfig config;
  config.data_retries = 3;
  Established end(config, 0);
  end.a.send(1000);
  CHECK(end.sent().empty());
  Duration expected = end.a.tcp().rto().value();
  for (int probe = 0; probe < 20; ++probe) {
    CHECK(end.patience() == expected);
    end.wait();
    const auto probes = end.sent();
    REQUIRE(probes.size() == 1);
    CHECK(probes[0].payload_bytes == 1);
    end.acknowledge(kSnd);
    expected = std::min(2 * expected, config.rto_max);
  }
  CHECK(end.a.state() == TcpState::established);
  end.offer(1000);
  end.acknowledge(kSnd);
  CHECK(Established::bytes_of(end.sent()) >= 999);
}

TEST_CASE("No small segment is sent because the window opens a little",
          "[rfc9293-3.8.6.2.1][MUST-38]") {
  Established end({}, 4000);
  end.a.send(10'000);
  CHECK(end.sent().size() == 2);  // 1080 bytes of the window are left.
  end.acknowledge(kSnd + 1460);
  CHECK(end.sent().size() == 1);
  end.offer(1000);
  end.acknowledge(kSnd + 3 * 1460);
  CHECK(end.sent().empty());
  end.offer(2500);
  end.acknowledge(kSnd + 3 * 1460);
  CHECK(Established::bytes_of(end.sent()) == 1460);
}

TEST_CASE("A small window is used after all when nothing else comes",
          "[rfc9293-3.8.6.2.1][MUST-38][MUST-60]") {
  Established end({}, 4000);
  end.offer(1000);
  end.acknowledge(kSnd);
  end.a.send(10'000);
  CHECK(end.sent().empty());
  end.wait();
  CHECK(Established::bytes_of(end.sent()) == 1000);
}

TEST_CASE("Nagle's rule holds a small segment back, and can be switched off",
          "[rfc9293-3.7.4][SHLD-7][MUST-17]") {
  TcpConfig config;
  for (const Nagle nagle : {Nagle::off, Nagle::on, Nagle::minshall}) {
    config.nagle = nagle;
    Established end(config);
    end.a.send(1460);
    end.a.send(10);
    CHECK(end.sent().size() == (nagle == Nagle::on ? 1 : 2));
    end.a.send(10);
    CHECK(end.sent().size() == (nagle == Nagle::off ? 1 : 0));
    end.acknowledge(end.a.tcp().snd_nxt().value);
    CHECK(end.a.tcp().unsent_bytes() == 0);
  }
}

TEST_CASE("The offered window moves by good pieces, and its edge never to the left",
          "[rfc9293-3.8.6.2.2][MUST-39][SHLD-14][MAY-8]") {
  TcpConfig config;
  config.window = 4 * 1460;
  Established end(config);
  end.a.tcp().keep_text();
  const auto offered = [&] { return end.sent().back().window; };
  const std::uint32_t edge = kRcv + config.window;
  take_segments(end, 4);
  CHECK(offered() == 0);
  end.take(Established::segment(kAck, kRcv + 4 * 1460, kSnd, 1));
  CHECK(offered() == 0);  // However long its process sleeps.
  end.a.read(100);
  CHECK(end.sent().empty());
  end.take(Established::segment(kAck, kRcv + 4 * 1460, kSnd, 1));
  CHECK(offered() == 0);
  end.a.read(1460);
  const auto update = end.sent();
  REQUIRE(update.size() == 1);
  CHECK(update[0].window == 1560);
  CHECK(update[0].ack.value + update[0].window > edge);
}

TEST_CASE("A closed window keeps text out, and lets an acknowledgement and a reset in",
          "[rfc9293-3.4][MUST-66]") {
  TcpConfig config;
  config.window = 1460;
  for (const std::uint16_t text : {std::uint16_t{0}, std::uint16_t{1}}) {
    Established end(config);
    end.a.tcp().keep_text();
    end.a.send(10);
    take_segments(end, 1);
    REQUIRE(end.sent().back().window == 0);
    end.take(Established::segment(kAck, kRcv + 1460, kSnd + 10, text));
    CHECK(end.a.tcp().snd_una().value == kSnd + 10);
    CHECK(end.a.news.delivered_bytes == 0);
    end.take(Established::segment(flag::kRst, kRcv + 1460, 0, text));
    CHECK(end.a.state() == TcpState::closed);
  }
}

TEST_CASE("An acknowledgement waits for a second segment, less than half a second",
          "[rfc9293-3.8.6.3][SHLD-18][SHLD-19][MUST-40]") {
  TcpConfig config;
  config.acks = AckPolicy::delayed;
  Established end(config);
  take_segments(end, 1);
  CHECK(end.sent().empty());
  CHECK(end.patience() < 500ms);
  end.wait();
  CHECK(end.sent().size() == 1);
  take_segments(end, 1);
  CHECK(end.sent().empty());
  take_segments(end, 1);
  CHECK(end.sent().size() == 1);
}

TEST_CASE("Text ahead of its turn is held and acknowledged at once",
          "[rfc9293-3.10.7.4][SHLD-31][MAY-13]") {
  TcpConfig config;
  config.acks = AckPolicy::delayed;
  Established end(config);
  end.take(Established::segment(kAck, kRcv + 100, kSnd, 100));
  const auto duplicate = end.sent();
  REQUIRE(duplicate.size() == 1);
  CHECK(duplicate[0].ack.value == kRcv);
  end.take(Established::segment(kAck, kRcv, kSnd, 100));
  CHECK(end.a.news.delivered_bytes == 200);
}

TEST_CASE("One segment acknowledges all that has come", "[rfc9293-3.10.7.4][MUST-58][MUST-59]") {
  const TcpConfig config;
  Established end(config);
  TcpConnection& tcp = end.a.tcp();
  const SimTime now = end.a.now();
  for (std::uint32_t i : {1u, 2u, 0u}) {
    Segment in = Established::segment(kAck, kRcv + 100 * i, kSnd, 100);
    in.window = 1000;
    tcp.on_segment(now, in, config);
  }
  tcp.send(10);
  Segment out;
  REQUIRE(tcp.next_segment(now, config, out));
  CHECK(out.payload_bytes == 10);
  CHECK(out.ack.value == kRcv + 300);
  CHECK_FALSE(tcp.next_segment(now, config, out));
}

TEST_CASE("SENDs that wait for the window go in the largest segments, the last one pushed",
          "[rfc9293-3.9.1.2][MUST-61][SHLD-27][SHLD-28]") {
  Established end({}, 0);
  for (int i = 0; i < 20; ++i) end.a.send(100);
  end.sent();
  end.offer(65535);
  end.acknowledge(kSnd);
  const auto sent = end.sent();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].payload_bytes == 1460);
  CHECK_FALSE(sent[0].has(flag::kPsh));
  CHECK(sent[1].payload_bytes == 540);
  CHECK(sent[1].has(flag::kPsh));
}

TEST_CASE("Text is sent as soon as the peer can take it", "[rfc9293-3.9.1.2][MUST-60]") {
  Established end;
  end.a.send(1);
  CHECK(Established::bytes_of(end.sent()) == 1);
}

TEST_CASE("An acknowledgement from long before is answered and counts for nothing",
          "[rfc9293-3.10.7.4][MAY-12]") {
  Established end({}, 1000);
  end.take(Established::segment(kAck, kRcv, kSnd - 1001, 10));
  CHECK(end.sent().size() == 1);
  CHECK(end.a.news.delivered_bytes == 0);
  end.take(Established::segment(kAck, kRcv, kSnd - 1000, 10));
  CHECK(end.a.news.delivered_bytes == 10);
}
