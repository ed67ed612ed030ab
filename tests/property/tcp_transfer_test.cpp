// Two ends and a network that loses, repeats, delays and overtakes: whatever it does, all bytes
// arrive in order, once, and both ends finish.
#include <algorithm>
#include <chrono>
#include <vector>

#include "demuxsim/core/random.hpp"
#include "support/connection_log.hpp"

using namespace demuxsim;
using namespace demuxsim::test;
using namespace std::chrono_literals;

namespace {

/// What one run draws; whole kinds of trouble are off in some.
struct Weather {
  Ratio loss;
  Ratio repeat;
  Duration delay;
  Duration spread;  ///< Segments within this overtake each other.

  explicit Weather(Rng& rng)
      : loss{rng.chance({1, 4}) ? 0 : rng.below(35), 100},
        repeat{rng.chance({1, 2}) ? 0 : rng.below(20), 100},
        delay{static_cast<std::int64_t>(1 + rng.below(100'000'000))},
        spread{rng.chance({1, 3}) ? 0 : static_cast<std::int64_t>(rng.below(100'000'000))} {}
};

struct Flight {
  SimTime at;
  std::uint64_t number;  ///< Settles ties.
  Segment segment;
};

class Run {
 public:
  explicit Run(std::uint64_t seed)
      : rng_(seed, {StreamKind::test, 3}),
        weather_(rng_),
        config_(draw_config(rng_)),
        peers_(config_),
        a_{peers_.a, rng_.below(200'000)},
        b_{peers_.b, rng_.below(200'000)} {}

  void go();

 private:
  /// What one user still wants to do.
  struct User {
    Peer& peer;
    std::uint64_t bytes;
    std::uint64_t left = bytes;
    bool closed = false;
  };

  static TcpConfig draw_config(Rng& rng) {
    TcpConfig config;
    config.mss = static_cast<std::uint16_t>(100 + rng.below(1400));
    config.window = static_cast<std::uint16_t>(100 + rng.below(65'000));
    config.rto_min = rng.chance({1, 2}) ? 10ms : 1000ms;
    config.syn_retries = config.synack_retries = 1000;
    config.data_retries = 1000;
    draw_options(config, rng);
    return config;
  }
  /// All that may be switched on, in any mixture.
  static void draw_options(TcpConfig& config, Rng& rng) {
    config.congestion = static_cast<Congestion>(rng.below(3));
    config.nagle = static_cast<Nagle>(rng.below(3));
    config.acks = static_cast<AckPolicy>(rng.below(3));
    config.rto_floor = static_cast<RtoFloor>(rng.below(3));
    config.delayed_ack = rng.chance({1, 2}) ? 40ms : 200ms;
    config.sack = rng.chance({1, 2});
    config.timestamps = rng.chance({1, 2});
    config.limited_transmit = rng.chance({1, 2});
    config.empty_probes = rng.chance({1, 2});
    config.window_in_segments = rng.chance({1, 4});
    config.challenge_interval = rng.chance({1, 2}) ? 500ms : 0ms;
    config.keepalive_idle = rng.chance({1, 4}) ? 2000ms : 0ms;
    config.keepalive_probes = 1000;
    config.initial_window = static_cast<std::uint16_t>(rng.below(11));
    config.window_scaling = rng.chance({1, 2});
    if (!config.window_scaling) return;
    config.window_shift = static_cast<std::uint8_t>(rng.below(9));
    config.window = static_cast<std::uint32_t>(100 + rng.below(200'000));
    while (config.window >> config.window_shift > 65535) ++config.window_shift;
  }
  void use(User& user);
  void carry(Peer& from);
  void step();
  bool over() const {
    return flights_.empty() && peers_.a.state() <= TcpState::listen &&
           peers_.b.state() <= TcpState::listen;
  }
  SimTime next_time() const {
    SimTime next = std::min(peers_.a.next_deadline(), peers_.b.next_deadline());
    for (const Flight& each : flights_) next = std::min(next, each.at);
    return next;
  }

  Rng rng_;
  Weather weather_;
  TcpConfig config_;
  TwoPeers peers_;
  User a_;
  User b_;
  SimTime now_ = kStart;
  std::uint64_t number_ = 0;
  std::vector<Flight> flights_;
};

/// Sends some more, or closes; not before the handshake is done, so that CLOSE is no abort.
void Run::use(User& user) {
  if (user.peer.state() < TcpState::established || user.closed) return;
  if (user.peer.state() == TcpState::time_wait) return;
  if (user.left == 0) {
    user.closed = true;
    REQUIRE(user.peer.close() == Errno::ok);
    return;
  }
  const std::uint64_t bytes = std::min(user.left, 1 + rng_.below(20'000));
  user.left -= bytes;
  REQUIRE(user.peer.send(bytes) == Errno::ok);
}

void Run::carry(Peer& from) {
  for (const Segment& segment : from.outbox) {
    const int copies = rng_.chance(weather_.loss) ? 0 : rng_.chance(weather_.repeat) ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      const auto spread = static_cast<std::uint64_t>(weather_.spread.count());
      const Duration extra{static_cast<std::int64_t>(rng_.below(spread + 1))};
      flights_.push_back({now_ + weather_.delay + extra, number_++, segment});
    }
  }
  from.outbox.clear();
}

void Run::step() {
  now_ = next_time();
  REQUIRE(now_ != kNever);  // Somebody waits for nothing.
  peers_.advance(now_);
  for (;;) {
    const auto due = std::min_element(
        flights_.begin(), flights_.end(), [](const Flight& left, const Flight& right) {
          return left.at != right.at ? left.at < right.at : left.number < right.number;
        });
    if (due == flights_.end() || due->at > now_) break;
    const Segment segment = due->segment;
    flights_.erase(due);
    Peer& to = segment.destination == TwoPeers::kA.address ? peers_.a : peers_.b;
    to.receive(segment);
    REQUIRE_FALSE(to.news.stream_mismatch);
    REQUIRE(to.news.failure == Errno::ok);
  }
  use(a_);
  use(b_);
  carry(peers_.a);
  carry(peers_.b);
}

void Run::go() {
  const bool both_open = rng_.chance({1, 5});
  peers_.a.connect(static_cast<std::uint32_t>(rng_.next()));
  const auto other = static_cast<std::uint32_t>(rng_.next());
  if (both_open) {
    peers_.b.connect(other);
  } else {
    peers_.b.listen({other});
  }
  carry(peers_.a);
  carry(peers_.b);
  bool begun = false;
  for (int steps = 0; !begun || !over(); ++steps) {
    step();
    begun = begun || peers_.b.state() >= TcpState::syn_sent;
    if (begun) peers_.b.stop_listening();
    REQUIRE(steps < 1'000'000);
  }
  CHECK(a_.left == 0);
  CHECK(b_.left == 0);
  CHECK(peers_.a.delivered == b_.bytes);
  CHECK(peers_.b.delivered == a_.bytes);
}

}  // namespace

TEST_CASE("Over any network all bytes arrive in order, once, and both ends finish") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    Run(seed).go();
  }
}
