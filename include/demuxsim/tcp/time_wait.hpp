// A connection in TIME-WAIT: all that is left to know of it, and what it answers.
#pragma once

#include <algorithm>

#include "demuxsim/core/time.hpp"
#include "demuxsim/net/segment.hpp"
#include "demuxsim/tcp/config.hpp"
#include "demuxsim/tcp/receive_window.hpp"

namespace demuxsim {

struct TimeWait {
  SequenceNumber snd_nxt;
  SequenceNumber rcv_nxt;
  std::uint32_t window = 0;  ///< RCV.WND.
  std::uint32_t ts_offset = 0;
  std::uint32_t ts_recent = 0;  ///< TS.Recent, where timestamps were agreed on.
  SimTime quiet_until{};        ///< Before this no further challenge ACK.
  std::uint8_t shift = 0;       ///< Of the window it announces.
  bool timestamps = false;
};

enum class TimeWaitVerdict : std::uint8_t {
  ignore,
  acknowledge,              ///< Answer with time_wait_ack.
  acknowledge_and_restart,  ///< The peer's FIN again: answer, and wait 2 MSL from now.
  remove,                   ///< A RST: CLOSED at once.
  reset,                    ///< A SYN in the window, where those reset: CLOSED, with reset_for.
  admit,                    ///< A SYN that may open the connection anew (RFC 9293 MAY-2).
};

/// Whether a SYN may open the connection anew. RFC 9293 section 3.6.1, RFC 6191 section 2.
constexpr bool may_reopen(const TimeWait& old, const Segment& syn, TimeWaitReuse reuse) {
  if (reuse == TimeWaitReuse::never) return false;
  if (reuse == TimeWaitReuse::timestamps && syn.has_option(Segment::kTimestamps)) {
    if (!old.timestamps) return true;
    const auto later = static_cast<std::int32_t>(syn.ts_value - old.ts_recent);
    if (later != 0) return later > 0;  // SHLD-4
  }
  return syn.seq > old.rcv_nxt;  // MAY-2
}

/// What to do with a segment for a connection in TIME-WAIT. RFC 9293 section 3.10.7.4; MAY-2 of
/// section 3.6.1 for a SYN beyond all that was received.
constexpr TimeWaitVerdict arrive_in_time_wait(const TimeWait& old, const Segment& in,
                                              const TcpConfig& config) {
  using enum TimeWaitVerdict;
  const ReceiveWindow receive{old.rcv_nxt, old.window};
  if (in.has(flag::kSyn) && in.has(flag::kFin) && config.drop_syn_fin) return ignore;
  const bool syn = in.has(flag::kSyn) && !in.has(flag::kAck | flag::kRst);
  if (syn && may_reopen(old, in, config.time_wait_reuse)) return admit;
  if (config.time_wait_wants_ack && !in.has(flag::kAck | flag::kRst)) return ignore;
  if (old.timestamps && in.has_option(Segment::kTimestamps) && !in.has(flag::kRst | flag::kSyn)) {
    const bool is_old = static_cast<std::int32_t>(in.ts_value - old.ts_recent) < 0;
    if (is_old) return acknowledge;  // PAWS, RFC 7323 section 5.3.
  }
  if (in.has(flag::kRst)) {
    if (in.seq == old.rcv_nxt) return remove;
    if (!receive.contains(in.seq)) return ignore;
    return config.challenge_reset ? acknowledge : remove;
  }
  if (in.has(flag::kSyn)) {
    return config.challenge_syn || !receive.contains(in.seq) ? acknowledge : reset;
  }
  // The FIN again stands before RCV.NXT; the first check alone would not restart the timer.
  if (in.has(flag::kFin) && in.seq + in.length() == old.rcv_nxt) return acknowledge_and_restart;
  if (!receive.accepts(in)) return acknowledge;
  return in.length() > 0 && in.has(flag::kAck) ? acknowledge : ignore;
}

/// The milliseconds of timestamps, from an offset on. RFC 7323 section 5.4 allows 1 ms to 1 s.
constexpr std::uint32_t timestamp(SimTime now, std::uint32_t offset) {
  return static_cast<std::uint32_t>((now - kStart).count() / 1'000'000) + offset;
}

/// <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, back to where `in` came from.
constexpr Segment time_wait_ack(const TimeWait& old, const Segment& in, SimTime now) {
  Segment out = back_to_sender(in);
  out.seq = old.snd_nxt;
  out.ack = old.rcv_nxt;
  out.window = static_cast<std::uint16_t>(std::min(old.window >> old.shift, 65535u));
  out.flags = flag::kAck;
  if (old.timestamps) {
    out.options = Segment::kTimestamps;
    out.ts_value = timestamp(now, old.ts_offset);
    out.ts_echo = old.ts_recent;
  }
  return out;
}

/// The ISS for a connection that is opened anew from TIME-WAIT: `proposed`, or past the old
/// connection's send window where that is not larger. RFC 9293 MAY-2 (1).
constexpr SequenceNumber reopening_iss(const TimeWait& old, SequenceNumber proposed) {
  return proposed > old.snd_nxt ? proposed : old.snd_nxt + 0x10000;  // MAY-2
}

}  // namespace demuxsim
