// RFC 6056, section 3.3: the five algorithms, each by what tells it from the others.
#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include "demuxsim/ports/ephemeral.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr PortPick kAlgorithms[] = {PortPick::random, PortPick::random_redraw,
                                    PortPick::simple_hash, PortPick::double_hash,
                                    PortPick::random_increments};
constexpr PortRange kRange{Port{49'152}, Port{65'535}};
constexpr unsigned kPorts = 16'384;

EphemeralConfig config_of(PortPick pick, PortRange range = kRange) {
  return {.range = range, .pick = pick};
}

Rng rng(std::uint64_t seed) { return Rng(seed, {StreamKind::test}); }

PortRequest to(std::uint64_t destination) { return {.destination = destination}; }

const auto anything = [](Port) { return true; };

unsigned offset_of(std::optional<Port> port) { return port.value().value - kRange.first.value; }

/// How far the second port stands above the first, round the range.
unsigned way(unsigned first, unsigned second) { return (second + kPorts - first) % kPorts; }

/// Pearson's chi-squared of counts that should be equal.
double chi_squared(const std::vector<double>& counts) {
  double sum = 0;
  for (const double count : counts) sum += count;
  const double expected = sum / static_cast<double>(counts.size());
  double result = 0;
  for (const double count : counts) result += (count - expected) * (count - expected) / expected;
  return result;
}

/// Of 63 degrees of freedom: in 998 of 1000 cases between these.
bool is_even(const std::vector<double>& counts) {
  REQUIRE(counts.size() == 64);
  const double found = chi_squared(counts);
  CAPTURE(found);
  return found > 33.0 && found < 103.4;
}

}  // namespace

TEST_CASE("no port is given twice while in use, and every port is given", "[rfc6056-3.1]") {
  // Section 3.2: the whole range is used.
  for (const PortPick pick : kAlgorithms) {
    CAPTURE(name_of(pick));
    const EphemeralConfig config = config_of(pick);
    EphemeralPicker picker(config, rng(1));
    std::set<Port> given;
    for (unsigned tries = 0; given.size() < kPorts && tries < 10 * kPorts; ++tries) {
      const auto port = picker.pick(to(1), [&](Port p) { return given.count(p) == 0; });
      if (!port) continue;
      REQUIRE(kRange.contains(*port));
      REQUIRE(given.insert(*port).second);
    }
    CHECK(given.size() == kPorts);
  }
}

TEST_CASE("each tries as often as there are ports, then reports an error", "[rfc6056-3.3]") {
  for (const PortPick pick : kAlgorithms) {
    const EphemeralConfig config = config_of(pick);
    EphemeralPicker picker(config, rng(2));
    unsigned asked = 0;
    CHECK_FALSE(picker.pick(to(1), [&](Port) {
      ++asked;
      return false;
    }));
    CHECK(asked == kPorts);
  }
}

TEST_CASE("algorithms 1 and 2 give every port with the same probability",
          "[rfc6056-3.3.1][rfc6056-3.3.2]") {
  for (const PortPick pick : {PortPick::random, PortPick::random_redraw}) {
    CAPTURE(name_of(pick));
    const EphemeralConfig config = config_of(pick, {Port{50'000}, Port{50'063}});
    EphemeralPicker picker(config, rng(3));
    std::vector<double> counts(64);
    for (int i = 0; i < 64'000; ++i) ++counts[picker.pick(to(1), anything)->value - 50'000u];
    CHECK(is_even(counts));
  }
}

TEST_CASE("algorithm 1 goes up from where it began, algorithm 2 does not",
          "[rfc6056-3.3.1][rfc6056-3.3.2]") {
  // Half of 128 ports is in use, in one piece. Whoever goes up gives the port behind it in 65 of
  // 128 cases.
  const PortRange range{Port{50'000}, Port{50'127}};
  const auto is_free = [](Port port) { return port.value >= 50'064; };
  for (const PortPick pick : {PortPick::random, PortPick::random_redraw}) {
    const EphemeralConfig config = config_of(pick, range);
    EphemeralPicker picker(config, rng(4));
    std::vector<double> counts(64);
    for (int i = 0; i < 64'000; ++i) ++counts[picker.pick(to(1), is_free)->value - 50'064u];
    CAPTURE(name_of(pick), counts[0]);
    if (pick == PortPick::random) {
      CHECK(counts[0] > 64'000.0 * 65 / 128 * 0.97);
      CHECK(counts[0] < 64'000.0 * 65 / 128 * 1.03);
      counts[0] = counts[1];
      CHECK(chi_squared(counts) < 103.4);
    } else {
      CHECK(is_even(counts));
    }
  }
}

TEST_CASE("algorithms 3 and 4: the ports of one destination follow each other",
          "[rfc6056-3.3.3][rfc6056-3.3.4]") {
  for (const PortPick pick : {PortPick::simple_hash, PortPick::double_hash}) {
    CAPTURE(name_of(pick));
    const EphemeralConfig config = config_of(pick);
    EphemeralPicker picker(config, rng(5));
    unsigned last = offset_of(picker.pick(to(1), anything));
    for (unsigned i = 0; i < 2 * kPorts; ++i) {
      const unsigned port = offset_of(picker.pick(to(1), anything));
      REQUIRE(way(last, port) == 1);
      last = port;
    }
    // One in use is passed.
    const unsigned taken = (last + 1) % kPorts;
    const auto is_free = [&](Port p) { return p.value != kRange.first.value + taken; };
    CHECK(way(last, offset_of(picker.pick(to(1), is_free))) == 2);
    CHECK(picker.probes() == 2);
  }
}

TEST_CASE("algorithms 3 and 4: the ports of two destinations have nothing to do with each other",
          "[rfc6056-3.3.3][rfc6056-3.3.4]") {
  for (const PortPick pick : {PortPick::simple_hash, PortPick::double_hash}) {
    CAPTURE(name_of(pick));
    const EphemeralConfig config = config_of(pick);
    EphemeralPicker picker(config, rng(6));
    std::vector<double> ways(64);
    unsigned last = offset_of(picker.pick(to(1), anything));
    for (std::uint64_t destination = 2; destination < 20'000; ++destination) {
      const unsigned port = offset_of(picker.pick(to(destination), anything));
      ++ways[way(last, port) / (kPorts / 64)];
      last = port;
    }
    CHECK(is_even(ways));
  }
}

TEST_CASE("algorithm 3 moves every destination with each port, algorithm 4 one in table_length",
          "[rfc6056-3.3.3][rfc6056-3.3.4]") {
  const auto others_that_move_the_first = [](const EphemeralConfig& config) {
    EphemeralPicker picker(config, rng(7));
    int moving = 0;
    unsigned last = offset_of(picker.pick(to(1), anything));
    for (std::uint64_t other = 2; other < 10'002; ++other) {
      picker.pick(to(other), anything);
      const unsigned port = offset_of(picker.pick(to(1), anything));
      REQUIRE((way(last, port) == 1 || way(last, port) == 2));
      if (way(last, port) == 2) ++moving;
      last = port;
    }
    return moving;
  };
  CHECK(others_that_move_the_first(config_of(PortPick::simple_hash)) == 10'000);
  EphemeralConfig config = config_of(PortPick::double_hash);
  const int ten = others_that_move_the_first(config);
  CHECK((ten > 850 && ten < 1150));
  config.table_length = 1;
  CHECK(others_that_move_the_first(config) == 10'000);
  config.table_length = 1000;
  CHECK(others_that_move_the_first(config) < 30);
}

TEST_CASE("algorithm 5 goes on by 1 to N, each as often", "[rfc6056-3.3.5]") {
  EphemeralConfig config = config_of(PortPick::random_increments);
  config.max_increment = 64;
  EphemeralPicker picker(config, rng(8));
  std::vector<double> steps(64);
  unsigned last = offset_of(picker.pick(to(1), anything));
  for (std::uint64_t i = 0; i < 64'000; ++i) {
    const unsigned port = offset_of(picker.pick(to(i % 7), anything));
    REQUIRE(way(last, port) >= 1);
    REQUIRE(way(last, port) <= 64);
    ++steps[way(last, port) - 1];
    last = port;
  }
  CHECK(is_even(steps));
}

TEST_CASE("algorithm 5 takes N = 500 unless told otherwise; N = 1 is sequential",
          "[rfc6056-3.3.5]") {
  for (const std::uint32_t most : {500u, 1u}) {
    EphemeralConfig config = config_of(PortPick::random_increments);
    if (most == 1) config.max_increment = 1;
    EphemeralPicker picker(config, rng(9));
    std::set<unsigned> steps;
    unsigned last = offset_of(picker.pick(to(1), anything));
    for (int i = 0; i < 20'000; ++i) {
      const unsigned port = offset_of(picker.pick(to(1), anything));
      steps.insert(way(last, port));
      last = port;
    }
    CHECK(*steps.begin() == 1);
    CHECK(*steps.rbegin() == most);
    CHECK(steps.size() == most);
  }
}

TEST_CASE("each host has a secret of its own", "[rfc6056-3.4]") {
  for (const PortPick pick : {PortPick::simple_hash, PortPick::double_hash}) {
    CAPTURE(name_of(pick));
    const EphemeralConfig config = config_of(pick);
    // The way from one destination's port to another's is the same on no two hosts.
    std::set<unsigned> ways;
    for (std::uint64_t host = 0; host < 100; ++host) {
      EphemeralPicker picker(config, rng(host));
      const unsigned first = offset_of(picker.pick(to(1), anything));
      ways.insert(way(first, offset_of(picker.pick(to(2), anything))));
    }
    CHECK(ways.size() > 95);
  }
}
