#include "demuxsim/net/segment.hpp"

#include <set>
#include <string>

#include "support/catch.hpp"

namespace demuxsim {
namespace {

Endpoint endpoint(const char* address, std::uint16_t port) {
  return {IpAddress::parse(address).value(), Port{port}};
}

std::string announcement(std::uint16_t port) {
  const Stream stream = Stream::announcing(Port{port});
  std::string text;
  for (std::uint32_t i = 0; i < stream.announcement_bytes(); ++i) {
    text += static_cast<char>(stream.byte_at(i));
  }
  return text;
}

}  // namespace

TEST_CASE("SYN and FIN count in a segment's length", "[net][rfc9293-3.4]") {
  Segment segment;
  segment.payload_bytes = 100;
  CHECK(segment.length() == 100);
  segment.flags = flag::kSyn | flag::kAck;
  CHECK(segment.length() == 101);
  segment.flags = flag::kSyn | flag::kFin;
  CHECK(segment.length() == 102);
}

TEST_CASE("a datagram has the headers of its family and the option", "[net]") {
  Segment segment;
  segment.source = IpAddress::parse("10.0.0.1").value();
  segment.payload_bytes = 1000;
  CHECK(segment.ip_bytes() == 1040);
  segment.source = IpAddress::parse("2001:db8::1").value();
  CHECK(segment.ip_bytes() == 1060);
}

TEST_CASE("options take whole words of the header", "[net]") {
  Segment segment;
  segment.flags = flag::kSyn;
  CHECK(segment.option_bytes() == 0);
  segment.mss = 1460;
  CHECK(segment.option_bytes() == 4);
  segment.options = Segment::kWindowScale;
  CHECK(segment.option_bytes() == 8);
  segment.options |= Segment::kSackPermitted | Segment::kTimestamps;
  CHECK(segment.option_bytes() == 20);
  segment.flags = flag::kAck;
  segment.mss = 0;
  segment.options = 0;
  segment.sack_count = 4;
  CHECK(segment.option_bytes() == 36);
  segment.options = Segment::kTimestamps;
  segment.sack_count = 3;
  CHECK(segment.option_bytes() == 40);
}

TEST_CASE("an ICMP error goes to who sent what it quotes, and tells where that was going",
          "[net]") {
  Segment quoted;
  quoted.source = IpAddress::parse("2001:db8::1").value();
  quoted.source_port = Port{4000};
  quoted.destination = IpAddress::parse("10.0.0.7").value();
  quoted.destination_port = Port{80};
  quoted.seq = {77};
  const IpAddress router = IpAddress::parse("2001:db8::ff").value();
  const Segment error = icmp_error(IcmpError::host_unreachable, router, quoted);
  CHECK(error.source == router);
  CHECK(error.to() == quoted.from());
  CHECK(error.source_port == quoted.destination_port);
  CHECK(error.quoted_destination() == quoted.destination);
  CHECK(error.seq == quoted.seq);
  CHECK(error.ip_bytes() == 40 + 8 + 40 + 8);
}

TEST_CASE("an announcement is a line of text that names the port", "[net]") {
  CHECK(announcement(49152) == "PORT 49152\r\n");
  CHECK(announcement(65535) == "PORT 65535\r\n");
  CHECK(announcement(1024) == "PORT 1024\r\n");
  CHECK(announcement(80) == "PORT 80\r\n");
  CHECK(announcement(7) == "PORT 7\r\n");
  CHECK(Stream::announcing(Port{50001}).is_announcement());
  CHECK(Stream::announcing(Port{50001}).announced_port() == Port{50001});
}

TEST_CASE("streams differ wherever an end or the start differs", "[net]") {
  std::set<std::uint32_t> values;
  std::size_t count = 0;
  const auto add = [&](const Endpoint& from, const Endpoint& to, std::uint32_t iss) {
    const Stream stream = Stream::of(from, to, SequenceNumber{iss});
    CHECK_FALSE(stream.is_announcement());
    values.insert(stream.value);
    ++count;
  };
  const Endpoint server = endpoint("10.0.0.1", 80);
  for (std::uint16_t port = 49152; port < 49152 + 100; ++port) {
    for (const char* client : {"10.0.0.11", "10.0.0.12", "2001:db8::11", "2001:db8:0:1::11"}) {
      for (std::uint32_t iss : {0u, 1u}) {
        add(endpoint(client, port), server, iss);
        add(server, endpoint(client, port), iss);
      }
    }
  }
  CHECK(values.size() == count);
}

TEST_CASE("payload bytes are printable and depend on stream and place", "[net]") {
  const Endpoint a = endpoint("10.0.0.1", 80);
  const Endpoint b = endpoint("10.0.0.2", 50000);
  const Stream one = Stream::of(a, b, SequenceNumber{0});
  const Stream other = Stream::of(b, a, SequenceNumber{0});
  int same_place = 0;
  int same_as_next = 0;
  int same_as_shifted = 0;
  for (std::uint64_t offset = 0; offset < 6400; ++offset) {
    const std::uint8_t byte = one.byte_at(offset);
    REQUIRE((byte > ' ' && byte < 0x7f));
    same_place += byte == other.byte_at(offset) ? 1 : 0;
    same_as_next += byte == one.byte_at(offset + 1) ? 1 : 0;
    same_as_shifted += byte == one.byte_at(offset + 536) ? 1 : 0;
  }
  // One in 64 agrees by chance: 100 of 6400.
  CHECK(same_place < 200);
  CHECK(same_as_next < 200);
  CHECK(same_as_shifted < 200);
}

}  // namespace demuxsim
