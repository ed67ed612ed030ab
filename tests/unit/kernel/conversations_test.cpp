#include "kernel/conversations.hpp"

#include "support/catch.hpp"
#include "support/wire_log.hpp"

using namespace demuxsim;
using namespace demuxsim::kernel;
using namespace demuxsim::test;

namespace {

constexpr unsigned kSyn = flag::kSyn;
constexpr unsigned kAck = flag::kAck;

Endpoint opener(std::uint16_t port) { return {kOpener.address, Port{port}}; }

std::vector<Conversation> calls_from(std::initializer_list<std::uint16_t> ports) {
  std::vector<SeenSegment> segments;
  for (const std::uint16_t port : ports) {
    segments.push_back(sent(opener(port), kTarget, kSyn, {.seq = port}));
  }
  return conversations_of(segments);
}

}  // namespace

TEST_CASE("numbers are counted from the initial ones", "[kernel]") {
  const std::vector<SeenSegment> segments{
      there(kSyn, {.seq = 0xffff'ffff}), back(kSyn | kAck, {.seq = 700, .ack = 0}),
      there(kAck, {.seq = 0, .ack = 701}), back(kAck, {.seq = 701, .ack = 4, .bytes = 9})};
  const auto made = conversations_of(segments);
  REQUIRE(made.size() == 1);
  CHECK(made[0].opener == kOpener);
  CHECK(made[0].segments[1].segment.ack.value == 1);
  CHECK(made[0].segments[2].segment.seq.value == 1);
  CHECK(made[0].segments[3].segment.seq.value == 1);
  CHECK(made[0].segments[3].segment.ack.value == 5);
}

TEST_CASE("a SYN that is sent again is of the same connection, one with a new number is not",
          "[kernel]") {
  const std::vector<SeenSegment> segments{
      there(kSyn, {.seq = 10}), there(kSyn, {.seq = 10}), back(kSyn | kAck, {.seq = 5, .ack = 11}),
      there(kSyn, {.seq = 900}), back(kSyn | kAck, {.seq = 77, .ack = 901})};
  const auto made = conversations_of(segments);
  REQUIRE(made.size() == 2);
  CHECK(made[0].segments.size() == 3);
  CHECK(made[1].segments[1].segment.seq.value == 0);
  CHECK(made[1].segments[1].segment.ack.value == 1);
}

TEST_CASE("two SYNs that cross are one connection", "[kernel]") {
  const std::vector<SeenSegment> segments{there(kSyn, {.seq = 10}), back(kSyn, {.seq = 20}),
                                          there(kSyn | kAck, {.seq = 10, .ack = 21})};
  const auto made = conversations_of(segments);
  REQUIRE(made.size() == 1);
  CHECK(made[0].segments[2].segment.ack.value == 1);
}

TEST_CASE("strays keep their numbers, and a SYN after them opens a connection", "[kernel]") {
  const std::vector<SeenSegment> segments{there(kAck, {.seq = 1000, .ack = 2000}),
                                          back(flag::kRst, {.seq = 2000}), there(kSyn, {.seq = 5})};
  const auto made = conversations_of(segments);
  REQUIRE(made.size() == 2);
  CHECK(made[0].segments[1].segment.seq.value == 2000);
  CHECK(made[1].segments[0].segment.seq.value == 0);
}

TEST_CASE("connections are paired in their order, whatever ports were chosen", "[kernel]") {
  const auto ours = calls_from({40000, 40002, 40004});
  const auto theirs = calls_from({40004, 51000});
  const auto pairs = pair_up(ours, theirs, {});
  REQUIRE(pairs.size() == 3);
  CHECK(pairs[0].kernel == &theirs[0]);
  CHECK(pairs[1].kernel == &theirs[1]);
  CHECK(pairs[2].kernel == nullptr);
}

TEST_CASE("a port that is named is no other", "[kernel]") {
  const auto ours = calls_from({40000, 5000});
  const auto theirs = calls_from({5000, 41000, 6000});
  const auto pairs = pair_up(ours, theirs, {Port{5000}, Port{6000}});
  REQUIRE(pairs.size() == 3);
  CHECK(pairs[0].kernel == &theirs[1]);
  CHECK(pairs[1].kernel == &theirs[0]);
  CHECK(pairs[2].simulated == nullptr);
  CHECK(pairs[2].kernel == &theirs[2]);
}

TEST_CASE("a made-up segment means the same to another connection", "[kernel]") {
  const std::vector<SeenSegment> ours{there(kSyn, {.seq = 100}),
                                      back(kSyn | kAck, {.seq = 200, .ack = 101}),
                                      there(kSyn, {.seq = 999, .at_ms = 50})};
  const std::vector<SeenSegment> theirs{there(kSyn, {.seq = 7000}),
                                        back(kSyn | kAck, {.seq = 9000, .ack = 7001})};
  const Segment moved =
      transplanted(there(kAck, {.seq = 111, .ack = 202, .at_ms = 10}), ours, theirs);
  CHECK(moved.seq.value == 7011);
  CHECK(moved.ack.value == 9002);
  const Segment stray =
      transplanted(sent(opener(1), kTarget, kAck, {.seq = 111, .ack = 202}), ours, theirs);
  CHECK(stray.seq.value == 111);
  CHECK(stray.ack.value == 202);
}
