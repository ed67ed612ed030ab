// The header and its options: RFC 9293 sections 3.1, 3.2 and 3.7.1.
#include <string>

#include "demuxsim/report/frame.hpp"
#include "support/rfc9293_peer.hpp"

using namespace demuxsim;
using namespace demuxsim::test;

namespace {

constexpr std::uint32_t kSnd = Established::kSnd;
constexpr std::uint32_t kRcv = Established::kRcv;

}  // namespace

TEST_CASE("Any segment may carry options", "[rfc9293-3.1][MUST-5]") {
  TcpConfig config;
  config.timestamps = true;
  Peer a(TwoPeers::kA, TwoPeers::kB, config);
  a.connect(kSnd - 1);
  const auto stamped = [&](std::uint8_t flags, std::uint32_t seq, std::uint32_t stamp,
                           std::uint16_t payload_bytes) {
    Segment segment = Established::segment(flags, seq, kSnd, payload_bytes);
    segment.window = 1000;
    segment.options = Segment::kTimestamps;
    segment.ts_value = stamp;
    a.receive(segment);
  };
  stamped(flag::kSyn | flag::kAck, kRcv - 1, 100, 0);
  stamped(flag::kAck, kRcv, 101, 10);
  CHECK(a.delivered == 10);
  CHECK(a.outbox.back().ts_echo == 101);
  stamped(flag::kAck, kRcv + 10, 99, 10);  // An old duplicate, by its timestamp.
  CHECK(a.delivered == 10);
}

TEST_CASE("Only a SYN carries the MSS option", "[rfc9293-3.2][MUST-65]") {
  Established end;
  end.a.tcp().send(10);
  Segment out;
  out.mss = 1460;
  REQUIRE(end.a.tcp().next_segment(end.a.now(), end.a.config(), out));
  CHECK(out.mss == 0);
}

TEST_CASE("Options on the wire have their lengths, and zeros behind them",
          "[rfc9293-3.1][MUST-4][MUST-68][MUST-69]") {
  Segment syn = Established::segment(flag::kSyn, kRcv, 0);
  syn.mss = 1460;
  syn.options = Segment::kWindowScale;
  syn.window_shift = 7;
  std::string frame;
  append_frame(frame, syn, {}, 0);
  const std::string_view options = std::string_view(frame).substr(14 + 20 + 20);
  CHECK(options == std::string_view("\x02\x04\x05\xb4\x03\x03\x07\x00", 8));
  Segment ack = Established::segment(flag::kAck, kRcv, kSnd);
  ack.options = Segment::kTimestamps;
  frame.clear();
  append_frame(frame, ack, {}, 0);
  CHECK(std::string_view(frame).substr(14 + 20 + 20, 4) == "\x01\x01\x08\x0a");
}

TEST_CASE("The checksum covers the addresses, the header and the text", "[rfc9293-3.1][MUST-2]") {
  const Segment in = Established::segment(flag::kAck, kRcv, kSnd, 5);
  std::string frame;
  append_frame(frame, in, {}, 0);
  const auto sum_of = [](std::string_view bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const auto byte = static_cast<std::uint8_t>(bytes[i]);
      sum += i % 2 == 0 ? byte * 256u : byte;
    }
    return sum;
  };
  const std::string_view packet = std::string_view(frame).substr(14);
  const std::string_view tcp = packet.substr(20);
  constexpr std::uint32_t kTcp = 6;
  std::uint32_t sum = sum_of(packet.substr(12, 8)) + kTcp + 25 + sum_of(tcp);
  sum = (sum & 0xffff) + (sum >> 16);
  CHECK((sum & 0xffff) + (sum >> 16) == 0xffff);
}
