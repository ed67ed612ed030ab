#include "demuxsim/net/link.hpp"

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
  CHECK(link.head_key().at == at(milliseconds{15}));
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
    CHECK(link.head_key().at == at(arrival));
    CHECK(link.take_head().id == ++id);
  }
  CHECK(link.idle());
}

TEST_CASE("segments without a rate keep their order by their keys", "[net]") {
  Link link = link_with({milliseconds{1}, {}, {}, {}});
  for (std::uint64_t id = 1; id <= 5; ++id) link.transmit(kStart, datagram(40, id));
  EventKey last{};
  for (std::uint64_t id = 1; id <= 5; ++id) {
    CHECK(link.head_key() > last);
    last = link.head_key();
    CHECK(link.take_head().id == id);
  }
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
    while (!link.idle() && link.head_key().at <= now) link.take_head();
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
    last = link.head_key().at;
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

}  // namespace demuxsim
