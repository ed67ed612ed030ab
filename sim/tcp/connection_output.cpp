// Which segment a connection sends next.
#include <algorithm>

#include "demuxsim/tcp/connection.hpp"
#include "demuxsim/tcp/mss.hpp"

namespace demuxsim {

bool TcpConnection::emit(SimTime now, const TcpConfig& config, Segment& out) {
  if (owes(kDueReset)) {
    emit_reset(config, out);
    return true;
  }
  if (owes(kDueSyn)) {
    emit_syn(now, config, out);
    return true;
  }
  if (state_ >= TcpState::established) {
    if (owes(kDueResend) && emit_again(now, config, out)) return true;
    if (has_unsent() && emit_new(now, config, out)) return true;
  }
  if (!owes(kDueAck)) return false;
  settle(kDueAck);
  begin_segment(snd_nxt_, config, out);
  return true;
}

/// <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, for the caller to change.
void TcpConnection::begin_segment(SequenceNumber seq, const TcpConfig& config, Segment& out) const {
  out.seq = seq;
  out.ack = rcv_nxt_;
  out.stream = stream_;
  out.window = config.window;
  out.mss = 0;
  out.payload_bytes = 0;
  out.flags = flag::kAck;
}

void TcpConnection::emit_reset(const TcpConfig& config, Segment& out) {
  settle(kDueReset);
  begin_segment(reset_seq_, config, out);
  out.ack = {};
  out.window = 0;
  out.flags = flag::kRst;
}

/// A SYN that goes again, perhaps with an ACK by now, is not measured either: the peer may answer
/// any of them.
void TcpConnection::emit_syn(SimTime now, const TcpConfig& config, Segment& out) {
  settle(kDueSyn);
  begin_segment(iss_, config, out);
  out.mss = own_mss(config, family());
  if (state_ == TcpState::syn_sent) {
    out.ack = {};
    out.flags = flag::kSyn;
  } else {
    out.flags = flag::kSyn | flag::kAck;
  }
  if (deadline_ == kNever) {
    start_timer(now);
    measure_until(snd_nxt_, now);
  } else {
    clear(kTiming);
  }
}

/// Puts up to `most` bytes from a position on into the segment, none beyond the end of a SEND; that
/// end is marked with PSH. Returns how many.
std::uint32_t TcpConnection::take_piece(std::uint64_t position, std::uint32_t most,
                                        Segment& out) const {
  const std::uint64_t to_mark = marks_.after(position) - position;
  const auto bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(most, to_mark));
  out.payload_bytes = static_cast<std::uint16_t>(bytes);
  if (bytes == to_mark) out.flags |= flag::kPsh;
  return bytes;
}

/// The earliest segment that is not acknowledged; false if there is none. RFC 6298 (5.4), and
/// Karn's rule: no round trip is measured across it.
bool TcpConnection::emit_again(SimTime now, const TcpConfig& config, Segment& out) {
  settle(kDueResend);
  if (snd_una_ == snd_nxt_) return false;
  settle(kDueAck);
  clear(kTiming);
  begin_segment(snd_una_, config, out);
  const std::uint32_t text = unacknowledged_bytes();
  std::uint32_t bytes = 0;
  if (text > 0) bytes = take_piece(first_position(), std::min<std::uint32_t>(text, send_mss_), out);
  if (bytes == text && has(kFinSent)) out.flags |= flag::kFin;
  start_timer(now);
  return true;
}

/// Text and FIN that were never sent, as far as window and MSS allow; false if they do not.
bool TcpConnection::emit_new(SimTime now, const TcpConfig& config, Segment& out) {
  const std::uint32_t flight = snd_nxt_ - snd_una_;
  std::uint32_t usable = flight < snd_wnd_ ? snd_wnd_ - flight : 0;
  if (owes(kDueProbe) && usable == 0) usable = 1;
  settle(kDueProbe);
  const std::uint64_t to_mark =
      unsent_bytes_ == 0 ? 0 : marks_.after(next_position()) - next_position();
  const auto bytes = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(to_mark, std::min<std::uint32_t>(usable, send_mss_)));
  const bool fin = bytes == unsent_bytes_ && has(kFinQueued) && bytes < usable;
  // A piece that only the window makes small waits while an acknowledgement is on its way
  // (MUST-38).
  if (bytes < to_mark && bytes < send_mss_ && flight > 0) return false;
  if (bytes == 0 && !fin) {
    if (flight == 0) start_timer(now);  // The window is closed: probe it (MUST-36).
    return false;
  }
  settle(kDueAck);
  begin_segment(snd_nxt_, config, out);
  if (bytes > 0) take_piece(next_position(), bytes, out);
  if (fin) out.flags |= flag::kFin;
  if (fin) set(kFinSent);
  unsent_bytes_ -= bytes;
  snd_nxt_ = snd_nxt_ + bytes + (fin ? 1 : 0);
  start_timer(now);
  if (!has(kTiming)) measure_until(snd_nxt_, now);
  return true;
}

/// RFC 6298 (5.1).
void TcpConnection::start_timer(SimTime now) {
  if (deadline_ == kNever) deadline_ = later(now, rto_.value());
}

void TcpConnection::measure_until(SequenceNumber end, SimTime now) {
  set(kTiming);
  timed_at_ = now;
  timed_end_ = end;
}

}  // namespace demuxsim
