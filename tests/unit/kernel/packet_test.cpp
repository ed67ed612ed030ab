#include "kernel/packet.hpp"

#include "support/catch.hpp"
#include "support/wire_log.hpp"

using namespace demuxsim;
using namespace demuxsim::kernel;
using namespace demuxsim::test;

namespace {

Segment syn(const IpAddress& from, const IpAddress& to) {
  Segment segment = there(flag::kSyn, {.seq = 0x8123'4567, .window = 64240}).segment;
  segment.source = from;
  segment.destination = to;
  segment.mss = 1460;
  segment.options = Segment::kTimestamps | Segment::kWindowScale | Segment::kSackPermitted;
  segment.window_shift = 7;
  segment.ts_value = 0xfedc'ba98;
  segment.ts_echo = 3;
  return segment;
}

void check_way_and_back(const Segment& segment) {
  const auto parsed = parse_packet(make_packet(segment).bytes);
  REQUIRE(parsed.has_value());
  const Segment& read = parsed->segment;
  CHECK(read.from() == segment.from());
  CHECK(read.to() == segment.to());
  CHECK(read.seq == segment.seq);
  CHECK(read.flags == segment.flags);
  CHECK(read.window == segment.window);
  CHECK(read.mss == segment.mss);
  CHECK(read.options == segment.options);
  CHECK(read.window_shift == segment.window_shift);
  CHECK(read.ts_value == segment.ts_value);
  CHECK(read.ts_echo == segment.ts_echo);
  CHECK(read.sack_count == segment.sack_count);
  CHECK(read.sack == segment.sack);
  CHECK(read.payload_bytes == segment.payload_bytes);
}

}  // namespace

TEST_CASE("a datagram is read as it was written", "[kernel]") {
  const IpAddress one = *IpAddress::parse("2001:db8::1");
  const IpAddress two = *IpAddress::parse("2001:db8::2");
  check_way_and_back(syn(kOpener.address, kTarget.address));
  check_way_and_back(syn(one, two));
  Segment data = there(flag::kAck, {.seq = 5, .ack = 6, .bytes = 100}).segment;
  data.options = Segment::kTimestamps;
  data.sack_count = 2;
  data.sack[0] = {{10}, {20}};
  data.sack[1] = {{0xffff'fff0}, {4}};
  check_way_and_back(data);
}

TEST_CASE("what is no whole TCP segment is not read", "[kernel]") {
  const std::string whole = make_packet(syn(kOpener.address, kTarget.address)).bytes;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_FALSE(parse_packet(std::string_view(whole).substr(0, size)).has_value());
  }
  std::string other = whole;
  other[9] = 17;  // UDP.
  CHECK_FALSE(parse_packet(other).has_value());
  other = whole;
  other[20 + 12] = '\xf0';  // A TCP header longer than the datagram.
  CHECK_FALSE(parse_packet(other).has_value());
  other = whole;
  other[6] = 0x20;  // More fragments.
  CHECK_FALSE(parse_packet(other).has_value());
}

TEST_CASE("options that make no sense end the reading of options", "[kernel]") {
  std::string bytes = make_packet(syn(kOpener.address, kTarget.address)).bytes;
  for (const char length : {'\0', '\1', '\x7f'}) {
    bytes[20 + 20 + 1] = length;  // Of the first option, the MSS.
    const auto parsed = parse_packet(bytes);
    REQUIRE(parsed.has_value());
    CHECK(parsed->segment.mss == 0);
  }
}
