#include "demuxsim/tcp/time_wait.hpp"

#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr std::uint32_t kWindow = 65535;
constexpr TimeWait kOld{{1000}, {5000}, kWindow};

Segment segment(std::uint8_t flags, std::uint32_t seq, std::uint16_t payload_bytes = 0) {
  Segment in;
  in.flags = flags;
  in.seq = {seq};
  in.ack = {1000};
  in.payload_bytes = payload_bytes;
  return in;
}

TimeWaitVerdict verdict(std::uint8_t flags, std::uint32_t seq, std::uint16_t payload_bytes = 0) {
  return arrive_in_time_wait(kOld, segment(flags, seq, payload_bytes), TcpConfig{});
}

constexpr std::uint8_t kAck = flag::kAck;
constexpr std::uint8_t kFin = flag::kFin;
constexpr std::uint8_t kRst = flag::kRst;
constexpr std::uint8_t kSyn = flag::kSyn;

using enum TimeWaitVerdict;

}  // namespace

TEST_CASE("The FIN again is acknowledged and restarts the wait", "[rfc9293-3.10.7.4]") {
  CHECK(verdict(kFin | kAck, 4999) == acknowledge_and_restart);
  CHECK(verdict(kFin | kAck, 4899, 100) == acknowledge_and_restart);
}

TEST_CASE("Other old segments are acknowledged", "[rfc9293-3.10.7.4]") {
  CHECK(verdict(kAck, 4000) == acknowledge);
  CHECK(verdict(kAck, 4000, 100) == acknowledge);
  CHECK(verdict(kFin | kAck, 4000) == acknowledge);
  CHECK(verdict(kAck, 5000 + kWindow) == acknowledge);
  CHECK(verdict(kAck, 5000, 10) == acknowledge);
}

TEST_CASE("A plain acknowledgement in its place is not answered") {
  CHECK(verdict(kAck, 5000) == ignore);
}

TEST_CASE("A reset must hit RCV.NXT to end the wait", "[rfc9293-3.10.7.4]") {
  CHECK(verdict(kRst, 5000) == TimeWaitVerdict::remove);
  CHECK(verdict(kRst | kAck, 5000) == TimeWaitVerdict::remove);
  CHECK(verdict(kRst, 5001) == acknowledge);
  CHECK(verdict(kRst, 4999) == ignore);
  CHECK(verdict(kRst, 5000 + kWindow) == ignore);
}

TEST_CASE("A SYN beyond all that was received may open anew", "[rfc9293-3.6.1][MAY-2]") {
  CHECK(verdict(kSyn, 5001) == admit);
  CHECK(verdict(kSyn, 5000 + 1'000'000) == admit);
  CHECK(verdict(kSyn, 5000) == acknowledge);
  CHECK(verdict(kSyn, 4999) == acknowledge);
  CHECK(verdict(kSyn | kAck, 9000) == acknowledge);
  CHECK(verdict(kSyn | kRst, 9000) == acknowledge);
}

TEST_CASE("The new ISS is larger than all that was sent", "[rfc9293-3.6.1][MAY-2]") {
  CHECK(reopening_iss(kOld, {70'000}).value == 70'000);
  for (const std::uint32_t proposed : {0u, 999u, 1000u}) {
    CHECK(reopening_iss(kOld, {proposed}) > kOld.snd_nxt);
  }
}

TEST_CASE("Its acknowledgement goes back to the sender") {
  Segment in = segment(kFin | kAck, 4999);
  in.source = IpAddress::ipv4(1);
  in.source_port = Port{10};
  in.destination = IpAddress::ipv4(2);
  in.destination_port = Port{20};
  const Segment out = time_wait_ack(kOld, in, kStart);
  CHECK(out.from() == in.to());
  CHECK(out.to() == in.from());
  CHECK(out.seq.value == 1000);
  CHECK(out.ack.value == 5000);
  CHECK(out.flags == kAck);
  CHECK(out.window == 65535);
  CHECK(out.length() == 0);
}
