// Which segment a connection sends next.
#include <algorithm>

#include "demuxsim/tcp/connection.hpp"
#include "demuxsim/tcp/mss.hpp"

namespace demuxsim {

bool TcpConnection::emit(SimTime now, const TcpConfig& config, Segment& out) {
  if (owes(kDueReset)) {
    emit_reset(now, config, out);
    return true;
  }
  if (owes(kDueSyn)) {
    emit_syn(now, config, out);
    return true;
  }
  if (state_ >= TcpState::established) {
    if ((owes(kDueResend) || may_resend(config)) && emit_again(now, config, out)) return true;
    if (has_unsent() && emit_new(now, config, out)) return true;  // MUST-60
  }
  if (owes(kDueKeepalive)) {
    // An old number, which the peer has to answer: RFC 9293 section 3.8.4.
    emit_bare(now, snd_nxt_ - 1, kDueKeepalive, out);  // MAY-5, SHLD-12
    return true;
  }
  if (!owes(kDueAck)) return false;
  emit_bare(now, snd_nxt_, kDueAck, out);
  return true;
}

/// <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, for the caller to change.
void TcpConnection::begin_segment(SimTime now, SequenceNumber seq, Segment& out) {
  settle(kDueAck);  // MUST-58
  ack_at_ = kNever;
  ack_sent_ = rcv_nxt_;
  out.seq = seq;
  out.ack = rcv_nxt_;
  out.stream = stream_;
  out.window = offer_window();
  out.mss = 0;  // MUST-65
  out.payload_bytes = 0;
  out.flags = flag::kAck;
  out.options = out.sack_count = 0;
  add_options(now, out);
}

void TcpConnection::add_options(SimTime now, Segment& out) const {
  if (has(kTimestamps)) {
    out.options = Segment::kTimestamps;
    out.ts_value = timestamp(now, ts_offset_);
    out.ts_echo = ts_recent_;
  }
  if (reassembly_ && has(kSack)) {
    // Beside timestamps there is room for three.
    const std::size_t most = has(kTimestamps) ? 3 : Segment::kMostSackBlocks;
    out.sack_count = reassembly_->blocks(std::span(out.sack).first(most));
  }
}

/// RCV.WND as the header has it. The right edge moves only by a good piece (RFC 9293 section
/// 3.8.6.2.2, MUST-39), and never to the left.
std::uint16_t TcpConnection::offer_window() {
  const std::uint32_t free = buffer_ - std::min(buffer_, unread_);
  const std::uint32_t offered = rcv_edge_ - rcv_nxt_;
  const std::uint32_t piece = std::min(buffer_ / 2, std::uint32_t{send_mss_});
  if (free > offered && free - offered >= piece) rcv_edge_ = rcv_nxt_ + free;  // MUST-39, SHLD-14
  // What scaling would round down to nothing is rounded up, else a small buffer that is empty would
  // seem full for ever.
  const bool unseen = unread_ == 0 && (rcv_edge_ - rcv_nxt_) >> rcv_shift_ == 0;
  if (unseen) rcv_edge_ = rcv_nxt_ + std::max(free, 1u << rcv_shift_);
  return static_cast<std::uint16_t>(std::min((rcv_edge_ - rcv_nxt_) >> rcv_shift_, 65535u));
}

void TcpConnection::emit_bare(SimTime now, SequenceNumber seq, unsigned due, Segment& out) {
  settle(due);
  begin_segment(now, seq, out);
}

void TcpConnection::emit_reset(SimTime now, const TcpConfig& config, Segment& out) {
  settle(kDueReset);
  begin_segment(now, reset_seq_, out);
  out.window = 0;
  out.flags = flag::kRst;
  out.sack_count = 0;
  const bool acknowledges = reset_kind_ == ResetKind::with_ack ||
                            (reset_kind_ == ResetKind::as_set && config.reset_acknowledges);
  if (acknowledges) {
    out.flags |= flag::kAck;
  } else {
    out.ack = {};
  }
}

/// A SYN that goes again, perhaps with an ACK by now, is not measured either: the peer may answer
/// any of them.
void TcpConnection::emit_syn(SimTime now, const TcpConfig& config, Segment& out) {
  settle(kDueSyn);
  const bool answer = state_ == TcpState::syn_received;
  begin_segment(now, iss_, out);
  out.flags = answer ? flag::kSyn | flag::kAck : flag::kSyn;
  if (!answer) out.ack = {};
  out.mss = own_mss(config, family());  // MUST-14, SHLD-5, MAY-3
  out.window = static_cast<std::uint16_t>(std::min(buffer_, 65535u));
  out.sack_count = 0;
  out.options = 0;
  if (answer ? has(kTimestamps) : config.timestamps) {
    out.options |= Segment::kTimestamps;
    out.ts_value = timestamp(now, ts_offset_);
    out.ts_echo = ts_recent_;
  }
  if (answer ? has(kSack) : config.sack) out.options |= Segment::kSackPermitted;
  if (answer ? has(kScaling) : config.window_scaling) {
    out.options |= Segment::kWindowScale;
    out.window_shift = config.window_shift;
  }
  if (resend_at_ == kNever) {
    progress_at_ = now;
    start_resend_timer(now, config);
    measure_until(snd_nxt_, now);
  } else {
    clear(kTiming);
  }
}

/// Text from a position on. The end of a SEND is marked with PSH (RFC 9293 MUST-60).
void TcpConnection::add_text(std::uint64_t position, std::uint32_t bytes, Segment& out) const {
  out.payload_bytes = static_cast<std::uint16_t>(bytes);
  out.sends = marks_.count_until(position + bytes);
  if (marks_.is_mark(position + bytes)) out.flags |= flag::kPsh;  // MUST-61
}

/// Eff.snd.MSS less what SACK blocks take. RFC 9293 section 3.7.1.
std::uint32_t TcpConnection::room_for_text() const {
  if (!reassembly_ || !has(kSack)) return send_mss_;
  const std::uint32_t blocks = 4 + 8 * std::uint32_t{Segment::kMostSackBlocks};
  return send_mss_ > blocks ? send_mss_ - blocks : send_mss_;
}

/// Whether more of what is lost may go by the congestion window. RFC 6675 section 5, step C.
bool TcpConnection::may_resend(const TcpConfig& config) const {
  if (!has(kRecovering) || config.congestion == Congestion::none) return false;
  return resent_until_ < lost_until_ && congestion_room(config) >= send_mss_;
}

/// The earliest segment that is lost and has not gone again; false if there is none. RFC 6298
/// (5.4), and Karn's rule: no round trip is measured across it.
bool TcpConnection::emit_again(SimTime now, const TcpConfig& config, Segment& out) {
  settle(kDueResend);
  SequenceNumber begin = has(kRecovering) ? resent_until_ : snd_una_;
  SequenceNumber limit = has(kRecovering) ? std::min(lost_until_, snd_nxt_) : snd_nxt_;
  if (board_) {
    begin = board_->skip(begin);
    limit = board_->hole_end(begin, limit);
  }
  if (begin >= limit) return false;
  clear(kTiming);  // MUST-18
  begin_segment(now, begin, out);
  const SequenceNumber text_end = has(kFinSent) ? snd_nxt_ - 1 : snd_nxt_;
  std::uint32_t bytes = 0;
  if (begin < text_end) {
    const std::uint64_t position = first_position() + (begin - snd_una_);
    bytes = std::min(std::min(limit, text_end) - begin, room_for_text());
    if (!has(kRecovering) && begin + bytes == snd_nxt_) bytes += take_along(bytes);
    add_text(position, bytes, out);
  }
  const bool fin = has(kFinSent) && begin + bytes == text_end && text_end < limit;
  if (fin) out.flags |= flag::kFin;
  resent_until_ = begin + bytes + (fin ? 1 : 0);
  if (resend_at_ == kNever) start_resend_timer(now, config);
  return true;
}

/// What probed a closed window goes again with as much new text as there is room for.
std::uint32_t TcpConnection::take_along(std::uint32_t bytes) {
  const std::uint32_t flight = in_flight();
  const std::uint32_t offered = flight < snd_wnd_ ? snd_wnd_ - flight : 0;
  const std::uint32_t room = room_for_text() - bytes;
  const auto more =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(unsent_bytes_, std::min(room, offered)));
  unsent_bytes_ -= more;
  snd_nxt_ = snd_nxt_ + more;
  return more;
}

/// Text and FIN that were never sent, as far as windows and MSS allow; false if they do not.
bool TcpConnection::emit_new(SimTime now, const TcpConfig& config, Segment& out) {
  const std::uint32_t flight = in_flight();
  if (flight == 0 && config.congestion != Congestion::none && unsent_bytes_ != 0 &&
      now > later(sent_at_, rto_.value())) {
    congestion_.on_idle(config, send_mss_);
  }
  const std::uint32_t offered = flight < snd_wnd_ ? snd_wnd_ - flight : 0;  // MUST-34, SHLD-15
  std::uint32_t usable = std::min(offered, congestion_room(config));
  const bool probe = owes(kDueProbe);
  settle(kDueProbe);
  if (probe && offered == 0 && config.empty_probes) {
    emit_bare(now, snd_una_ - 1, kDueProbe, out);
    return true;
  }
  if (probe && usable == 0) usable = 1;
  const auto bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(
      unsent_bytes_, std::min(usable, room_for_text())));  // SHLD-27, SHLD-28
  const bool fin = bytes == unsent_bytes_ && has(kFinQueued) && bytes < usable;
  if (bytes == 0 && !fin ? true : !probe && !may_send(bytes, fin, config)) {  // MUST-38
    // Nothing is on its way whose acknowledgement would go on with it: ask (MUST-36).
    if (flight == 0 && resend_at_ == kNever) start_resend_timer(now, config);  // MUST-36, SHLD-29
    return false;
  }
  begin_segment(now, snd_nxt_, out);
  if (bytes > 0) add_text(next_position(), bytes, out);
  if (fin) out.flags |= flag::kFin;
  if (fin) set(kFinSent);
  unsent_bytes_ -= bytes;
  if (flight == 0) progress_at_ = now;
  snd_nxt_ = snd_nxt_ + bytes + (fin ? 1 : 0);
  if (bytes < send_mss_) small_end_ = snd_nxt_;
  note_sent(now, config, bytes);
  return true;
}

/// Whether this much is worth a segment: RFC 9293 section 3.8.6.2.1 (MUST-38), and Nagle's rule
/// (section 3.7.4, SHLD-7). Precondition: bytes > 0 or fin.
bool TcpConnection::may_send(std::uint32_t bytes, bool fin, const TcpConfig& config) const {
  if (bytes >= room_for_text() || fin) return true;
  const std::uint32_t flight = in_flight();
  if (bytes == unsent_bytes_) {
    if (config.nagle == Nagle::off || flight == 0) return true;        // MUST-17
    return config.nagle == Nagle::minshall && small_end_ <= snd_una_;  // SHLD-7
  }
  return flight == 0 && bytes >= most_snd_wnd_ / 2;
}

void TcpConnection::note_sent(SimTime now, const TcpConfig& config, std::uint32_t bytes) {
  if (resend_at_ == kNever) start_resend_timer(now, config);
  if (!has(kTiming) && !has(kRecovering)) measure_until(snd_nxt_, now);
  if (bytes == 0) return;
  sent_at_ = now;
  if (has(kHeard) && now < later(text_at_, config.delayed_ack)) set(kAnswers);
}

void TcpConnection::measure_until(SequenceNumber end, SimTime now) {
  set(kTiming);
  timed_at_ = now;
  timed_end_ = end;
}

}  // namespace demuxsim
