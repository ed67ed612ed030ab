#include "kernel/alignment.hpp"

#include "support/catch.hpp"
#include "support/wire_log.hpp"

using namespace demuxsim;
using namespace demuxsim::kernel;
using namespace demuxsim::test;

namespace {

constexpr unsigned kSyn = flag::kSyn;
constexpr unsigned kAck = flag::kAck;
constexpr unsigned kFin = flag::kFin | flag::kAck;
constexpr unsigned kPush = flag::kPsh | flag::kAck;

using Log = std::vector<SeenSegment>;

std::vector<AlignedSegment> aligned(const Log& simulated, const Log& kernel) {
  const Conversation ours{kOpener, kTarget, simulated};
  const Conversation theirs{kOpener, kTarget, kernel};
  return align({&ours, &theirs});
}

std::vector<Judgement> judged(const Log& simulated, const Log& kernel) {
  std::vector<Judgement> judgements;
  for (const AlignedSegment& row : aligned(simulated, kernel)) judgements.push_back(row.judgement);
  return judgements;
}

/// The same whichever side is which.
void check(const Log& a, const Log& b, const std::vector<Judgement>& expected) {
  CHECK(judged(a, b) == expected);
  CHECK(judged(b, a) == expected);
}

using enum Judgement;

}  // namespace

TEST_CASE("segments that are alike are the same, though one is a little late", "[kernel]") {
  const Log one{there(kSyn, {}), back(kSyn | kAck, {.ack = 1, .at_ms = 5})};
  const Log late{there(kSyn, {.at_ms = 90}), back(kSyn | kAck, {.ack = 1, .at_ms = 99})};
  check(one, late, {same, same});
}

TEST_CASE("a timer may be an eighth late, but not have another value", "[kernel]") {
  const auto twice = [](std::int64_t again) {
    return Log{there(kSyn, {}), there(kSyn, {.at_ms = again})};
  };
  CHECK(judged(twice(8000), twice(9100)) == std::vector{same, same});
  CHECK(judged(twice(8000), twice(9200)) == std::vector{same, other_time});
  check(twice(300), twice(1000), {same, other_time});
}

TEST_CASE("what is judged: flags, numbers and length", "[kernel]") {
  const Log one{there(kPush, {.seq = 1, .ack = 1, .bytes = 10})};
  check(one, {there(kPush | flag::kUrg, {.seq = 1, .ack = 1, .bytes = 10})}, {differs});
  check(one, {there(kPush, {.seq = 2, .ack = 1, .bytes = 10})}, {differs});
  check(one, {there(kPush, {.seq = 1, .ack = 2, .bytes = 10})}, {differs});
  check(one, {there(kPush, {.seq = 1, .ack = 1, .bytes = 11})}, {differs});
  check(one, {there(kPush, {.seq = 1, .ack = 1, .bytes = 10, .window = 7})}, {same});
}

TEST_CASE("an acknowledgement without ACK is no number", "[kernel]") {
  check({there(flag::kRst, {.seq = 1})}, {there(flag::kRst, {.seq = 1, .ack = 9})}, {same});
  check({there(flag::kRst, {.seq = 1})}, {there(flag::kRst | kAck, {.seq = 1, .ack = 1})},
        {differs});
}

TEST_CASE("PSH alone is explained", "[kernel]") {
  check({there(kPush, {.seq = 1, .ack = 1, .bytes = 10})},
        {there(kAck, {.seq = 1, .ack = 1, .bytes = 10})}, {push});
}

TEST_CASE("one acknowledgement for two is a delayed one", "[kernel]") {
  check({there(kAck, {.seq = 1, .ack = 101}), there(kAck, {.seq = 1, .ack = 201})},
        {there(kAck, {.seq = 1, .ack = 201})}, {delayed_ack, same});
}

TEST_CASE("an acknowledgement may ride on data or a FIN", "[kernel]") {
  const SeenSegment alone = back(kAck, {.seq = 1, .ack = 101});
  const SeenSegment data = back(kPush, {.seq = 1, .ack = 101, .bytes = 10});
  const SeenSegment fin = back(kFin, {.seq = 1, .ack = 101});
  check({alone, data}, {data}, {delayed_ack, same});
  check({alone, fin}, {fin}, {delayed_ack, same});
}

TEST_CASE("acknowledgements of other cuts are all explained by the last one", "[kernel]") {
  check({there(kAck, {.seq = 1, .ack = 1461}), there(kAck, {.seq = 1, .ack = 2921})},
        {there(kAck, {.seq = 1, .ack = 1449}), there(kAck, {.seq = 1, .ack = 2921})},
        {delayed_ack, delayed_ack, same});
}

TEST_CASE("an acknowledgement that one side never sends is a difference", "[kernel]") {
  check({there(kAck, {.seq = 1, .ack = 101}), there(kAck, {.seq = 1, .ack = 201})},
        {there(kAck, {.seq = 1, .ack = 101})}, {same, differs});
}

TEST_CASE("the same acknowledgement again has to say more", "[kernel]") {
  const SeenSegment first = there(kAck, {.seq = 1, .ack = 101});
  check({first, there(kAck, {.seq = 1, .ack = 101, .at_ms = 200})}, {first}, {same, differs});
  check({first, there(kAck, {.seq = 1, .ack = 101, .at_ms = 200, .window = 2000})}, {first},
        {same, window_update});
}

TEST_CASE("several segments may be one", "[kernel]") {
  const SeenSegment last = there(kPush, {.seq = 301, .ack = 1, .bytes = 10});
  const Log three{there(kAck, {.seq = 1, .ack = 1, .bytes = 100}),
                  there(kAck, {.seq = 101, .ack = 1, .bytes = 100}),
                  there(kAck, {.seq = 201, .ack = 1, .bytes = 100}), last};
  check(three, {there(kAck, {.seq = 1, .ack = 1, .bytes = 300}), last},
        {coalesced, coalesced, coalesced, same});
}

TEST_CASE("bytes that are cut to another size are a difference", "[kernel]") {
  check({there(kAck, {.seq = 1, .ack = 1, .bytes = 100}),
         there(kAck, {.seq = 101, .ack = 1, .bytes = 100})},
        {there(kAck, {.seq = 1, .ack = 1, .bytes = 120}),
         there(kAck, {.seq = 121, .ack = 1, .bytes = 80})},
        {differs, differs});
}

TEST_CASE("a FIN belongs to the bytes before it", "[kernel]") {
  const SeenSegment data = there(kPush, {.seq = 1, .ack = 1, .bytes = 100});
  const SeenSegment fin = there(kFin, {.seq = 101, .ack = 1});
  check({data, fin}, {there(kFin, {.seq = 1, .ack = 1, .bytes = 100})}, {coalesced, coalesced});
  CHECK(judged({data, fin}, {there(kPush, {.seq = 1, .ack = 1, .bytes = 101})}) ==
        std::vector{differs, differs});
}

TEST_CASE("bytes that one side has more of are a difference", "[kernel]") {
  check({there(kAck, {.seq = 1, .ack = 1, .bytes = 100}),
         there(kAck, {.seq = 101, .ack = 1, .bytes = 100})},
        {there(kAck, {.seq = 1, .ack = 1, .bytes = 150})}, {differs, differs});
}

TEST_CASE("what one side has sent again is a difference, and the rest is not", "[kernel]") {
  const SeenSegment data = there(kPush, {.seq = 1, .ack = 1, .bytes = 100});
  const SeenSegment next = there(kPush, {.seq = 101, .ack = 1, .bytes = 100});
  check({data, data, next}, {data, next}, {same, differs, same});
}

TEST_CASE("directions are judged each for itself", "[kernel]") {
  const SeenSegment request = there(kPush, {.seq = 1, .ack = 1, .bytes = 5, .at_ms = 10});
  const SeenSegment reply = back(kPush, {.seq = 1, .ack = 1, .bytes = 5, .at_ms = 10});
  check({request, reply}, {reply, request}, {same, same});
}

TEST_CASE("a SYN,ACK twice in one tick of the timers is explained", "[kernel]") {
  const SeenSegment answer = back(kSyn | kAck, {.ack = 1, .at_ms = 1010});
  const SeenSegment soon = back(kSyn | kAck, {.ack = 1, .at_ms = 1040});
  const SeenSegment later = back(kSyn | kAck, {.ack = 1, .at_ms = 2010});
  const SeenSegment third = there(kAck, {.seq = 1, .ack = 1, .at_ms = 1050});
  check({answer, soon, third, third}, {answer, third}, {same, timer_tick, same, timer_tick});
  check({answer, later}, {answer}, {same, differs});
  SeenSegment hole = third;  // It tells of a segment that is missing.
  hole.segment.sack_count = 1;
  check({third, hole}, {third}, {same, differs});
}

TEST_CASE("a connection that only one run has differs throughout", "[kernel]") {
  const Conversation alone{kOpener, kTarget, {there(kSyn, {}), there(kSyn, {.at_ms = 1000})}};
  for (const ConversationPair& pair :
       {ConversationPair{&alone, nullptr}, ConversationPair{nullptr, &alone}}) {
    const auto rows = align(pair);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].judgement == differs);
    CHECK(rows[1].judgement == differs);
    CHECK(rows[0].simulated.has_value() == (pair.simulated != nullptr));
  }
}
