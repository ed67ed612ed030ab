// The kinds of segment that can make a difference to a connection: control bits, and where SEG.SEQ
// and SEG.ACK stand by what the connection knows.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "demuxsim/core/text.hpp"
#include "support/connection_log.hpp"
#include "support/rfc9293_reference.hpp"

namespace demuxsim::rfc9293 {

enum class Ack : std::uint8_t { none, ancient, old, una, part, nxt, beyond };

struct Kind {
  std::uint8_t flags;  ///< ACK is set where `ack` is not none.
  std::int8_t seq;     ///< From RCV.NXT on.
  Ack ack;
  std::uint8_t text = 0;
};

/// Left of the window, across its edges, at RCV.NXT, inside, at the last number, and beyond.
inline constexpr auto kKinds = [] {
  using enum Ack;
  constexpr std::int8_t kLast = Connection::kRcvBuff - 1;
  constexpr std::int8_t kBeyond = Connection::kRcvBuff;
  constexpr std::uint8_t kNone = 0;
  using namespace flag;
  return std::to_array<Kind>({
      {kNone, 0, ancient},      {kNone, 4, ancient, 4}, {kNone, 0, old},
      {kNone, 0, una},          {kNone, 0, part},       {kNone, 0, nxt},
      {kNone, 0, beyond},       {kNone, -1, nxt},       {kNone, kLast, nxt},
      {kNone, kBeyond, nxt},    {kNone, 0, una, 4},     {kNone, -2, nxt, 4},
      {kNone, -4, nxt, 4},      {kNone, 4, nxt, 4},     {kNone, kLast - 1, una, 4},
      {kNone, 0, none, 4},      {kNone, 0, none},       {kFin, 0, una},
      {kFin, 0, nxt},           {kFin, -1, nxt},        {kFin, -2, part, 4},
      {kFin, 4, nxt},           {kFin, 0, none},        {kRst, 0, none},
      {kRst, kLast, none},      {kRst, kBeyond, none},  {kRst, 0, nxt},
      {kRst, 0, beyond},        {kSyn, 0, none},        {kSyn, -1, none},
      {kSyn, kBeyond, none, 4}, {kSyn, -1, nxt},        {kSyn, 0, nxt, 4},
      {kSyn, 0, una},           {kSyn | kFin, 0, none}, {kSyn | kFin, -1, nxt},
      {kSyn | kRst, 0, none},
  });
}();

/// A segment of this kind, for a connection that is where `at` is.
inline Segment segment_of(const Kind& kind, const Connection& at) {
  Segment segment;
  segment.source = test::TwoPeers::kB.address;
  segment.source_port = test::TwoPeers::kB.port;
  segment.destination = test::TwoPeers::kA.address;
  segment.destination_port = test::TwoPeers::kA.port;
  segment.seq = at.rcv_nxt + static_cast<std::uint32_t>(kind.seq);
  // Different windows show whose the connection took.
  segment.window = static_cast<std::uint16_t>(1000 + 64 * static_cast<int>(kind.ack) +
                                              2 * (kind.seq + 8) + (kind.text > 0 ? 1 : 0));
  segment.flags = kind.flags;
  segment.payload_bytes = kind.text;
  if (kind.ack == Ack::none) return segment;
  segment.flags |= flag::kAck;
  switch (kind.ack) {
    case Ack::ancient:
      segment.ack = at.snd_una - 0x10000;
      break;
    case Ack::old:
      segment.ack = at.snd_una - 1;
      break;
    case Ack::part:
      segment.ack = at.snd_una == at.snd_nxt ? at.snd_nxt : at.snd_una + 1;
      break;
    case Ack::nxt:
      segment.ack = at.snd_nxt;
      break;
    case Ack::beyond:
      segment.ack = at.snd_nxt + 1;
      break;
    default:
      segment.ack = at.snd_una;
  }
  return segment;
}

/// "<SEQ=5000><ACK=1008><CTL=ACK> (RCV.NXT+0, SND.NXT)"
inline std::string text_of(const Kind& kind, const Segment& segment) {
  constexpr std::array<const char*, 7> kAcks{"no ACK",    "SND.UNA-65536", "SND.UNA-1", "SND.UNA",
                                             "SND.UNA+1", "SND.NXT",       "SND.NXT+1"};
  std::string text = test::text_of(segment);
  append_format(text, " (RCV.NXT{:+}, {})", int{kind.seq},
                kAcks[static_cast<std::size_t>(kind.ack)]);
  return text;
}

}  // namespace demuxsim::rfc9293
