// What acknowledgements tell a sender: round trips, losses, and how much may be on its way. RFC
// 5681, RFC 6298, RFC 6582 and RFC 6675, in terms of what is lost and what has gone again.
#include <algorithm>

#include "demuxsim/tcp/connection.hpp"

namespace demuxsim {
namespace {

constexpr std::uint8_t kDupThresh = 3;  // RFC 5681 section 3.2.

}  // namespace

/// Precondition: SEG.ACK is no later than SND.NXT. RFC 9293 section 3.10.7.4, fifth check.
void TcpConnection::take_acknowledgement(SimTime now, const Segment& in, const TcpConfig& config) {
  const bool told_more = has(kSack) && in.sack_count != 0 && take_sack(in);
  if (in.ack > snd_una_) {
    acknowledge(now, in, config);
  } else if (config.congestion != Congestion::none && snd_una_ != snd_nxt_ && snd_wnd_ != 0) {
    // RFC 5681 section 2 and, with SACK, RFC 6675 section 2.
    const bool alike =
        in.ack == snd_una_ && in.length() == 0 && window_of(in) == snd_wnd_ && !has(kSack);
    if (told_more || alike) on_duplicate(config);
  }
  if (in.ack == snd_una_) update_send_window(in);
}

bool TcpConnection::take_sack(const Segment& in) {
  if (!board_) board_ = std::make_unique<Scoreboard>();
  const bool told_more = board_->update(in, std::max(snd_una_, in.ack), snd_nxt_);
  if (board_->empty()) board_.reset();
  return told_more;
}

/// Precondition: SND.UNA < SEG.ACK =< SND.NXT. RFC 6298 (5.2) and (5.3).
void TcpConnection::acknowledge(SimTime now, const Segment& in, const TcpConfig& config) {
  const std::uint32_t flight = in_flight();
  const std::uint32_t bytes = in.ack - snd_una_;
  measure(now, in, config);
  snd_una_ = in.ack;
  progress_at_ = now;
  retries_ = 0;
  soft_error_ = Errno::ok;
  marks_.pass(first_position());
  if (board_) {
    board_->pass(snd_una_);
    if (board_->empty()) board_.reset();
  }
  if (resent_until_ < snd_una_) resent_until_ = snd_una_;
  if (lost_until_ < snd_una_) lost_until_ = snd_una_;
  if (small_end_ < snd_una_) small_end_ = snd_una_;
  if (in_flight() == 0) {
    resend_at_ = kNever;
  } else {
    start_resend_timer(now, config);
  }
  if (has(kRecovering) && in.ack < recover_) return go_on_recovering(bytes, config);
  clear(kRecovering | kFast);
  recover_ = snd_una_;
  duplicates_ = 0;
  // A window that was not used up says nothing of what the way can take.
  const bool was_limited = std::uint64_t{flight} * 2 >= congestion_.window();
  if (was_limited && send_mss_ != 0) {
    congestion_.on_acknowledged(config, {now, bytes, send_mss_, rto_.smoothed()});
  }
}

/// RFC 6298 section 3 and Karn's rule; where a segment went twice its timestamp still tells (RFC
/// 7323 section 4).
void TcpConnection::measure(SimTime now, const Segment& in, const TcpConfig& config) {
  if (has(kTiming)) {
    if (in.ack < timed_end_) return;
    rto_.measure(now - timed_at_, config);  // MUST-18
    clear(kTiming);
  } else if (has(kTimestamps) && in.ts_echo != 0 && retries_ > 0) {
    const auto elapsed = static_cast<std::int32_t>(timestamp(now, ts_offset_) - in.ts_echo);
    if (elapsed >= 0) rto_.measure(std::chrono::milliseconds{elapsed}, config);
  }
}

/// An acknowledgement of a part of what was outstanding when the loss was noticed: what comes next
/// is lost, too. RFC 6582 section 3.2 step 3, RFC 6675 section 5.
void TcpConnection::go_on_recovering(std::uint32_t acknowledged, const TcpConfig& config) {
  if (!has(kFast)) {
    if (config.congestion == Congestion::none) {
      owe(kDueResend);
    } else {
      congestion_.on_acknowledged(config, {progress_at_, acknowledged, send_mss_, {}});
    }
    return;
  }
  lost_until_ = std::max(lost_until_, std::min(snd_una_ + send_mss_, recover_));
  if (board_) return;
  resent_until_ = snd_una_;
  const std::uint32_t segments = (acknowledged + send_mss_ - 1) / send_mss_;
  const std::uint32_t left = duplicates_ + 1u > segments ? duplicates_ + 1u - segments : 0;
  duplicates_ = static_cast<std::uint8_t>(std::min<std::uint32_t>(left, 255));
  owe(kDueResend);
}

/// Something behind a gap has arrived. RFC 5681 section 3.2, RFC 6675 section 5.
void TcpConnection::on_duplicate(const TcpConfig& config) {
  if (duplicates_ < 255) ++duplicates_;
  SequenceNumber lost = snd_una_;
  if (board_) lost = board_->lost_until(snd_una_, send_mss_);
  if (has(kRecovering)) {
    if (has(kFast)) lost_until_ = std::max(lost_until_, lost);
    return;
  }
  const bool enough = duplicates_ >= kDupThresh || lost > snd_una_;
  if (enough && snd_una_ >= recover_) recover_fast(config);
}

void TcpConnection::recover_fast(const TcpConfig& config) {
  // What limited transmit has sent beyond the window does not count: RFC 5681 section 3.1.
  congestion_.on_loss(config, std::min(in_flight(), congestion_.window()), send_mss_);
  set(kRecovering);
  set(kFast);
  recover_ = snd_nxt_;
  resent_until_ = snd_una_;
  lost_until_ = std::min(snd_una_ + send_mss_, snd_nxt_);
  if (board_) lost_until_ = std::max(lost_until_, board_->lost_until(snd_una_, send_mss_));
  owe(kDueResend);
}

/// All that is outstanding counts as lost and goes again, slowly at first. RFC 5681 section 3.1.
void TcpConnection::recover_from_timeout(const TcpConfig& config) {
  congestion_.on_timeout(config, in_flight(), send_mss_, retries_ > 1);
  set(kRecovering);
  clear(kFast);
  recover_ = lost_until_ = snd_nxt_;
  resent_until_ = snd_una_;
  duplicates_ = 0;
  // A peer that has not got what it told of before has dropped it again: RFC 2018 section 8.
  if (board_ && board_->skip(snd_una_) != snd_una_) board_.reset();
  owe(kDueResend);
}

/// What is on its way by all that is known: RFC 6675 section 4. Without SACK each duplicate
/// acknowledgement stands for a segment that has left the network, which is what RFC 6582 inflates
/// the window for, and before the third one RFC 3042 lets new text go.
std::uint32_t TcpConnection::pipe(const TcpConfig& config) const {
  std::uint32_t gone = 0;
  if (board_) {
    gone = board_->bytes();
  } else if (has(kFast) || (!has(kRecovering) && config.limited_transmit)) {
    gone = std::min(std::uint32_t{duplicates_} * send_mss_, in_flight());
  }
  if (has(kRecovering) && resent_until_ < lost_until_) {
    gone += lost_until_ - resent_until_;
    if (board_) gone -= board_->bytes_between(resent_until_, lost_until_);
  }
  return in_flight() - std::min(gone, in_flight());
}

std::uint32_t TcpConnection::congestion_room(const TcpConfig& config) const {
  if (config.congestion == Congestion::none) return ~std::uint32_t{0};
  const std::uint32_t on_its_way = pipe(config);
  return congestion_.window() > on_its_way ? congestion_.window() - on_its_way : 0;
}

void TcpConnection::update_send_window(const Segment& in) {
  if (in.seq < snd_wl1_ || (in.seq == snd_wl1_ && in.ack < snd_wl2_)) return;
  const std::uint32_t window = window_of(in);
  if (snd_wnd_ == 0) leave_closed_window(window);
  snd_wnd_ = window;  // MUST-1, REC-1
  most_snd_wnd_ = std::max(most_snd_wnd_, window);
  snd_wl1_ = in.seq;
  snd_wl2_ = in.ack;
}

/// A peer that answers probes is alive, however long its window stays closed (MUST-37). When it
/// opens, what was sent as a probe goes again at once: the peer had no room for it.
void TcpConnection::leave_closed_window(std::uint32_t window) {
  retries_ = 0;  // MUST-37, SHLD-17
  if (window == 0) return;
  if (in_flight() == 0) {
    resend_at_ = kNever;
  } else {
    resend_first();
  }
}

/// The segment at SND.UNA goes again, even if the peer told to hold it: it has not acknowledged it.
void TcpConnection::resend_first() {
  if (board_ && board_->skip(snd_una_) != snd_una_) board_.reset();
  resent_until_ = snd_una_;
  owe(kDueResend);
}

}  // namespace demuxsim
