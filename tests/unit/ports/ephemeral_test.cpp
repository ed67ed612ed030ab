#include "demuxsim/ports/ephemeral.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <vector>

#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr PortPick kPicks[] = {PortPick::sequential, PortPick::random, PortPick::linux_hash};
constexpr PickFor kPurposes[] = {PickFor::connect, PickFor::bind};

Rng rng(std::uint64_t seed) { return Rng(seed, {StreamKind::test}); }

EphemeralConfig config_of(PortPick pick, std::uint16_t first, std::uint16_t last) {
  return {{Port{first}, Port{last}}, pick, {}};
}

const auto anything = [](Port) { return true; };

}  // namespace

TEST_CASE("the one free port of a range is found by every picker", "[rfc6056]") {
  for (const PortPick pick : kPicks) {
    for (const PickFor purpose : kPurposes) {
      for (const std::uint16_t last :
           std::initializer_list<std::uint16_t>{50'000, 50'001, 50'002, 50'006, 50'009}) {
        const EphemeralConfig config = config_of(pick, 50'000, last);
        EphemeralPicker picker(config, rng(1));
        for (std::uint16_t left = 50'000; left <= last; ++left) {
          CAPTURE(static_cast<int>(pick), static_cast<int>(purpose), last, left);
          const auto choice = picker.pick(purpose, left, [&](Port p) { return p.value == left; });
          REQUIRE(choice);
          CHECK(choice->port.value == left);
          CHECK(choice->tries >= 1);
          CHECK(choice->tries <= config.range.size());
        }
      }
    }
  }
}

TEST_CASE("an exhausted range gives nothing, after a look at every port once", "[rfc6056]") {
  for (const PortPick pick : kPicks) {
    for (const PickFor purpose : kPurposes) {
      const EphemeralConfig config = config_of(pick, 65'500, 65'535);
      EphemeralPicker picker(config, rng(2));
      std::multiset<std::uint16_t> asked;
      const auto never = [&](Port port) {
        asked.insert(port.value);
        return false;
      };
      CHECK_FALSE(picker.pick(purpose, 7, never));
      CHECK(asked.size() == 36);
      CHECK(std::set<std::uint16_t>(asked.begin(), asked.end()).size() == 36);
      CHECK(*asked.begin() == 65'500);
      CHECK(*asked.rbegin() == 65'535);
    }
  }
}

TEST_CASE("a reserved port is never handed out") {
  for (const PortPick pick : kPicks) {
    EphemeralConfig config = config_of(pick, 50'000, 50'009);
    config.reserved = {{Port{50'001}, Port{50'007}}, {Port{50'009}, Port{60'000}}};
    EphemeralPicker picker(config, rng(3));
    std::set<std::uint16_t> given;
    for (std::uint64_t i = 0; i < 200; ++i) {
      const auto choice = picker.pick(kPurposes[i % 2], i, anything);
      REQUIRE(choice);
      given.insert(choice->port.value);
    }
    CHECK(given == std::set<std::uint16_t>{50'000, 50'008});
  }
}

TEST_CASE("sequential goes up, skips what is taken, and round again") {
  const EphemeralConfig config = config_of(PortPick::sequential, 65'532, 65'535);
  EphemeralPicker picker(config, rng(4));
  std::vector<std::uint16_t> given;
  for (int i = 0; i < 6; ++i) {
    given.push_back(picker.pick(PickFor::connect, 0, [](Port p) { return p.value != 65'533; })
                        .value()
                        .port.value);
  }
  CHECK(given == std::vector<std::uint16_t>{65'532, 65'534, 65'535, 65'532, 65'534, 65'535});
  // A failure leaves the order as it was.
  CHECK_FALSE(picker.pick(PickFor::connect, 0, [](Port) { return false; }));
  CHECK(picker.pick(PickFor::connect, 0, anything)->port == Port{65'532});
}

TEST_CASE("linux_hash: connect takes the range's even ports first, bind the others") {
  // As in Linux's inet_hash_connect and inet_csk_find_open_port: parity is counted from the first
  // port of the range.
  for (const std::uint16_t first : std::initializer_list<std::uint16_t>{32'768, 32'769}) {
    const auto last = static_cast<std::uint16_t>(first + 99);
    for (const PickFor purpose : kPurposes) {
      const EphemeralConfig config = config_of(PortPick::linux_hash, first, last);
      EphemeralPicker picker(config, rng(5));
      std::set<std::uint16_t> taken;
      for (std::size_t i = 0; i < 100; ++i) {
        const auto choice =
            picker.pick(purpose, 42, [&](Port p) { return taken.count(p.value) == 0; });
        REQUIRE(choice);
        const unsigned parity = (unsigned{choice->port.value} - first) % 2;
        const unsigned own = purpose == PickFor::connect ? 0 : 1;
        CHECK(parity == (i < 50 ? own : 1 - own));
        taken.insert(choice->port.value);
      }
    }
  }
}

TEST_CASE("linux_hash: where the search begins depends on the destination", "[rfc6056]") {
  const EphemeralConfig config = config_of(PortPick::linux_hash, 32'768, 60'999);
  std::set<std::uint16_t> first;
  for (std::uint64_t destination = 0; destination < 100; ++destination) {
    EphemeralPicker picker(config, rng(6));
    const Port port = picker.pick(PickFor::connect, destination, anything)->port;
    EphemeralPicker again(config, rng(6));
    CHECK(again.pick(PickFor::connect, destination, anything)->port == port);
    first.insert(port.value);
  }
  CHECK(first.size() > 90);
  // And the next one to the same destination is another.
  EphemeralPicker picker(config, rng(6));
  std::set<std::uint16_t> next;
  for (int i = 0; i < 100; ++i) next.insert(picker.pick(PickFor::connect, 1, anything)->port.value);
  CHECK(next.size() == 100);
}

TEST_CASE("random spreads evenly over the range", "[rfc6056]") {
  constexpr std::size_t kPorts = 64;
  constexpr double kEach = 1000;
  const EphemeralConfig config = config_of(PortPick::random, 50'000, 50'000 + kPorts - 1);
  EphemeralPicker picker(config, rng(7));
  std::vector<double> counts(kPorts);
  for (std::size_t i = 0; i < kPorts * 1000; ++i) {
    ++counts[picker.pick(PickFor::connect, 0, anything)->port.value - 50'000u];
  }
  double chi_squared = 0;
  for (const double count : counts) chi_squared += (count - kEach) * (count - kEach) / kEach;
  // 63 degrees of freedom: below 103.4 in 999 of 1000 cases, above 33 in as many.
  CHECK(chi_squared < 103.4);
  CHECK(chi_squared > 33.0);
}
