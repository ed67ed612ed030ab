// What the outputs make of ICMP errors and damaged segments.
#include <set>
#include <string>

#include "demuxsim/report/frame.hpp"
#include "demuxsim/report/jsonl.hpp"
#include "demuxsim/report/line_text.hpp"
#include "demuxsim/report/lookup_words.hpp"
#include "golden/report_story.hpp"
#include "support/catch.hpp"

using namespace demuxsim;
using namespace demuxsim::test;

namespace {

Segment quoted() {
  Segment segment;
  segment.source = IpAddress::ipv4(0x0a000001);
  segment.source_port = Port{49152};
  segment.destination = IpAddress::ipv4(0x0a000002);
  segment.destination_port = Port{80};
  segment.seq = {7};
  return segment;
}

Segment error(IcmpError kind) { return icmp_error(kind, IpAddress::ipv4(0x0a000009), quoted()); }

std::string line_of(const Segment& segment) {
  std::string text;
  append_segment(text, segment, false);
  return text;
}

}  // namespace

TEST_CASE("an ICMP error reads as tcpdump has it", "[report]") {
  const std::string tail = ", quotes 10.0.0.1:49152 > 10.0.0.2:80 seq 7, length 36";
  const std::string head = "10.0.0.9 > 10.0.0.1: ICMP ";
  CHECK(line_of(error(IcmpError::host_unreachable)) == head + "host 10.0.0.2 unreachable" + tail);
  CHECK(line_of(error(IcmpError::port_unreachable)) ==
        head + "10.0.0.2 tcp port 80 unreachable" + tail);
  CHECK(line_of(error(IcmpError::time_exceeded)) == head + "time exceeded in-transit" + tail);
  Segment too_big = error(IcmpError::packet_too_big);
  too_big.mss = 1400;
  CHECK(line_of(too_big) == head + "10.0.0.2 unreachable - need to frag (mtu 1400)" + tail);
}

TEST_CASE("every ICMP error has a line and a frame of its own", "[report]") {
  std::set<std::string> lines;
  std::set<std::string> frames;
  for (std::size_t i = 1; i < kIcmpErrorCount; ++i) {
    const Segment told = error(static_cast<IcmpError>(i));
    lines.insert(line_of(told));
    std::string frame;
    append_frame(frame, told, {}, 0);
    CHECK(frame.size() == 14 + told.ip_bytes());
    frames.insert(frame);
  }
  CHECK(lines.size() == kIcmpErrorCount - 1);
  CHECK(frames.size() == kIcmpErrorCount - 1);
}

TEST_CASE("a damaged segment is told apart by its line and its checksum", "[report]") {
  Segment segment = quoted();
  std::string whole;
  append_frame(whole, segment, {}, 0);
  segment.options |= Segment::kDamaged;
  std::string damaged;
  append_frame(damaged, segment, {}, 0);
  CHECK(line_of(segment).ends_with(", length 0, bad checksum"));
  REQUIRE(whole.size() == damaged.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CHECK((whole[i] != damaged[i]) == (i == 14 + 20 + 16));
  }
}

TEST_CASE("JSON names the error, what it quotes, and what the network drops of nobody",
          "[report]") {
  Story story;
  std::string text;
  ByteSink out(text);
  JsonlSink sink(story.directory, out);
  TraceRecord record;
  record.kind = TraceKind::segment_dropped;
  record.reason = DropReason::link_down;
  record.segment = error(IcmpError::net_unreachable);
  record.segment.options |= Segment::kDamaged;
  sink.consume({&record, 1});
  out.flush();
  CHECK(text.find(R"("action":"dropped","host":null,)") != std::string::npos);
  CHECK(text.find(R"("icmp":"net-unreachable","quoted_dst":"10.0.0.2","damaged":true,)"
                  R"("reason":"link-down"})") != std::string::npos);
}

TEST_CASE("the explanation of an ICMP error names the connection it quotes", "[report]") {
  Story story;
  TraceRecord lookup;
  lookup.kind = TraceKind::demux;
  lookup.host = Story::kWeb;
  lookup.rule = LookupRule::no_match;
  lookup.segment = error(IcmpError::host_unreachable);
  const LookupWords words = words_of(lookup, {}, story.directory);
  REQUIRE(words.steps.size() == 2);  // Listeners are not asked.
  CHECK(words.steps[1].sentence.find("no connection 10.0.0.1:49152 - 10.0.0.2:80, as the error "
                                     "quotes it") == 0);
  CHECK(words.verdict.find("It is ignored.") != std::string::npos);
  CHECK(purpose_of(lookup.segment) ==
        "It tells what became of a segment to 10.0.0.2:80 (ICMP host-unreachable).");
}
