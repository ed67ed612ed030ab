// Which segments are sent again, as pictures call it.
#include "picture/sent_before.hpp"

#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr Endpoint kAlice{IpAddress::ipv4(0x0a00000b), Port{50000}};
constexpr Endpoint kWeb{IpAddress::ipv4(0x0a000001), Port{80}};

struct Piece {
  std::uint32_t seq;
  std::uint8_t flags;
  std::uint16_t bytes = 0;
};

TraceRecord sent(Piece piece, const Endpoint& to = kWeb) {
  TraceRecord record;
  record.kind = TraceKind::segment_sent;
  record.host = HostId{1};
  record.segment.source = kAlice.address;
  record.segment.source_port = kAlice.port;
  record.segment.destination = to.address;
  record.segment.destination_port = to.port;
  record.segment.seq = SequenceNumber{piece.seq};
  record.segment.flags = piece.flags;
  record.segment.payload_bytes = piece.bytes;
  return record;
}

}  // namespace

TEST_CASE("what was sent before is sent again, and nothing else") {
  SentBefore before;
  CHECK_FALSE(before.note(sent({100, flag::kSyn})));
  CHECK(before.note(sent({100, flag::kSyn})));
  CHECK_FALSE(before.note(sent({101, flag::kAck})));
  CHECK_FALSE(before.note(sent({101, flag::kAck})));
  CHECK_FALSE(before.note(sent({101, flag::kAck, 50})));
  CHECK_FALSE(before.note(sent({151, flag::kAck, 50})));
  CHECK(before.note(sent({101, flag::kAck, 50})));
  CHECK(before.note(sent({121, flag::kAck, 50})));
  CHECK_FALSE(before.note(sent({151, flag::kAck, 60})));
  CHECK_FALSE(before.note(sent({211, flag::kFin | flag::kAck})));
  CHECK(before.note(sent({211, flag::kFin | flag::kAck})));
  CHECK_FALSE(before.note(sent({211, flag::kRst})));
}

TEST_CASE("another end, another connection and a SYN that answers one begin anew") {
  SentBefore before;
  CHECK_FALSE(before.note(sent({100, flag::kSyn})));
  CHECK_FALSE(before.note(sent({100, flag::kSyn}, {kWeb.address, Port{443}})));
  CHECK_FALSE(before.note(sent({100, flag::kSyn | flag::kAck})));
  CHECK(before.note(sent({100, flag::kSyn | flag::kAck})));
  CHECK_FALSE(before.note(sent({50, flag::kSyn})));
  before.clear();
  CHECK_FALSE(before.note(sent({50, flag::kSyn})));
}

TEST_CASE("sequence numbers go round") {
  SentBefore before;
  CHECK_FALSE(before.note(sent({0xffffffff, flag::kSyn})));
  CHECK_FALSE(before.note(sent({0, flag::kAck, 10})));
  CHECK(before.note(sent({0, flag::kAck, 10})));
}
