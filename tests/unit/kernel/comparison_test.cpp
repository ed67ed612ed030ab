#include "kernel/comparison.hpp"

#include "support/catch.hpp"
#include "support/wire_log.hpp"

using namespace demuxsim;
using namespace demuxsim::kernel;
using namespace demuxsim::test;

namespace {

constexpr unsigned kSyn = flag::kSyn;

Endpoint opener(std::uint16_t port) { return {kOpener.address, Port{port}}; }

SimTime ms(int count) { return kStart + std::chrono::milliseconds{count}; }

SeenSocket established(std::uint16_t port) {
  return {HostId{0}, TcpState::established, opener(port), kTarget};
}

/// Two calls one after the other, seen in a table after each.
SeenRun run_with_ports(std::uint16_t first, std::uint16_t second) {
  SeenRun run;
  run.segments = {sent(opener(first), kTarget, kSyn, {.seq = 1, .at_ms = 10}),
                  sent(opener(second), kTarget, kSyn, {.seq = 2, .at_ms = 30})};
  run.tables = {{ms(20), {established(first)}}, {ms(40), {established(second)}}};
  return run;
}

}  // namespace

TEST_CASE("tables are compared with the ports of their time", "[kernel]") {
  // The kernel gives the port of the first call to the second one, too.
  const Comparison comparison = compare({}, run_with_ports(40000, 40002), run_with_ports(777, 777));
  CHECK(comparison.differences == 0);
  CHECK(comparison.conversations[0].kernel_port == Port{777});
  CHECK(comparison.tables[1].sockets[0].socket.local.port == Port{40002});
}

TEST_CASE("a socket that one side has more often is a difference", "[kernel]") {
  SeenRun twice = run_with_ports(40000, 40002);
  twice.tables[0].sockets.push_back(established(40000));
  const Comparison comparison = compare({}, twice, run_with_ports(40000, 40002));
  CHECK(comparison.differences == 1);
  REQUIRE(comparison.tables[0].sockets.size() == 2);
  CHECK(comparison.tables[0].sockets[0].agrees());
  CHECK(comparison.tables[0].sockets[1].simulated);
  CHECK_FALSE(comparison.tables[0].sockets[1].kernel);
}

TEST_CASE("another state is a difference on both sides", "[kernel]") {
  SeenRun other = run_with_ports(40000, 40002);
  other.tables[1].sockets[0].state = TcpState::close_wait;
  CHECK(compare({}, other, run_with_ports(40000, 40002)).differences == 2);
}

TEST_CASE("answers are compared, also those that did not come", "[kernel]") {
  const StepSpec step;
  Plan plan;
  plan.calls = {{&step, ms(0), {}, {}}, {&step, ms(1), {}, {}}, {&step, ms(2), {}, {}}};
  SeenRun ours;
  SeenRun theirs;
  ours.answers = {"ok", "EPIPE", ""};
  theirs.answers = {"ok", "ECONNRESET", ""};
  const Comparison comparison = compare(plan, ours, theirs);
  CHECK(comparison.calls[0].agrees());
  CHECK_FALSE(comparison.calls[1].agrees());
  CHECK(comparison.calls[2].agrees());
  CHECK(comparison.differences == 1);
}

TEST_CASE("explained segments are counted apart", "[kernel]") {
  SeenRun ours;
  SeenRun theirs;
  ours.segments = {there(kSyn, {}), there(flag::kAck, {.seq = 1, .ack = 5}),
                   there(flag::kAck, {.seq = 1, .ack = 9})};
  theirs.segments = {ours.segments[0], ours.segments[2]};
  const Comparison comparison = compare({}, ours, theirs);
  CHECK(comparison.segments == 3);
  CHECK(comparison.explained == 1);
  CHECK(comparison.differences == 0);
}
