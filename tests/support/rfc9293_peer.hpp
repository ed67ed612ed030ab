// One end of a connection whose peer is the test, for what RFC 9293 says of numbers and times.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "support/connection_log.hpp"

namespace demuxsim::test {

/// ESTABLISHED by an active open, with ISS 999 and IRS 4999.
class Established {
 public:
  static constexpr std::uint32_t kSnd = 1000;  ///< SND.NXT and
  static constexpr std::uint32_t kRcv = 5000;  ///< RCV.NXT at the beginning.

  explicit Established(const TcpConfig& config = {}, std::uint16_t window = 65535)
      : a(TwoPeers::kA, TwoPeers::kB, config), window_(window) {
    a.connect(kSnd - 1);
    Segment syn_ack = segment(flag::kSyn | flag::kAck, kRcv - 1, kSnd);
    syn_ack.mss = 1460;
    take(syn_ack);
    sent();
    REQUIRE(a.state() == TcpState::established);
  }

  static Segment segment(std::uint8_t flags, std::uint32_t seq, std::uint32_t ack,
                         std::uint16_t payload_bytes = 0) {
    Segment made;
    made.source = TwoPeers::kB.address;
    made.source_port = TwoPeers::kB.port;
    made.destination = TwoPeers::kA.address;
    made.destination_port = TwoPeers::kA.port;
    made.seq = {seq};
    made.ack = {ack};
    made.flags = flags;
    made.payload_bytes = payload_bytes;
    return made;
  }
  /// The peer sends this, and the window it offers now.
  void take(Segment in) {
    in.window = window_;
    a.receive(in);
  }
  void acknowledge(std::uint32_t ack) { take(segment(flag::kAck, kRcv, ack)); }
  void offer(std::uint16_t window) { window_ = window; }

  /// Takes what it has sent.
  std::vector<Segment> sent() {
    std::vector<Segment> taken(a.outbox.begin(), a.outbox.end());
    a.outbox.clear();
    return taken;
  }
  static std::uint32_t bytes_of(const std::vector<Segment>& segments) {
    std::uint32_t bytes = 0;
    for (const Segment& each : segments) bytes += each.payload_bytes;
    return bytes;
  }
  /// Until its next deadline.
  Duration patience() const { return a.next_deadline() - a.now(); }
  /// Waits for that.
  void wait() { a.advance(a.next_deadline()); }
  void wait(Duration time) { a.advance(a.now() + time); }

  Peer a;

 private:
  std::uint16_t window_;
};

}  // namespace demuxsim::test
