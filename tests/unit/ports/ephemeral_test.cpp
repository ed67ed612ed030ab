#include "demuxsim/ports/ephemeral.hpp"

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr PickFor kPurposes[] = {PickFor::connect, PickFor::bind};

Rng rng(std::uint64_t seed) { return Rng(seed, {StreamKind::test}); }

EphemeralConfig config_of(PortPick pick, std::uint16_t first, std::uint16_t last) {
  return {.range = {Port{first}, Port{last}}, .pick = pick};
}

/// These draw blindly, so they may miss what is free (RFC 6056 sections 3.3.2 and 3.3.5).
bool may_give_up(PortPick pick) {
  return pick == PortPick::random_redraw || pick == PortPick::random_increments;
}

PortRequest request(PickFor purpose, std::uint64_t destination = 0) {
  return {.purpose = purpose, .destination = purpose == PickFor::bind ? 0 : destination};
}

const auto anything = [](Port) { return true; };
const auto nothing = [](Port) { return false; };

}  // namespace

TEST_CASE("every way to pick has a name of its own, and a source") {
  std::set<std::string> names;
  for (const PortPick pick : kPortPicks) {
    names.emplace(name_of(pick));
    CHECK(port_pick_from(name_of(pick)) == pick);
    CHECK_FALSE(source_of(pick).empty());
  }
  CHECK(names.size() == kPortPicks.size());
  CHECK_FALSE(port_pick_from("linux_hash"));
  CHECK_FALSE(port_pick_from(""));
}

TEST_CASE("the one free port of a range is found, if by chance then at last", "[rfc6056]") {
  for (const PortPick pick : kPortPicks) {
    for (const PickFor purpose : kPurposes) {
      for (const std::uint16_t last :
           std::initializer_list<std::uint16_t>{50'000, 50'001, 50'002, 50'006, 50'009}) {
        const EphemeralConfig config = config_of(pick, 50'000, last);
        EphemeralPicker picker(config, rng(1));
        for (std::uint16_t left = 50'000; left <= last; ++left) {
          CAPTURE(name_of(pick), static_cast<int>(purpose), last, left);
          const auto is_left = [&](Port port) { return port.value == left; };
          std::optional<Port> port = picker.pick(request(purpose, left), is_left);
          for (int again = 0; may_give_up(pick) && !port && again < 100; ++again) {
            port = picker.pick(request(purpose, left), is_left);
          }
          REQUIRE(port);
          CHECK(port->value == left);
          CHECK(picker.probes() >= 1);
          const std::uint32_t most = pick == PortPick::oldest_free ? 2 : 1;
          CHECK(picker.probes() <= most * config.range.size());
        }
      }
    }
  }
}

TEST_CASE("an exhausted range gives nothing, after as many looks as ports", "[rfc6056]") {
  for (const PortPick pick : kPortPicks) {
    for (const PickFor purpose : kPurposes) {
      CAPTURE(name_of(pick));
      const EphemeralConfig config = config_of(pick, 65'500, 65'535);
      EphemeralPicker picker(config, rng(2));
      std::multiset<std::uint16_t> asked;
      const auto never = [&](Port port) {
        asked.insert(port.value);
        return false;
      };
      CHECK_FALSE(picker.pick(request(purpose, 7), never));
      CHECK(picker.probes() == 36);
      CHECK(asked.size() == 36);
      CHECK(*asked.begin() >= 65'500);
      const std::size_t different = std::set<std::uint16_t>(asked.begin(), asked.end()).size();
      CHECK((different == 36 || may_give_up(pick)));
    }
  }
}

TEST_CASE("a reserved port is never handed out, and to pass it is a look") {
  for (const PortPick pick : kPortPicks) {
    CAPTURE(name_of(pick));
    EphemeralConfig config = config_of(pick, 50'000, 50'009);
    config.reserved = {{Port{50'001}, Port{50'007}}, {Port{50'009}, Port{60'000}}};
    EphemeralPicker picker(config, rng(3));
    std::set<std::uint16_t> given;
    std::uint32_t looks = 0;
    for (std::uint64_t i = 0; i < 200; ++i) {
      const auto port = picker.pick(request(kPurposes[i % 2], i), anything);
      looks += picker.probes();
      if (port) given.insert(port->value);
      CHECK((port || may_give_up(pick)));
    }
    CHECK(given == std::set<std::uint16_t>{50'000, 50'008});
    CHECK(looks > 400);
  }
}

TEST_CASE("a range that is reserved altogether gives nothing") {
  for (const PortPick pick : kPortPicks) {
    EphemeralConfig config = config_of(pick, 50'000, 50'009);
    config.reserved = {{Port{40'000}, Port{60'000}}};
    EphemeralPicker picker(config, rng(4));
    for (const PickFor purpose : kPurposes) CHECK_FALSE(picker.pick(request(purpose, 9), anything));
  }
}

TEST_CASE("the same stream picks the same ports, a restarted host picks others") {
  for (const PortPick pick : kPortPicks) {
    CAPTURE(name_of(pick));
    const EphemeralConfig config = config_of(pick, 32'768, 60'999);
    EphemeralPicker one(config, rng(5));
    EphemeralPicker two(config, rng(5));
    std::vector<Port> first;
    std::vector<Port> restarted;
    for (std::uint64_t i = 0; i < 50; ++i) {
      first.push_back(one.pick(request(PickFor::connect, i % 3), anything).value());
      CHECK(two.pick(request(PickFor::connect, i % 3), anything) == first.back());
    }
    two.restart();
    for (std::uint64_t i = 0; i < 50; ++i) {
      restarted.push_back(two.pick(request(PickFor::connect, i % 3), anything).value());
    }
    CHECK((first == restarted) == (pick == PortPick::sequential));
  }
}

TEST_CASE("sequential goes up, skips what is taken, and round again") {
  const EphemeralConfig config = config_of(PortPick::sequential, 65'532, 65'535);
  EphemeralPicker picker(config, rng(4));
  std::vector<std::uint16_t> given;
  std::vector<std::uint32_t> probes;
  for (int i = 0; i < 6; ++i) {
    given.push_back(picker.pick({}, [](Port p) { return p.value != 65'533; }).value().value);
    probes.push_back(picker.probes());
  }
  CHECK(given == std::vector<std::uint16_t>{65'532, 65'534, 65'535, 65'532, 65'534, 65'535});
  CHECK(probes == std::vector<std::uint32_t>{1, 2, 1, 1, 2, 1});
  // A failure leaves the order as it was.
  CHECK_FALSE(picker.pick({}, nothing));
  CHECK(picker.pick({}, anything) == Port{65'532});
}

TEST_CASE("linux: connect takes the range's even ports first, bind the others") {
  // As in Linux's __inet_hash_connect and inet_csk_find_open_port: parity is counted from the first
  // port of the range.
  for (const std::uint16_t first : std::initializer_list<std::uint16_t>{32'768, 32'769}) {
    const auto last = static_cast<std::uint16_t>(first + 99);
    for (const PickFor purpose : kPurposes) {
      const EphemeralConfig config = config_of(PortPick::linux_hash, first, last);
      EphemeralPicker picker(config, rng(5));
      std::set<std::uint16_t> taken;
      for (std::size_t i = 0; i < 100; ++i) {
        const auto port =
            picker.pick(request(purpose, 42), [&](Port p) { return taken.count(p.value) == 0; });
        REQUIRE(port);
        const unsigned parity = (unsigned{port->value} - first) % 2;
        const unsigned own = purpose == PickFor::connect ? 0 : 1;
        CHECK(parity == (i < 50 ? own : 1 - own));
        if (i >= 50) CHECK(picker.probes() > 50);
        taken.insert(port->value);
      }
    }
  }
}

TEST_CASE("linux: the next port of a destination is 2 to 16 further on") {
  // get_random_u32_below(8) * 2 + 2 in __inet_hash_connect.
  const EphemeralConfig config = config_of(PortPick::linux_hash, 32'768, 60'999);
  EphemeralPicker picker(config, rng(6));
  std::set<unsigned> steps;
  unsigned last = picker.pick(request(PickFor::connect, 1), anything)->value;
  for (int i = 0; i < 1000; ++i) {
    const unsigned port = picker.pick(request(PickFor::connect, 1), anything)->value;
    steps.insert((port + 28'232 - last) % 28'232);
    last = port;
  }
  CHECK(steps == std::set<unsigned>{2, 4, 6, 8, 10, 12, 14, 16});
}

TEST_CASE("linux: where a destination begins changes every ten seconds") {
  const EphemeralConfig config = config_of(PortPick::linux_hash, 32'768, 60'999);
  const auto first_at = [&](std::int64_t seconds) {
    EphemeralPicker picker(config, rng(6));
    return picker.pick({.destination = 1, .now = kStart + std::chrono::seconds{seconds}}, anything);
  };
  CHECK(first_at(0) == first_at(9));
  CHECK(first_at(9) != first_at(10));
  CHECK(first_at(10) == first_at(19));
}
