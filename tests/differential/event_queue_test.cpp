// The event queue beside std::map, which orders by the same key: every pop must agree.
#include "demuxsim/core/event_queue.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "demuxsim/core/random.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

/// Both queues, always with the same events inside.
class Pair {
 public:
  explicit Pair(Rng& random) : random_(random) {}

  bool empty() const { return model_.empty(); }
  std::size_t size() const { return model_.size(); }

  /// Pushes an event `wait` after the one popped last, of a random origin.
  void push_after(Duration wait) {
    if (popped_ && wait < Duration{1}) wait = Duration{1};
    push(queue_.now() + wait);
  }

  /// Pushes another event at the time of one that waits.
  void push_beside() {
    if (empty()) return;
    const EventKey probe{queue_.now() + Duration{static_cast<std::int64_t>(random_.below(1'000))},
                         0};
    auto beside = model_.lower_bound(probe);
    if (beside == model_.end()) beside = model_.begin();
    if (!popped_ || beside->first.at > queue_.now()) push(beside->first.at);
  }

  void pop() {
    const auto [key, target] = *model_.begin();
    // The simulator looks each time, another user may not.
    if (random_.below(2) == 0) REQUIRE(queue_.next_time() == key.at);
    const Event event = queue_.pop();
    REQUIRE(event.key == key);
    REQUIRE(event.target == target);
    REQUIRE(queue_.now() == key.at);
    model_.erase(model_.begin());
    REQUIRE(queue_.size() == model_.size());
    popped_ = true;
  }

  void look() {
    REQUIRE(queue_.empty() == model_.empty());
    REQUIRE(queue_.next_time() == (empty() ? kNever : model_.begin()->first.at));
  }

  void drain() {
    while (!empty()) pop();
    look();
  }

 private:
  void push(SimTime when) {
    const EventKey key{when, origins_[random_.below(origins_.size())].stamp()};
    REQUIRE(model_.emplace(key, ++pushed_).second);
    queue_.push({.key = key, .target = pushed_});
  }

  Rng& random_;
  EventQueue queue_;
  std::map<EventKey, std::uint32_t> model_;
  std::vector<EventOrigin> origins_{EventOrigin(0), EventOrigin(7), EventOrigin(3), EventOrigin(5)};
  std::uint32_t pushed_ = 0;
  bool popped_ = false;
};

using Draw = Duration (*)(Rng&);

Duration up_to(Rng& random, std::uint64_t bound) {
  return Duration{static_cast<std::int64_t>(random.below(bound))};
}

struct Waits {
  std::string name;
  Draw draw;
};

const Waits kWaits[]{
    {"the next nanosecond", [](Rng&) { return Duration{1}; }},
    {"a few nanoseconds", [](Rng& random) { return up_to(random, 4); }},
    {"one constant", [](Rng&) { return Duration{1'000'000}; }},
    {"uniform", [](Rng& random) { return up_to(random, 20'000'000); }},
    {"exponential, dense", [](Rng& random) { return random.exponential(Duration{50}); }},
    {"exponential", [](Rng& random) { return random.exponential(Duration{10'000'000}); }},
    {"two far scales",
     [](Rng& random) { return Duration{random.below(10) == 0 ? 1'000'000'000 : 1'000}; }},
    {"links and timers",
     [](Rng& random) {
       return random.below(8) == 0 ? Duration{1'000'000'000} : up_to(random, 10'000'000);
     }},
    {"every magnitude",
     [](Rng& random) { return up_to(random, std::uint64_t{1} << random.below(48)); }},
    {"round times", [](Rng& random) { return Duration{std::int64_t{1} << random.below(40)}; }},
};

/// Pushes and pops at random; the size wanders between empty and `limit`.
void wander(Pair& pair, Rng& random, Draw draw, std::size_t limit, int operations) {
  std::uint64_t push_weight = 5;
  for (int i = 0; i < operations; ++i) {
    if (random.below(200) == 0) push_weight = 1 + random.below(9);
    if (pair.size() >= limit) push_weight = 2;
    const bool push = pair.empty() || random.below(10) < push_weight;
    if (!push) {
      pair.pop();
    } else if (random.below(8) == 0) {
      pair.push_beside();
    } else {
      pair.push_after(draw(random));
    }
    if (random.below(4) == 0) pair.look();
  }
}

void hold(Pair& pair, Rng& random, Draw draw, std::size_t pending, int operations) {
  for (std::size_t i = 0; i < pending; ++i) pair.push_after(draw(random));
  for (int i = 0; i < operations; ++i) {
    pair.pop();
    pair.push_after(draw(random));
  }
}

}  // namespace

TEST_CASE("random pushes and pops agree with std::map", "[core][event_queue]") {
  for (const Waits& waits : kWaits) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      CAPTURE(waits.name, seed);
      Rng random(seed, {StreamKind::test});
      Pair pair(random);
      wander(pair, random, waits.draw, std::size_t{4} << random.below(10), 4'000);
      pair.drain();
      wander(pair, random, waits.draw, 300, 1'000);
      pair.drain();
    }
  }
}

TEST_CASE("the hold model agrees with std::map", "[core][event_queue]") {
  for (const Waits& waits : kWaits) {
    for (const std::size_t pending : {1U, 20U, 60U, 500U, 20'000U}) {
      CAPTURE(waits.name, pending);
      Rng random(pending, {StreamKind::test});
      Pair pair(random);
      hold(pair, random, waits.draw, pending, 8'000);
      pair.drain();
    }
  }
}

TEST_CASE("waits that change their scale under way agree with std::map", "[core][event_queue]") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    CAPTURE(seed);
    Rng random(seed, {StreamKind::test});
    Pair pair(random);
    for (int phase = 0; phase < 12; ++phase) {
      const Waits& waits = kWaits[random.below(std::size(kWaits))];
      if (random.below(3) == 0) {
        hold(pair, random, waits.draw, random.below(200), 500);
      } else {
        wander(pair, random, waits.draw, 1'000, 500);
      }
      if (random.below(4) == 0) pair.drain();
    }
    pair.drain();
  }
}

TEST_CASE("bursts at one instant, seen beforehand or not, agree with std::map",
          "[core][event_queue]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    Rng random(seed, {StreamKind::test});
    Pair pair(random);
    for (int round = 0; round < 20; ++round) {
      const Duration wait = up_to(random, std::uint64_t{1} << random.below(36));
      for (std::uint64_t i = random.below(400); i > 0; --i) {
        pair.push_after(wait);
        if (random.below(50) == 0) pair.look();
      }
      pair.push_after(wait + up_to(random, 3));
      for (std::uint64_t i = random.below(pair.size() + 1); i > 0; --i) pair.pop();
    }
    pair.drain();
  }
}
