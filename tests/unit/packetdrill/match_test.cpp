#include "packetdrill/match.hpp"

#include <chrono>

#include "demuxsim/net/segment.hpp"
#include "packetdrill/segment_text.hpp"
#include "support/catch.hpp"

namespace demuxsim::packetdrill {
namespace {

using namespace std::chrono_literals;

SegmentPattern syn_ack() {
  SegmentPattern pattern;
  pattern.flags = flag::kSyn | flag::kAck;
  pattern.seq = 0;
  pattern.payload_bytes = 0;
  pattern.ack = 1;
  pattern.window = 65535;
  pattern.options.mss = 1460;
  pattern.options.sack_permitted = true;
  pattern.options.timestamp = TimestampOption{100, 7};
  return pattern;
}

std::string against(const SegmentPattern& expected) {
  return difference(expected, syn_ack(), 10ms);
}

TEST_CASE("a segment is the one that it equals") {
  CHECK(against(syn_ack()).empty());
  CHECK(segment_text(syn_ack()) == "S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS val 100 ecr 7>");
}

TEST_CASE("the first field that differs is told") {
  SegmentPattern expected = syn_ack();
  expected.window = 0;
  CHECK(against(expected) == "win: expected 0, actual 65535");
  expected.ack = 2;
  CHECK(against(expected) == "ack: expected 2, actual 1");
  expected.payload_bytes = 3;
  CHECK(against(expected) == "length: expected 3, actual 0");
  expected.seq = 9;
  CHECK(against(expected) == "seq: expected 9, actual 0");
  expected.flags = flag::kRst;
  CHECK(against(expected) == "flags: expected R, actual S.");
}

TEST_CASE("options have to be the same, whatever their order") {
  SegmentPattern expected = syn_ack();
  expected.options = {};
  CHECK(against(expected) == "options: expected none, actual <mss 1460,sackOK,TS val 100 ecr 7>");
  expected.options.any = true;
  CHECK(against(expected).empty());
  expected = syn_ack();
  expected.options.window_scale = 6;
  CHECK(!against(expected).empty());
  expected = syn_ack();
  expected.options.sack = {{3, 5}};
  CHECK(!against(expected).empty());
}

TEST_CASE("a timestamp may be off by the tolerance, its echo may not") {
  SegmentPattern expected = syn_ack();
  expected.options.timestamp = TimestampOption{110, 7};
  CHECK(against(expected).empty());
  expected.options.timestamp = TimestampOption{89, 7};
  CHECK(!against(expected).empty());
  expected.options.timestamp = TimestampOption{100, 8};
  CHECK(!against(expected).empty());
  expected.options.timestamp = TimestampOption{};
  CHECK(against(expected).empty());
}

TEST_CASE("what is left open is not compared") {
  SegmentPattern expected;
  expected.flags = flag::kSyn | flag::kAck;
  expected.options.any = true;
  CHECK(against(expected).empty());
  CHECK(segment_text(expected) == "S. ...(...) <...>");
}

}  // namespace
}  // namespace demuxsim::packetdrill
