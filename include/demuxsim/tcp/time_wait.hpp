// A connection in TIME-WAIT: all that is left to know of it, and what it answers.
#pragma once

#include "demuxsim/net/segment.hpp"
#include "demuxsim/tcp/receive_window.hpp"

namespace demuxsim {

struct TimeWait {
  SequenceNumber snd_nxt;
  SequenceNumber rcv_nxt;
};

enum class TimeWaitVerdict : std::uint8_t {
  ignore,
  acknowledge,              ///< Answer with time_wait_ack.
  acknowledge_and_restart,  ///< The peer's FIN again: answer, and wait 2 MSL from now.
  remove,                   ///< A RST: CLOSED at once.
  admit,                    ///< A SYN that may open the connection anew (RFC 9293 MAY-2).
};

/// What to do with a segment for a connection in TIME-WAIT; `window` is the receive window.
/// RFC 9293 section 3.10.7.4; MAY-2 of section 3.6.1 for a SYN beyond all that was received.
constexpr TimeWaitVerdict arrive_in_time_wait(TimeWait old, const Segment& in,
                                              std::uint32_t window) {
  using enum TimeWaitVerdict;
  const ReceiveWindow receive{old.rcv_nxt, window};
  if (in.has(flag::kRst)) {
    if (in.seq == old.rcv_nxt) return remove;
    return receive.contains(in.seq) ? acknowledge : ignore;
  }
  if (in.has(flag::kSyn)) {
    return !in.has(flag::kAck) && in.seq > old.rcv_nxt ? admit : acknowledge;
  }
  // The FIN again stands before RCV.NXT; the first check alone would not restart the timer.
  if (in.has(flag::kFin) && in.seq + in.length() == old.rcv_nxt) return acknowledge_and_restart;
  return in.length() > 0 || !receive.accepts(in) ? acknowledge : ignore;
}

/// <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, back to where `in` came from.
constexpr Segment time_wait_ack(TimeWait old, const Segment& in, std::uint16_t window) {
  Segment out;
  out.source = in.destination;
  out.destination = in.source;
  out.source_port = in.destination_port;
  out.destination_port = in.source_port;
  out.seq = old.snd_nxt;
  out.ack = old.rcv_nxt;
  out.window = window;
  out.flags = flag::kAck;
  return out;
}

/// The ISS for a connection that is opened anew from TIME-WAIT: `proposed`, or past the old
/// connection's send window where that is not larger. RFC 9293 MAY-2 (1).
constexpr SequenceNumber reopening_iss(TimeWait old, SequenceNumber proposed) {
  return proposed > old.snd_nxt ? proposed : old.snd_nxt + 0x10000;
}

}  // namespace demuxsim
