// When a connection gives up, asks whether its peer is there, and slows down: RFC 9293 sections
// 3.8.2 to 3.8.4, and ICMP errors of section 3.9.2.2.
#include "scenario/profiles.hpp"
#include "support/rfc9293_peer.hpp"

using namespace demuxsim;
using namespace demuxsim::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint8_t kAck = flag::kAck;
constexpr std::uint32_t kSnd = Established::kSnd;
constexpr std::uint32_t kRcv = Established::kRcv;

/// How long the end goes on without a word of its peer, and how often it sends.
struct Patience {
  Duration time{0};
  std::size_t segments = 0;
};
Patience patience_of(Peer& a) {
  const SimTime begin = a.now();
  Patience patience;
  while (a.next_deadline() != kNever && patience.segments < 100) {
    a.advance(a.next_deadline());
    patience.segments += a.outbox.size();
    a.outbox.clear();
  }
  patience.time = a.now() - begin;
  return patience;
}

Segment icmp(IcmpError error, std::uint32_t quoted_seq) {
  Segment made = Established::segment(0, quoted_seq, 0);
  made.icmp = error;
  return made;
}

}  // namespace

TEST_CASE("Text goes again for more than 100 s, then the connection is closed",
          "[rfc9293-3.8.3][MUST-20][SHLD-11]") {
  Established end;
  end.a.send(10);
  end.sent();
  const Patience patience = patience_of(end.a);
  CHECK(patience.segments == end.a.config().data_retries);
  CHECK(patience.time >= 100s);
  CHECK(end.a.state() == TcpState::closed);
  CHECK(end.a.news.failure == Errno::etimedout);
}

TEST_CASE("A process may be less patient", "[rfc9293-3.8.3][MUST-21]") {
  TcpConfig config;
  config.user_timeout = 20s;
  Established end(config);
  end.a.send(10);
  end.sent();
  CHECK(patience_of(end.a).time == 20s);
  CHECK(end.a.news.failure == Errno::etimedout);
}

TEST_CASE("A SYN and a SYN,ACK go again in the same way", "[rfc9293-3.8.3][MUST-22]") {
  TcpConfig config;
  config.syn_retries = 2;
  config.synack_retries = 4;
  Peer a(TwoPeers::kA, TwoPeers::kB, config);
  a.connect(999);
  a.outbox.clear();
  CHECK(patience_of(a).segments == 2);
  CHECK(a.news.failure == Errno::etimedout);
  Peer b(TwoPeers::kA, TwoPeers::kB, config);
  b.listen({999});
  b.receive(Established::segment(flag::kSyn, kRcv, 0));
  b.outbox.clear();
  CHECK(patience_of(b).segments == 4);
}

TEST_CASE("Under the standard's profile a SYN goes again for three minutes and more",
          "[rfc9293-3.8.3][MUST-23]") {
  const TcpConfig config = loading::defaults_of(Profile::rfc9293).tcp;
  Peer a(TwoPeers::kA, TwoPeers::kB, config);
  a.connect(999);
  CHECK(patience_of(a).time >= 180s);
  Peer b(TwoPeers::kA, TwoPeers::kB, config);
  b.listen({999});
  b.receive(Established::segment(flag::kSyn, kRcv, 0));
  CHECK(patience_of(b).time >= 180s);
}

TEST_CASE("Each time-out is twice as long as the one before", "[rfc9293-3.8.2][MUST-19]") {
  Established end;
  end.a.send(10);
  const Duration first = end.patience();
  end.wait();
  CHECK(end.patience() == 2 * first);
  end.wait();
  CHECK(end.patience() == 4 * first);
}

TEST_CASE("Slow start doubles the window, congestion avoidance adds a segment to it",
          "[rfc9293-3.8.2][MUST-19]") {
  TcpConfig config;
  config.congestion = Congestion::newreno;
  config.initial_window = 2;
  Established end(config);
  end.a.send(1'000'000);
  CHECK(end.sent().size() == 2);
  end.acknowledge(end.a.tcp().snd_nxt().value - 1460);
  end.acknowledge(end.a.tcp().snd_nxt().value);
  CHECK(end.a.tcp().congestion().window() >= 4 * 1460);
  end.sent();
  end.wait();  // Loss: one segment, and slow start up to half of what was on its way.
  CHECK(end.sent().size() == 1);
  CHECK(end.a.tcp().congestion().window() == 1460);
  const auto acknowledge_all = [&] {
    while (end.a.tcp().snd_una() != end.a.tcp().snd_nxt()) {
      end.acknowledge(end.a.tcp().snd_una().value + 1460);
      if (!end.a.tcp().congestion().in_slow_start()) return;
    }
  };
  acknowledge_all();
  const std::uint32_t before = end.a.tcp().congestion().window();
  REQUIRE_FALSE(end.a.tcp().congestion().in_slow_start());
  for (std::uint32_t bytes = 0; bytes < before; bytes += 1460) {
    end.acknowledge(end.a.tcp().snd_una().value + 1460);
  }
  CHECK(end.a.tcp().congestion().window() == before + 1460);
}

TEST_CASE("CUBIC grows its window, too", "[rfc9293-3.8.2][MAY-18]") {
  TcpConfig config;
  config.congestion = Congestion::cubic;
  Established end(config);
  end.a.send(10'000'000);
  const auto round_trip = [&] {
    end.wait(100ms);
    end.acknowledge(end.a.tcp().snd_nxt().value);
  };
  for (int i = 0; i < 3; ++i) round_trip();
  const std::uint32_t before_loss = end.a.tcp().congestion().window();
  end.wait();
  while (end.a.tcp().congestion().in_slow_start()) round_trip();
  const std::uint32_t before = end.a.tcp().congestion().window();
  REQUIRE(before < before_loss);
  for (int i = 0; i < 20; ++i) round_trip();
  CHECK(end.a.tcp().congestion().window() > before);
}

TEST_CASE("Keep-alives are off until they are asked for, and ask only where it is quiet",
          "[rfc9293-3.8.4][MUST-24][MUST-25][MUST-26][MUST-27]") {
  Established quiet;
  CHECK(quiet.a.next_deadline() == kNever);
  TcpConfig config;
  config.keepalive_idle = 2h;
  Established end(config);
  CHECK(end.patience() == 2h);
  end.wait(1h);
  end.take(Established::segment(kAck, kRcv, kSnd, 10));
  end.sent();
  CHECK(end.patience() == 2h);
  config.keepalive_idle = 500ms;  // Less than an RTO: text is on its way.
  Established busy(config);
  busy.a.send(10);
  busy.sent();
  busy.wait();
  CHECK(busy.sent().empty());
}

TEST_CASE("A keep-alive is an old number without text, and one without an answer means nothing",
          "[rfc9293-3.8.4][MAY-5][SHLD-12][MUST-29]") {
  TcpConfig config;
  config.keepalive_idle = 2h;
  Established end(config);
  end.wait();
  const auto probe = end.sent();
  REQUIRE(probe.size() == 1);
  CHECK(probe[0].seq.value == kSnd - 1);
  CHECK(probe[0].payload_bytes == 0);
  end.wait();
  CHECK(end.sent().size() == 1);
  CHECK(end.a.state() == TcpState::established);
  CHECK(patience_of(end.a).segments == config.keepalive_probes - 2 + 1);  // A reset is the last.
  CHECK(end.a.news.failure == Errno::etimedout);
}

TEST_CASE("A soft ICMP error is told and ends nothing",
          "[rfc9293-3.9.2.2][MUST-56][SHLD-25][MUST-47]") {
  Established end;
  end.a.send(10);
  for (const IcmpError error :
       {IcmpError::net_unreachable, IcmpError::host_unreachable, IcmpError::source_route_failed,
        IcmpError::time_exceeded, IcmpError::parameter_problem}) {
    end.a.tcp().on_icmp(end.a.now(), icmp(error, kSnd), end.a.config());
    CHECK(end.a.state() == TcpState::established);
    CHECK(end.a.tcp().soft_error() != Errno::ok);
  }
}

TEST_CASE("A hard ICMP error ends the connection it is about", "[rfc9293-3.9.2.2][SHLD-26]") {
  for (const IcmpError error : {IcmpError::protocol_unreachable, IcmpError::port_unreachable}) {
    Established end;
    end.a.send(10);
    TcpNews news = end.a.tcp().on_icmp(end.a.now(), icmp(error, kSnd + 10), end.a.config());
    CHECK(news.dropped);  // About nothing that is on its way.
    news = end.a.tcp().on_icmp(end.a.now(), icmp(error, kSnd), end.a.config());
    CHECK(news.closed);
    CHECK(end.a.tcp().state() == TcpState::closed);
  }
}
