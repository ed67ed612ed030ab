#include "demuxsim/ports/measure.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr PortRange kLinuxRange{Port{32'768}, Port{60'999}};

PortMeasurement measure(PortPick pick, std::uint64_t percent, std::uint32_t destinations = 1) {
  return measure_ports({.ports = {.range = kLinuxRange, .pick = pick},
                        .occupancy = {percent, 100},
                        .destinations = destinations,
                        .steps = 5000,
                        .seed = 1});
}

bool is_near(double value, double expected, double share) {
  return value > expected * (1 - share) && value < expected * (1 + share);
}

}  // namespace

TEST_CASE("linux looks at every second port in vain as soon as half of the range is in use") {
  // 14,116 ports of the first parity.
  CHECK(measure(PortPick::linux_hash, 45).steady.mean < 10);
  const PortMeasurement beyond = measure(PortPick::linux_hash, 51);
  CHECK(is_near(beyond.filling.mean, 14'117, 0.001));
  CHECK(beyond.steady.p99 >= 14'117);
  // What has just ended is the only port of that parity: half the way to it on average.
  CHECK(is_near(beyond.steady.mean, 7'058, 0.05));
}

TEST_CASE("a redraw hits a free port with the probability that one is free", "[rfc6056-3.3.2]") {
  for (const std::uint64_t percent : {10u, 50u, 90u}) {
    CAPTURE(percent);
    const PortMeasurement measured = measure(PortPick::random_redraw, percent);
    CHECK(is_near(measured.steady.mean, 100.0 / static_cast<double>(100 - percent), 0.05));
    CHECK(measured.refused == 0);
  }
}

TEST_CASE("oldest-free takes one look, and a port rests as long as there are others") {
  for (const std::uint32_t destinations : {1u, 5u}) {
    const PortMeasurement measured = measure(PortPick::oldest_free, 99, destinations);
    CHECK(measured.connections == 27'949);
    CHECK(measured.filling.max == 1);
    CHECK(measured.steady.max == 1);
  }
  // All of the 283 free ports, and the one that has just ended.
  const PortMeasurement measured = measure(PortPick::oldest_free, 99);
  CHECK(measured.reuse.count > 4000);
  CHECK(measured.reuse.min == 284);
  CHECK(measured.reuse.median == 284);
}

TEST_CASE("a full range leaves the port that has just ended") {
  for (const PortPick pick : kPortPicks) {
    CAPTURE(name_of(pick));
    const PortMeasurement measured =
        measure_ports({.ports = {.range = {Port{50'000}, Port{50'063}}, .pick = pick},
                       .occupancy = {1, 1},
                       .steps = 1000});
    CHECK(measured.connections == 64);
    CHECK(measured.reuse.min == 1);
    const bool draws = pick == PortPick::random_redraw || pick == PortPick::random_increments;
    // (1 - 1/64)^64, Euler's number's inverse, for one that draws 64 times.
    CHECK(is_near(measured.refused, draws ? 365 : 0.5, draws ? 0.2 : 1.1));
  }
}

TEST_CASE("who knows one port guesses the next where ports count up", "[rfc6056]") {
  CHECK(measure(PortPick::sequential, 1).guesses.from_own == 1.0);
  for (const PortPick pick : kPortPicks) {
    CAPTURE(name_of(pick));
    const PortGuesses guesses = measure(pick, 1).guesses;
    if (pick == PortPick::sequential) continue;
    // N = 500: about one in 500.
    CHECK(guesses.from_own < (pick == PortPick::random_increments ? 0.006 : 0.002));
  }
  // The ports of one destination follow each other (RFC 6056 section 3.3.3), in Linux by one of
  // eight steps.
  CHECK(measure(PortPick::simple_hash, 1).guesses.from_destination == 1.0);
  CHECK(measure(PortPick::double_hash, 1).guesses.from_destination == 1.0);
  CHECK(is_near(measure(PortPick::linux_hash, 1).guesses.from_destination, 0.125, 0.2));
  CHECK(measure(PortPick::oldest_free, 1).guesses.from_destination < 0.002);
}

TEST_CASE("reserved ports are passed, and the same workload gives the same numbers") {
  PortWorkload workload{.ports = {.range = kLinuxRange, .pick = PortPick::random},
                        .occupancy = {1, 1},
                        .steps = 100,
                        .seed = 7};
  workload.ports.reserved = {{Port{32'000}, Port{60'000}}};
  const PortMeasurement one = measure_ports(workload);
  const PortMeasurement two = measure_ports(workload);
  CHECK(one.connections == 999);
  CHECK(one.steady.mean == two.steady.mean);
  CHECK(one.reuse.median == two.reuse.median);
  CHECK(one.guesses.from_own == two.guesses.from_own);
  workload.seed = 8;
  CHECK(measure_ports(workload).steady.mean != one.steady.mean);
}
