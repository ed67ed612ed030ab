#include "demuxsim/tcp/scoreboard.hpp"

#include <initializer_list>

#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr SequenceNumber kUna{1000};
constexpr SequenceNumber kNext{9000};

Segment with(std::initializer_list<SackBlock> blocks) {
  Segment in;
  for (const SackBlock& each : blocks) in.sack[in.sack_count++] = each;
  return in;
}

}  // namespace

TEST_CASE("blocks join where they touch, and only news counts", "[rfc6675-2]") {
  Scoreboard board;
  CHECK(board.update(with({{{2000}, {3000}}}), kUna, kNext));
  CHECK_FALSE(board.update(with({{{2000}, {3000}}}), kUna, kNext));
  CHECK_FALSE(board.update(with({{{2100}, {2900}}}), kUna, kNext));
  CHECK(board.update(with({{{4000}, {5000}}}), kUna, kNext));
  CHECK(board.bytes() == 2000);
  CHECK(board.update(with({{{3000}, {4000}}}), kUna, kNext));
  CHECK(board.bytes() == 3000);
  CHECK(board.skip({1500}).value == 1500);
  CHECK(board.skip({2000}).value == 5000);
  CHECK(board.hole_end({1000}, kNext).value == 2000);
  CHECK(board.hole_end({5000}, kNext).value == 9000);
  CHECK(board.bytes_between({2500}, {9000}) == 2500);
}

TEST_CASE("what is acknowledged leaves the board", "[rfc6675-5]") {
  Scoreboard board;
  board.update(with({{{2000}, {3000}}, {{5000}, {6000}}}), kUna, kNext);
  board.pass({2500});
  CHECK(board.bytes() == 1500);
  board.pass({5000});
  CHECK(board.bytes() == 1000);
  board.pass({6000});
  CHECK(board.empty());
  CHECK(board.bytes() == 0);
}

TEST_CASE("what cannot be true is ignored", "[rfc2018-8]") {
  Scoreboard board;
  const SackBlock wrong[] = {
      {{1000}, {2000}},                    // At SND.UNA: that would be acknowledged.
      {{500}, {700}},                      // Acknowledged long ago.
      {{3000}, {3000}},                    // Empty.
      {{4000}, {3000}},                    // Backwards.
      {{8000}, {9001}},                    // Never sent.
      {{2'000'001'000}, {3'000'001'000}},  // Half round the circle and more.
      {{1001}, {0x8000'0000u + 1100}},
  };
  for (const SackBlock& each : wrong) {
    CAPTURE(each.begin.value, each.end.value);
    CHECK_FALSE(board.update(with({each}), kUna, kNext));
    CHECK(board.empty());
  }
}

TEST_CASE("three ranges, or more than two segments above, make a loss", "[rfc6675-4]") {
  Scoreboard few;
  few.update(with({{{2000}, {4000}}}), kUna, kNext);
  CHECK(few.lost_until(kUna, 1000) == kUna);
  few.update(with({{{2000}, {4001}}}), kUna, kNext);
  CHECK(few.lost_until(kUna, 1000).value == 2000);
  Scoreboard many;
  many.update(with({{{2000}, {2001}}, {{3000}, {3001}}}), kUna, kNext);
  CHECK(many.lost_until(kUna, 1000) == kUna);
  many.update(with({{{4000}, {4001}}}), kUna, kNext);
  CHECK(many.lost_until(kUna, 1000).value == 2000);
}
