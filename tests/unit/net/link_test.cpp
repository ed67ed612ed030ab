#include "demuxsim/net/link.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "support/catch.hpp"

namespace demuxsim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

SimTime at(Duration since_start) { return kStart + since_start; }

Link link_with(const LinkProperties& properties, std::uint64_t seed = 1) {
  return Link(properties, Rng(seed, {StreamKind::link}), EventOrigin(3));
}

/// A segment whose IP datagram has this many bytes (at least 40).
Segment datagram(std::uint32_t ip_bytes, std::uint64_t id = 0) {
  Segment segment;
  segment.source = IpAddress::ipv4(0x0a000001);
  segment.payload_bytes = static_cast<std::uint16_t>(ip_bytes - 40);
  segment.id = id;
  REQUIRE(segment.ip_bytes() == ip_bytes);
  return segment;
}

}  // namespace

TEST_CASE("without a rate a segment arrives one delay later", "[net]") {
  Link link = link_with({milliseconds{10}, {}, {}, {}});
  CHECK(link.idle());
  CHECK(link.transmit(at(milliseconds{5}), datagram(1500, 7)) == TransmitResult::queued);
  CHECK_FALSE(link.idle());
  CHECK(link.next_arrival() == at(milliseconds{15}));
  CHECK(link.take_head().id == 7);
  CHECK(link.idle());
}

TEST_CASE("transmission follows transmission, delays overlap", "[net]") {
  // 1,000 bytes at 8 Mbit/s take 1 ms.
  Link link = link_with({milliseconds{10}, {8'000'000}, {}, {}});
  for (std::uint64_t id = 1; id <= 3; ++id) link.transmit(at(Duration{0}), datagram(1000, id));
  link.transmit(at(milliseconds{2}), datagram(500, 4));
  link.transmit(at(milliseconds{20}), datagram(1000, 5));
  const Duration arrivals[] = {milliseconds{11}, milliseconds{12}, milliseconds{13},
                               microseconds{13500}, milliseconds{31}};
  std::uint64_t id = 0;
  for (const Duration arrival : arrivals) {
    CHECK(link.next_arrival() == at(arrival));
    CHECK(link.take_head().id == ++id);
  }
  CHECK(link.idle());
}

TEST_CASE("segments of one instant keep their order, and each event has a key of its own",
          "[net]") {
  Link link = link_with({milliseconds{1}, {}, {}, {}});
  for (std::uint64_t id = 1; id <= 5; ++id) link.transmit(kStart, datagram(40, id));
  EventKey last{};
  for (std::uint64_t id = 1; id <= 5; ++id) {
    const EventKey key = link.next_event();
    CHECK(key > last);
    CHECK(key.at == at(milliseconds{1}));
    last = key;
    CHECK(link.take_head().id == id);
  }
  CHECK(link.next_arrival() == kNever);
  CHECK(last.order >> EventOrigin::kCounterBits == 3);
}

TEST_CASE("a queue of segments counts what has not departed", "[net]") {
  // 1 ms each: the third of three at one instant is one too many for a queue of two.
  Link link = link_with({milliseconds{10}, {8'000'000}, {}, {2, 0}});
  const Segment segment = datagram(1000);
  CHECK(link.transmit(at(Duration{0}), segment) == TransmitResult::queued);
  CHECK(link.transmit(at(Duration{0}), segment) == TransmitResult::queued);
  CHECK(link.transmit(at(Duration{0}), segment) == TransmitResult::overflow);
  CHECK(link.transmit(at(Duration{999'999}), segment) == TransmitResult::overflow);
  // The first departs at 1 ms sharp, the second at 2 ms.
  CHECK(link.transmit(at(milliseconds{1}), segment) == TransmitResult::queued);
  CHECK(link.transmit(at(milliseconds{1}), segment) == TransmitResult::overflow);
  CHECK(link.transmit(at(milliseconds{3}), segment) == TransmitResult::queued);
  CHECK(link.transmit(at(milliseconds{3}), segment) == TransmitResult::queued);
  CHECK(link.in_flight() == 5);
}

TEST_CASE("a queue of bytes counts the one that comes", "[net]") {
  Link link = link_with({milliseconds{10}, {8'000'000}, {}, {0, 2000}});
  CHECK(link.transmit(at(Duration{0}), datagram(2001)) == TransmitResult::overflow);
  CHECK(link.transmit(at(Duration{0}), datagram(1000)) == TransmitResult::queued);
  CHECK(link.transmit(at(Duration{0}), datagram(1001)) == TransmitResult::overflow);
  CHECK(link.transmit(at(Duration{0}), datagram(1000)) == TransmitResult::queued);
  CHECK(link.transmit(at(Duration{0}), datagram(40)) == TransmitResult::overflow);
  CHECK(link.transmit(at(milliseconds{1}), datagram(1000)) == TransmitResult::queued);
}

TEST_CASE("room is found again however arrivals and transmissions mix", "[net]") {
  // A delay far shorter than a transmission: heads are taken before departures are counted.
  Link link = link_with({Duration{1}, {8'000'000}, {}, {3, 3000}});
  Rng rng(5, {StreamKind::test});
  SimTime now = kStart;
  std::vector<SimTime> departures;  // The model: everything ever queued.
  for (int step = 0; step < 20000; ++step) {
    now += microseconds{static_cast<std::int64_t>(rng.below(1500))};
    while (!link.idle() && link.next_arrival() <= now) link.take_head();
    std::size_t waiting = 0;
    for (std::size_t i = departures.size(); i-- > 0 && departures[i] > now;) ++waiting;
    const bool room = waiting < 3;
    REQUIRE(link.transmit(now, datagram(1000)) ==
            (room ? TransmitResult::queued : TransmitResult::overflow));
    if (!room) continue;
    const SimTime start = departures.empty() ? now : std::max(now, departures.back());
    departures.push_back(start + milliseconds{1});
  }
  CHECK(departures.size() > 10000);
  CHECK(departures.size() < 18000);
}

TEST_CASE("a link without a rate never fills its queue", "[net]") {
  Link link = link_with({milliseconds{10}, {}, {}, {1, 100}});
  for (int i = 0; i < 100; ++i) {
    CHECK(link.transmit(kStart, datagram(100)) == TransmitResult::queued);
  }
}

TEST_CASE("loss is by chance, in its proportion, and takes no time on the line", "[net]") {
  Link link = link_with({milliseconds{1}, {8'000'000}, {1, 10}, {}});
  int lost = 0;
  for (int i = 0; i < 10000; ++i) {
    lost += link.transmit(kStart, datagram(1000)) == TransmitResult::lost ? 1 : 0;
  }
  // Five standard deviations of 30.
  CHECK(lost > 850);
  CHECK(lost < 1150);
  SimTime last = kStart;
  while (!link.idle()) {
    last = link.next_arrival();
    link.take_head();
  }
  CHECK(last == at(milliseconds{1 + 10000 - lost}));
}

TEST_CASE("a link that loses everything, and one that loses nothing", "[net]") {
  Link all = link_with({milliseconds{1}, {}, {1, 1}, {}});
  Link none = link_with({milliseconds{1}, {}, {0, 100}, {}});
  for (int i = 0; i < 100; ++i) {
    CHECK(all.transmit(kStart, datagram(40)) == TransmitResult::lost);
    CHECK(none.transmit(kStart, datagram(40)) == TransmitResult::queued);
  }
  CHECK(all.idle());
}

TEST_CASE("the same seed loses the same segments", "[net]") {
  const auto losses = [](std::uint64_t seed) {
    Link link = link_with({milliseconds{1}, {}, {1, 2}, {}}, seed);
    std::vector<bool> lost;
    for (int i = 0; i < 200; ++i) {
      lost.push_back(link.transmit(kStart, datagram(40)) == TransmitResult::lost);
    }
    return lost;
  };
  CHECK(losses(1) == losses(1));
  CHECK(losses(1) != losses(2));
}

// ---- links that do more than lose and delay ----

namespace {

constexpr Ratio kAlways{1, 1};
constexpr Ratio kHalf{1, 2};

/// What arrives, in order.
struct Arrival {
  SimTime at;
  std::uint64_t id = 0;
  bool damaged = false;
};

std::vector<Arrival> arrivals(Link& link) {
  std::vector<Arrival> all;
  while (!link.idle()) {
    const SimTime when = link.next_arrival();
    const Segment segment = link.take_head();
    all.push_back({when, segment.id, segment.has_option(Segment::kDamaged)});
  }
  return all;
}

/// A thousand segments, a microsecond apart, over a link of 1 ms with these properties.
std::vector<Arrival> sent_over(LinkProperties properties) {
  properties.delay = milliseconds{1};
  Link link = link_with(properties);
  for (std::uint64_t id = 0; id < 1000; ++id) {
    link.transmit(at(microseconds{static_cast<std::int64_t>(id)}), datagram(100, id));
  }
  return arrivals(link);
}

bool is_in_order(const std::vector<Arrival>& all) {
  return std::is_sorted(all.begin(), all.end(),
                        [](const Arrival& a, const Arrival& b) { return a.id < b.id; });
}

}  // namespace

TEST_CASE("a duplicate follows its segment and takes its time on the line", "[net]") {
  LinkProperties properties{milliseconds{10}, {8'000'000}, {}, {}};
  properties.duplicate = kAlways;
  Link link = link_with(properties);
  link.transmit(kStart, datagram(1000, 1));
  link.transmit(kStart, datagram(1000, 2));
  const std::vector<Arrival> all = arrivals(link);
  REQUIRE(all.size() == 4);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].id == 1 + i / 2);
    CHECK(all[i].at == at(milliseconds{11 + static_cast<int>(i)}));
  }
}

TEST_CASE("a duplicate that finds no room in the queue is not made", "[net]") {
  LinkProperties properties{milliseconds{10}, {8'000'000}, {}, {1, 0}};
  properties.duplicate = kAlways;
  Link link = link_with(properties);
  CHECK(link.transmit(kStart, datagram(1000)) == TransmitResult::queued);
  CHECK(link.in_flight() == 1);
  CHECK(link.transmit(kStart, datagram(1000)) == TransmitResult::overflow);
}

TEST_CASE("half of the segments arrive twice, or damaged", "[net]") {
  LinkProperties twice;
  twice.duplicate = kHalf;
  LinkProperties damaging;
  damaging.corrupt = kHalf;
  // Five standard deviations of 16.
  CHECK(sent_over(twice).size() > 1420);
  CHECK(sent_over(twice).size() < 1580);
  const std::vector<Arrival> all = sent_over(damaging);
  CHECK(all.size() == 1000);
  const auto damaged =
      std::count_if(all.begin(), all.end(), [](auto& each) { return each.damaged; });
  CHECK(damaged > 420);
  CHECK(damaged < 580);
}

TEST_CASE("jitter draws each delay evenly and keeps the order", "[net]") {
  LinkProperties properties;
  properties.jitter = microseconds{10};
  const std::vector<Arrival> all = sent_over(properties);
  CHECK(is_in_order(all));
  Duration least = Duration::max();
  Duration most{0};
  for (const Arrival& each : all) {
    const Duration taken =
        each.at - at(microseconds{static_cast<std::int64_t>(each.id)}) - milliseconds{1};
    least = std::min(least, taken);
    most = std::max(most, taken);
  }
  CHECK(least < microseconds{5});
  CHECK(least >= Duration{0});
  CHECK(most > microseconds{9});
  CHECK(most <= microseconds{10});
}

TEST_CASE("a segment that overtakes arrives at once, before those in flight", "[net]") {
  LinkProperties properties{milliseconds{10}, {8'000'000}, {}, {}};
  properties.reorder = kAlways;
  Link all_overtake = link_with(properties);
  all_overtake.transmit(kStart, datagram(1000));
  CHECK(all_overtake.next_arrival() == at(milliseconds{1} + Duration{1}));

  properties = {};
  properties.reorder = {1, 10};
  const std::vector<Arrival> all = sent_over(properties);
  CHECK(all.size() == 1000);
  CHECK_FALSE(is_in_order(all));
  CHECK(std::is_sorted(all.begin(), all.end(),
                       [](const Arrival& a, const Arrival& b) { return a.at < b.at; }));
  // Those that do not overtake stay in order among themselves.
  std::vector<Arrival> others;
  std::copy_if(all.begin(), all.end(), std::back_inserter(others), [](const Arrival& each) {
    return each.at - at(microseconds{static_cast<std::int64_t>(each.id)}) == milliseconds{1};
  });
  CHECK(others.size() > 850);
  CHECK(others.size() < 950);
  CHECK(is_in_order(others));
}

TEST_CASE("a property that is 0 draws nothing", "[net]") {
  // The same luck with loss, whatever stands beside it without effect.
  LinkProperties plain;
  plain.loss = kHalf;
  LinkProperties jittery = plain;
  jittery.jitter = Duration{0};
  jittery.corrupt = {0, 100};
  const std::vector<Arrival> first = sent_over(plain);
  const std::vector<Arrival> second = sent_over(jittery);
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i) CHECK(first[i].id == second[i].id);
}

TEST_CASE("a link that goes down loses what is in flight, and is free when it comes up", "[net]") {
  Link link = link_with({milliseconds{10}, {8'000'000}, {}, {3, 0}});
  for (std::uint64_t id = 1; id <= 3; ++id) link.transmit(kStart, datagram(1000, id));
  std::vector<std::uint64_t> lost;
  link.take_down([&](const Segment& segment) { lost.push_back(segment.id); });
  CHECK(lost == std::vector<std::uint64_t>{1, 2, 3});
  CHECK(link.is_down());
  CHECK(link.idle());
  CHECK(link.transmit(kStart, datagram(1000)) == TransmitResult::down);
  link.bring_up();
  CHECK(link.transmit(kStart, datagram(1000, 4)) == TransmitResult::queued);
  CHECK(link.next_arrival() == at(milliseconds{11}));
}

}  // namespace demuxsim
