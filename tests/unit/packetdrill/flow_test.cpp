#include "packetdrill/flow.hpp"

#include "support/catch.hpp"

namespace demuxsim::packetdrill {
namespace {

constexpr Endpoint kLocal{IpAddress::ipv4(0xc0a8'0001), Port{8080}};
constexpr Endpoint kRemote{IpAddress::ipv4(0xc000'0201), Port{40'000}};

Segment sent(std::uint8_t flags, std::uint32_t seq, std::uint32_t ack = 0) {
  Segment segment;
  segment.source = kLocal.address;
  segment.source_port = kLocal.port;
  segment.destination = kRemote.address;
  segment.destination_port = kRemote.port;
  segment.flags = flags;
  segment.seq = {seq};
  segment.ack = {ack};
  return segment;
}

SegmentPattern ack_of(std::uint32_t ack) {
  SegmentPattern pattern;
  pattern.flags = flag::kAck;
  pattern.seq = 1;
  pattern.ack = ack;
  return pattern;
}

TEST_CASE("the host's numbers count from its SYN, the peer's are the script's") {
  Flow flow(kLocal, kRemote);
  const Segment syn = sent(flag::kSyn, 1'000'000);
  flow.note_sent(syn);
  CHECK(flow.written(syn).seq == 0u);
  CHECK(flow.written(sent(flag::kAck, 1'000'001, 55)).seq == 1u);
  CHECK(flow.written(sent(flag::kAck, 1'000'001, 55)).ack == 55u);
  const Segment in = flow.injected(ack_of(1));
  CHECK(in.ack == SequenceNumber{1'000'001});
  CHECK(in.seq == SequenceNumber{1});
  CHECK(in.from() == kRemote);
  CHECK(in.to() == kLocal);
}

TEST_CASE("a script may count from another number") {
  Flow flow(kLocal, kRemote);
  const Segment syn = sent(flag::kSyn, 1'000'000);
  flow.note_sent(syn);
  SegmentPattern expected;
  expected.flags = flag::kSyn;
  expected.seq = 500;
  flow.note_expected(expected, syn);
  CHECK(flow.written(syn).seq == 500u);
  CHECK(flow.injected(ack_of(501)).ack == SequenceNumber{1'000'001});
}

TEST_CASE("a reset of no connection begins at 0") {
  Flow flow(kLocal, kRemote);
  flow.note_sent(sent(flag::kSyn, 1'000'000));
  CHECK(flow.written(sent(flag::kRst | flag::kAck, 0, 8)).seq == 0u);
}

TEST_CASE("the clock counts from the first timestamp that the script expects") {
  Flow flow(kLocal, kRemote);
  Segment syn = sent(flag::kSyn, 7);
  syn.options = Segment::kTimestamps;
  syn.ts_value = 90'000;
  SegmentPattern expected;
  expected.flags = flag::kSyn;
  expected.options.timestamp = TimestampOption{100, 0};
  flow.note_expected(expected, syn);
  CHECK(flow.written(syn).options.timestamp->value == 100u);
  SegmentPattern answer = ack_of(1);
  answer.options.timestamp = TimestampOption{5000, 100};
  CHECK(flow.injected(answer).ts_echo == 90'000);
  CHECK(flow.injected(answer).ts_value == 5000);
  // Later timestamps are compared by this one.
  syn.ts_value += 1000;
  expected.options.timestamp->value = 3;
  flow.note_expected(expected, syn);
  CHECK(flow.written(syn).options.timestamp->value == 1100u);
}

TEST_CASE("options go both ways") {
  Flow flow(kLocal, kRemote);
  flow.note_sent(sent(flag::kSyn, 1000));
  SegmentPattern pattern = ack_of(1);
  pattern.options.mss = 1460;
  pattern.options.window_scale = 0;
  pattern.options.sack_permitted = true;
  pattern.options.sack = {{3, 5}, {7, 9}};
  const Segment in = flow.injected(pattern);
  CHECK(in.mss == 1460);
  CHECK(in.has_option(Segment::kWindowScale));
  CHECK(in.has_option(Segment::kSackPermitted));
  CHECK(in.sack_count == 2);
  CHECK(in.sack[1] == SackBlock{{1007}, {1009}});

  Segment out = sent(flag::kAck, 1001, 1);
  out.sack_count = 1;
  out.sack[0] = {{3}, {5}};  // Numbers of the peer.
  CHECK(flow.written(out).options.sack.at(0) == std::pair<std::uint32_t, std::uint32_t>{3, 5});
}

TEST_CASE("segments of others are not its own") {
  const Flow flow(kLocal, kRemote);
  CHECK(flow.has(sent(flag::kAck, 1)));
  Segment other = sent(flag::kAck, 1);
  other.source_port = Port{9};
  CHECK(!flow.has(other));
}

TEST_CASE("an ICMP error quotes what the host has sent") {
  Flow flow(kLocal, kRemote);
  flow.note_sent(sent(flag::kSyn, 1000));
  SegmentPattern about;
  about.seq = 1;
  const Segment error = flow.injected(IcmpError::packet_too_big, 1200, about);
  CHECK(error.icmp == IcmpError::packet_too_big);
  CHECK(error.mss == 1200);
  CHECK(error.seq == SequenceNumber{1001});
  CHECK(error.destination == kLocal.address);
  CHECK(error.destination_port == kLocal.port);
}

}  // namespace
}  // namespace demuxsim::packetdrill
