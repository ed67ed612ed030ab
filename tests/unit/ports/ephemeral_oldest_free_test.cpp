#include <set>
#include <vector>

#include "demuxsim/ports/ephemeral.hpp"
#include "demuxsim/ports/oldest_free.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr std::uint64_t kHere = 1;
constexpr std::uint64_t kThere = 2;
constexpr PortRequest kBind{.purpose = PickFor::bind};

EphemeralConfig config_of(std::uint32_t ports) {
  return {.range = {Port{40'000}, Port{static_cast<std::uint16_t>(39'999 + ports)}},
          .pick = PortPick::oldest_free};
}

/// Takes any port at all, which has to cost one look.
Port take(EphemeralPicker& picker, const PortRequest& request) {
  const auto port = picker.pick(request, [](Port) { return true; });
  REQUIRE(port);
  REQUIRE(picker.probes() == 1);
  return *port;
}

PortRequest to(std::uint64_t destination) { return {.destination = destination}; }

}  // namespace

TEST_CASE("oldest-free: the first round has every port once, in no order to be seen") {
  for (const std::uint32_t ports : {1u, 2u, 3u, 4u, 5u, 16u, 17u, 1000u, 25'536u}) {
    CAPTURE(ports);
    const EphemeralConfig config = config_of(ports);
    EphemeralPicker picker(config, Rng(1));
    std::set<std::uint16_t> given;
    std::uint32_t neighbours = 0;
    unsigned last = 0;
    for (std::uint32_t i = 0; i < ports; ++i) {
      const unsigned port = take(picker, to(kHere)).value;
      REQUIRE(given.insert(static_cast<std::uint16_t>(port)).second);
      if (port == last + 1) ++neighbours;
      last = port;
    }
    CHECK(*given.begin() == 40'000);
    CHECK(*given.rbegin() == 39'999 + ports);
    if (ports >= 1000) CHECK(neighbours <= 10);
  }
}

TEST_CASE("oldest-free: after the first round, what was released first comes first") {
  const EphemeralConfig config = config_of(10);
  EphemeralPicker picker(config, Rng(2));
  std::vector<Port> given;
  for (int i = 0; i < 10; ++i) given.push_back(take(picker, to(kHere)));
  for (const std::size_t i : {7u, 0u, 3u}) picker.gone(given[i], kHere);
  CHECK(take(picker, to(kHere)) == given[7]);
  picker.gone(given[7], kHere);
  CHECK(take(picker, to(kHere)) == given[0]);
  CHECK(take(picker, to(kHere)) == given[3]);
  CHECK(take(picker, to(kHere)) == given[7]);
}

TEST_CASE("oldest-free: one connection at a time uses every port before any comes again") {
  constexpr std::uint32_t kPorts = 1000;
  const EphemeralConfig config = config_of(kPorts);
  EphemeralPicker picker(config, Rng(3));
  std::vector<Port> given;
  for (std::uint32_t i = 0; i < 3 * kPorts; ++i) {
    given.push_back(take(picker, to(kHere)));
    if (i >= kPorts) REQUIRE(given[i] == given[i - kPorts]);
    picker.gone(given[i], kHere);
  }
  CHECK(std::set<Port>(given.begin(), given.end()).size() == kPorts);
}

TEST_CASE("oldest-free: destinations share ports, each in an order of its own") {
  constexpr std::uint32_t kPorts = 100;
  const EphemeralConfig config = config_of(kPorts);
  EphemeralPicker picker(config, Rng(4));
  std::vector<Port> here;
  std::vector<Port> there;
  for (std::uint32_t i = 0; i < kPorts; ++i) {
    here.push_back(take(picker, to(kHere)));
    there.push_back(take(picker, to(kThere)));
  }
  CHECK(std::set<Port>(there.begin(), there.end()).size() == kPorts);
  CHECK(here != there);
  // What comes free for one is not free for the other.
  picker.gone(here[0], kHere);
  std::set<Port> in_use(there.begin(), there.end());
  CHECK_FALSE(picker.pick(to(kThere), [&](Port port) { return in_use.count(port) == 0; }));
  CHECK(take(picker, to(kHere)) == here[0]);
}

TEST_CASE("oldest-free: a port bound by number costs a queue one look") {
  constexpr std::uint32_t kPorts = 100;
  const EphemeralConfig config = config_of(kPorts);
  EphemeralPicker picker(config, Rng(5));
  std::set<Port> bound;
  for (std::uint16_t i = 0; i < 50; ++i) bound.insert(Port{static_cast<std::uint16_t>(40'000 + i)});
  const auto not_bound = [&](Port port) { return bound.count(port) == 0; };
  std::uint32_t looks = 0;
  std::vector<Port> given;
  for (int i = 0; i < 50; ++i) {
    given.push_back(picker.pick(to(kHere), not_bound).value());
    looks += picker.probes();
  }
  CHECK(looks <= kPorts);
  for (int round = 0; round < 500; ++round) {
    const Port oldest = given[static_cast<std::size_t>(round) % 50];
    picker.gone(oldest, kHere);
    REQUIRE(picker.pick(to(kHere), not_bound) == oldest);
    REQUIRE(picker.probes() <= 51);
    if (round > 0) REQUIRE(picker.probes() == 1);
  }
}

TEST_CASE("oldest-free: a port that was bound when its turn came is found when it is needed") {
  const EphemeralConfig config = config_of(4);
  EphemeralPicker picker(config, Rng(6));
  for (int i = 0; i < 3; ++i) {
    REQUIRE(picker.pick(to(kHere), [](Port port) { return port != Port{40'002}; }));
  }
  CHECK_FALSE(picker.pick(to(kHere), [](Port) { return false; }));
  CHECK(picker.pick(to(kHere), [](Port port) { return port == Port{40'002}; }) == Port{40'002});
}

TEST_CASE("oldest-free: a bind gets back what nobody holds, whoever held it") {
  constexpr std::uint32_t kPorts = 100;
  const EphemeralConfig config = config_of(kPorts);
  EphemeralPicker picker(config, Rng(7));
  std::set<Port> held;
  const auto unheld = [&](Port port) { return held.count(port) == 0; };
  for (int i = 0; i < 99; ++i) held.insert(take(picker, to(kHere)));
  const Port last = picker.pick(kBind, unheld).value();
  held.insert(last);
  CHECK_FALSE(picker.pick(kBind, unheld));
  const Port freed = *held.begin() == last ? *std::next(held.begin()) : *held.begin();
  held.erase(freed);
  picker.gone(freed, kHere);
  picker.unheld(freed);
  CHECK(picker.pick(kBind, unheld) == freed);
  CHECK(picker.probes() == 1);
}

TEST_CASE("oldest-free: what the picker has not given out cannot come back") {
  const EphemeralConfig config = config_of(4);
  EphemeralPicker picker(config, Rng(8));
  for (int i = 0; i < 100; ++i) {
    picker.gone(Port{40'001}, kHere);
    picker.unheld(Port{40'001});
    picker.gone(Port{39'999}, kHere);
    picker.unheld(Port{40'004});
  }
  std::set<Port> given;
  for (int i = 0; i < 4; ++i) given.insert(take(picker, to(kHere)));
  CHECK(given.size() == 4);
}

TEST_CASE("oldest-free: a destination without ports takes no memory") {
  const EphemeralConfig config = config_of(1000);
  Rng rng(9);
  OldestFreeWalk walk(config, rng);
  for (std::uint64_t destination = 1; destination <= 10'000; ++destination) {
    walk.begin(to(destination), rng);
    const std::uint32_t offset = walk.next(rng);
    walk.chosen(offset, rng);
    REQUIRE(walk.queues() == 1);
    walk.gone(offset, destination);
    REQUIRE(walk.queues() == 0);
  }
}
