// What an arriving segment does: RFC 9293 section 3.10.7, step by step and in its order. Security
// and urgent data are not modelled.
#include "demuxsim/tcp/connection.hpp"

namespace demuxsim {
namespace {

/// Two ticks of Linux's clock at 250 Hz.
constexpr Duration kSynRetryPause = std::chrono::milliseconds{8};

/// Drops a segment; false, as the checks answer when they do.
bool drop(TcpNews& news) {
  news.dropped = true;
  return false;
}

}  // namespace

TcpNews TcpConnection::on_segment(SimTime now, const Segment& in, const TcpConfig& config) {
  TcpNews news{.states = {state_}};
  const bool syn_fin = config.drop_syn_fin && in.has(flag::kSyn) && in.has(flag::kFin);
  if (syn_fin || state_ < TcpState::syn_sent) {
    drop(news);
  } else if (state_ == TcpState::syn_sent) {
    arrive_in_syn_sent(now, in, config, news);
  } else {
    arrive_otherwise(now, in, config, news);
  }
  return news;
}

void TcpConnection::arrive_in_syn_sent(SimTime now, const Segment& in, const TcpConfig& config,
                                       TcpNews& news) {
  const bool acknowledges = in.has(flag::kAck);
  if (acknowledges && (in.ack <= iss_ || in.ack > snd_nxt_)) {
    if (!in.has(flag::kRst)) owe_reset(in.ack, ResetKind::bare);
    if (config.quick_syn_retry && retries_ == 0 && !in.has(flag::kRst)) {
      resend_at_ = later(now, kSynRetryPause);
    }
    drop(news);
  } else if (in.has(flag::kRst)) {
    if (!acknowledges) return static_cast<void>(drop(news));
    end(TcpEvent::receive_rst, TcpState::closed, Errno::econnrefused, news);
  } else if (!in.has(flag::kSyn)) {
    drop(news);
  } else if (acknowledges) {
    learn_peer(in, config);
    establish(now, in, TcpEvent::receive_syn_ack, config, news);
    owe(kDueAck);
    take_rest(now, in, config, news);
  } else {
    learn_peer(in, config);
    enter(TcpEvent::receive_syn, TcpState::syn_received, news);  // MUST-10
    owe(kDueSyn);
    hold_text_of_syn(in);
  }
}

void TcpConnection::arrive_otherwise(SimTime now, const Segment& in, const TcpConfig& config,
                                     TcpNews& news) {
  if (has(kTimestamps) && !check_timestamp(now, in, config, news)) return;  // MUST-5
  if (!check_sequence(now, in, config, news)) return;
  if (has(kTimestamps)) note_timestamp(now, in);
  if (in.has(flag::kRst | flag::kSyn)) {
    if (!check_reset(now, in, config, news)) return;
    if (!check_syn(now, in, config, news)) return;
  }
  if (!check_ack(now, in, config, news)) return;
  if (idle_at_ != kNever) note_heard(now, config);
  take_rest(now, in, config, news);
}

/// PAWS: a segment with an old timestamp is an old duplicate, wherever its number lies. RFC 7323
/// sections 3.2 and 5.3.
bool TcpConnection::check_timestamp(SimTime now, const Segment& in, const TcpConfig& config,
                                    TcpNews& news) {
  constexpr std::uint32_t kOutdated = 24u * 24 * 3600 * 1000;  // RFC 7323 section 5.5: 24 days.
  if (in.has(flag::kRst)) return true;
  if (!in.has_option(Segment::kTimestamps)) return config.tolerate_no_timestamp || drop(news);
  const bool is_old = static_cast<std::int32_t>(in.ts_value - ts_recent_) < 0;
  if (is_old && timestamp(now, 0) - ts_recent_at_ < kOutdated) {
    if (in.length() > 0 && !in.has(flag::kSyn)) {
      owe(kDueAck);
    } else {
      challenge(now, config);
    }
    return drop(news);
  }
  return true;
}

/// RFC 7323 section 4.3: only what is acceptable may move TS.Recent.
void TcpConnection::note_timestamp(SimTime now, const Segment& in) {
  if (!in.has_option(Segment::kTimestamps) || in.has(flag::kRst) || in.seq > ack_sent_) return;
  ts_recent_ = in.ts_value;
  ts_recent_at_ = timestamp(now, 0);
}

/// First. An unacceptable segment is answered, so that the peer learns where we are.
bool TcpConnection::check_sequence(SimTime now, const Segment& in, const TcpConfig& config,
                                   TcpNews& news) {
  if (receive_window().accepts(in) || is_syn_again(in)) return true;
  // An end that has filled our window speaks from its right edge; its ACK has to be heard.
  const bool at_edge = in.seq == rcv_edge_ && in.length() == 0;
  if (at_edge && in.has(flag::kAck) && !in.has(flag::kRst)) return true;
  // A closed window keeps text out, not what comes with it. What probes it is answered.
  const bool at_closed_window = rcv_wnd() == 0 && in.seq == rcv_nxt_;  // MUST-66
  if (at_closed_window && in.has(flag::kAck | flag::kRst) && !in.has(flag::kSyn)) return true;
  if (in.length() > 0 && !in.has(flag::kSyn | flag::kRst)) {
    owe(kDueAck);
  } else if (!in.has(flag::kRst)) {
    challenge(now, config);
  }
  return drop(news);
}

/// An ACK for what looks like a guess or an old duplicate: not more often than the limit of RFC
/// 5961 section 7, so that two ends never keep each other busy.
void TcpConnection::challenge(SimTime now, const TcpConfig& config) {
  if (now < challenge_at_) return;
  if (config.challenge_interval != Duration{0}) {
    challenge_at_ = later(now, config.challenge_interval);
  }
  owe(kDueAck);
}

/// Second. A reset must hit RCV.NXT exactly, else it is challenged (RFC 5961 section 3).
bool TcpConnection::check_reset(SimTime now, const Segment& in, const TcpConfig& config,
                                TcpNews& news) {
  using enum TcpState;
  if (!in.has(flag::kRst)) return true;
  if (!receive_window().contains(in.seq) && in.seq != rcv_nxt_) return drop(news);
  if (in.seq != rcv_nxt_ && config.challenge_reset) {
    challenge(now, config);
    return drop(news);
  }
  if (state_ == syn_received && is_passive()) {  // MUST-11
    end(TcpEvent::receive_rst, listen, Errno::ok, news);
  } else if (state_ == syn_received) {
    end(TcpEvent::receive_rst, closed, Errno::econnrefused, news);
  } else {
    const bool nobody_waits =
        state_ == closing || state_ == last_ack || state_ == TcpState::time_wait;
    const bool broken_pipe = state_ == close_wait && config.epipe_in_close_wait;
    const Errno told = nobody_waits ? Errno::ok : broken_pipe ? Errno::epipe : Errno::econnreset;
    end(TcpEvent::receive_rst, closed, told, news);  // MUST-12, SHLD-2
  }
  return false;
}

/// Fourth. A SYN in a synchronized state is challenged (RFC 5961 section 4). In SYN-RECEIVED the
/// peer's SYN may come again: with an ACK it completes a simultaneous open; alone it says that our
/// SYN,ACK was lost, and sooner than our timer would.
bool TcpConnection::check_syn(SimTime now, const Segment& in, const TcpConfig& config,
                              TcpNews& news) {
  if (!in.has(flag::kSyn)) return true;
  if (is_syn_again(in)) {
    if (in.has(flag::kAck)) {
      if (config.acks == AckPolicy::adaptive) owe(kDueAck);  // Linux takes the SYN for text again.
      return true;
    }
    owe(kDueSyn);
    start_resend_timer(now, config);
  } else if (state_ == TcpState::syn_received && is_passive()) {
    end(TcpEvent::receive_syn, TcpState::listen, Errno::ok, news);
    return false;
  } else if (config.challenge_syn) {
    challenge(now, config);
  } else {
    owe_reset(snd_nxt_, ResetKind::with_ack);
    end(TcpEvent::receive_syn, TcpState::closed, Errno::econnreset, news);
    return false;
  }
  return drop(news);
}

/// Fifth.
bool TcpConnection::check_ack(SimTime now, const Segment& in, const TcpConfig& config,
                              TcpNews& news) {
  if (!in.has(flag::kAck)) return drop(news);
  if (state_ == TcpState::syn_received) {
    if (in.ack <= snd_una_ || in.ack > snd_nxt_) {
      owe_reset(in.ack, ResetKind::bare);
      return drop(news);
    }
    establish(now, in, TcpEvent::receive_ack_of_syn, config, news);
    return true;
  }
  const bool too_old = in.ack < snd_una_ && snd_una_ - in.ack > most_snd_wnd_;  // MAY-12
  if (in.ack > snd_nxt_ || too_old) {  // MAY-12: RFC 5961 section 5.
    if (in.length() > 0) {
      owe(kDueAck);
    } else {
      challenge(now, config);
    }
    return drop(news);
  }
  take_acknowledgement(now, in, config);
  return !fin_acknowledged() || close_own_side(now, config, news);
}

/// Our FIN is acknowledged. False when nothing is left to do.
bool TcpConnection::close_own_side(SimTime now, const TcpConfig& config, TcpNews& news) {
  if (state_ == TcpState::fin_wait_1) {
    enter(TcpEvent::receive_ack_of_fin, TcpState::fin_wait_2, news);
    idle_at_ = kNever;
    note_heard(now, config);
  } else if (state_ == TcpState::closing) {
    start_time_wait(TcpEvent::receive_ack_of_fin, news);  // MUST-13
  } else if (state_ == TcpState::last_ack) {
    end(TcpEvent::receive_ack_of_fin, TcpState::closed, Errno::ok, news);
    return false;
  }
  return true;
}

void TcpConnection::establish(SimTime now, const Segment& in, TcpEvent event,
                              const TcpConfig& config, TcpNews& news) {
  const std::uint16_t lost_syns = retries_;
  const bool syn_was_lost = lost_syns > 0;
  enter(event, TcpState::established, news);
  acknowledge(now, in, config);
  if (syn_was_lost) rto_.begin_data_after_lost_syn(config);
  // RFC 5681 section 3.1; the larger windows of RFC 6928 section 2 bear one such loss.
  const bool careful = config.initial_window == 0 ? syn_was_lost : lost_syns > 1;
  congestion_.begin(config, send_mss_, careful);
  recover_ = snd_una_;
  snd_wnd_ = most_snd_wnd_ = window_of(in);
  snd_wl1_ = in.seq;
  snd_wl2_ = in.ack;
  settle(kDueSyn);
  news.connected = true;
  note_heard(now, config);
  if (has(kFinQueued)) enter(TcpEvent::close, TcpState::fin_wait_1, news);
}

}  // namespace demuxsim
