// What an arriving segment does: RFC 9293 section 3.10.7, step by step and in its order. Security
// and urgent data are not modelled.
#include "demuxsim/tcp/connection.hpp"

namespace demuxsim {

namespace {

/// The new part of `in`: without what was received before and without what lies past the window.
Text new_text(const Segment& in, ReceiveWindow window) {
  Text text{in.seq + (in.has(flag::kSyn) ? 1 : 0), in.payload_bytes, in.stream, in.has(flag::kFin),
            in.has(flag::kPsh)};
  if (text.begin < window.next) {
    const std::uint32_t old = window.next - text.begin;
    text.fin = text.fin && old <= text.bytes;
    text.bytes = old < text.bytes ? text.bytes - old : 0;
    text.begin = window.next;
  }
  const std::uint32_t room = window.size - (text.begin - window.next);
  if (text.bytes + (text.fin ? 1 : 0) > room) {
    text.push = text.push && text.bytes <= room;
    text.bytes = text.bytes < room ? text.bytes : room;
    text.fin = false;
  }
  text.push = text.push && text.bytes > 0;
  return text;
}

/// Drops a segment; false, as the checks answer when they do.
bool drop(TcpNews& news) {
  news.dropped = true;
  return false;
}

bool takes_text(TcpState state) {
  return state == TcpState::established || state == TcpState::fin_wait_1 ||
         state == TcpState::fin_wait_2;
}

}  // namespace

TcpNews TcpConnection::on_segment(SimTime now, const Segment& in, const TcpConfig& config) {
  TcpNews news{.states = {state_}};
  if (state_ > TcpState::syn_sent) {
    arrive_otherwise(now, in, config, news);
  } else if (state_ == TcpState::syn_sent) {
    arrive_in_syn_sent(now, in, config, news);
  } else {
    drop(news);
  }
  return news;
}

void TcpConnection::arrive_in_syn_sent(SimTime now, const Segment& in, const TcpConfig& config,
                                       TcpNews& news) {
  const bool acknowledges = in.has(flag::kAck);
  if (acknowledges && (in.ack <= iss_ || in.ack > snd_nxt_)) {
    if (!in.has(flag::kRst)) owe_reset(in.ack);
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
    take_rest(in, config, news);
  } else {
    learn_peer(in, config);
    enter(TcpEvent::receive_syn, TcpState::syn_received, news);
    owe(kDueSyn);
    hold_text_of_syn(in, config);
  }
}

void TcpConnection::arrive_otherwise(SimTime now, const Segment& in, const TcpConfig& config,
                                     TcpNews& news) {
  if (!check_sequence(in, config, news)) return;
  if (in.has(flag::kRst | flag::kSyn)) {
    if (!check_reset(in, config, news)) return;
    if (!check_syn(in, news)) return;
  }
  if (!check_ack(now, in, config, news)) return;
  if (in.payload_bytes != 0 || in.has(flag::kFin)) owe(kDueAck);
  take_rest(in, config, news);
}

/// First. An unacceptable segment is answered, so that the peer learns where we are.
bool TcpConnection::check_sequence(const Segment& in, const TcpConfig& config, TcpNews& news) {
  if (receive_window(config).accepts(in) || is_syn_again(in)) return true;
  if (!in.has(flag::kRst)) owe(kDueAck);
  return drop(news);
}

/// Second. A reset must hit RCV.NXT exactly, else it is challenged (RFC 5961 section 3).
bool TcpConnection::check_reset(const Segment& in, const TcpConfig& config, TcpNews& news) {
  using enum TcpState;
  if (!in.has(flag::kRst)) return true;
  if (in.seq != rcv_nxt_) {
    if (receive_window(config).contains(in.seq)) owe(kDueAck);
    return drop(news);
  }
  if (state_ == syn_received && is_passive()) {
    end(TcpEvent::receive_rst, listen, Errno::ok, news);
  } else if (state_ == syn_received) {
    end(TcpEvent::receive_rst, closed, Errno::econnrefused, news);
  } else {
    const bool nobody_waits =
        state_ == closing || state_ == last_ack || state_ == TcpState::time_wait;
    end(TcpEvent::receive_rst, closed, nobody_waits ? Errno::ok : Errno::econnreset, news);
  }
  return false;
}

/// Fourth. A SYN in a synchronized state is challenged (RFC 5961 section 4). In SYN-RECEIVED the
/// peer's SYN may come again: with an ACK it completes a simultaneous open; alone it says that our
/// SYN,ACK was lost, and sooner than our timer would.
bool TcpConnection::check_syn(const Segment& in, TcpNews& news) {
  if (!in.has(flag::kSyn)) return true;
  if (is_syn_again(in)) {
    if (in.has(flag::kAck)) return true;
    owe(kDueSyn);
  } else if (state_ == TcpState::syn_received && is_passive()) {
    end(TcpEvent::receive_syn, TcpState::listen, Errno::ok, news);
    return false;
  } else {
    owe(kDueAck);
  }
  return drop(news);
}

/// Fifth.
bool TcpConnection::check_ack(SimTime now, const Segment& in, const TcpConfig& config,
                              TcpNews& news) {
  if (!in.has(flag::kAck)) return drop(news);
  if (state_ == TcpState::syn_received) {
    if (in.ack <= snd_una_ || in.ack > snd_nxt_) {
      owe_reset(in.ack);
      return drop(news);
    }
    establish(now, in, TcpEvent::receive_ack_of_syn, config, news);
    return true;
  }
  if (in.ack > snd_nxt_) {
    owe(kDueAck);
    return drop(news);
  }
  if (in.ack > snd_una_) acknowledge(now, in.ack, config);
  if (in.ack == snd_una_) update_send_window(in);
  return !fin_acknowledged() || close_own_side(news);
}

/// Our FIN is acknowledged. False when nothing is left to do.
bool TcpConnection::close_own_side(TcpNews& news) {
  if (state_ == TcpState::fin_wait_1) {
    enter(TcpEvent::receive_ack_of_fin, TcpState::fin_wait_2, news);
  } else if (state_ == TcpState::closing) {
    start_time_wait(TcpEvent::receive_ack_of_fin, news);
  } else if (state_ == TcpState::last_ack) {
    end(TcpEvent::receive_ack_of_fin, TcpState::closed, Errno::ok, news);
    return false;
  }
  return true;
}

/// Seventh and eighth.
void TcpConnection::take_rest(const Segment& in, const TcpConfig& config, TcpNews& news) {
  if (in.length() == 0 && !reassembly_) return;
  if (!takes_text(state_)) return;
  const Text text = new_text(in, receive_window(config));
  take_text(text, news);
  check_fin(text, news);
  if (reassembly_ && reassembly_->empty()) reassembly_.reset();
}

void TcpConnection::take_text(const Text& text, TcpNews& news) {
  if (!reassembly_ && text.begin == rcv_nxt_) {
    if (text.bytes > 0) deliver(text, news);
    return;
  }
  hold(text);
  while (const std::optional<Text> next = reassembly_->take(rcv_nxt_)) {
    deliver(*next, news);
    owe(kDueAck);
  }
}

void TcpConnection::check_fin(const Text& text, TcpNews& news) {
  const bool reached =
      (text.fin && text.end() == rcv_nxt_) || (reassembly_ && reassembly_->has_fin_at(rcv_nxt_));
  if (!reached) return;
  rcv_nxt_ = rcv_nxt_ + 1;
  reassembly_.reset();
  owe(kDueAck);
  news.peer_finished = true;
  if (state_ == TcpState::established) {
    enter(TcpEvent::receive_fin, TcpState::close_wait, news);
  } else if (state_ == TcpState::fin_wait_1) {
    enter(TcpEvent::receive_fin, TcpState::closing, news);
  } else {
    start_time_wait(TcpEvent::receive_fin, news);
  }
}

void TcpConnection::establish(SimTime now, const Segment& in, TcpEvent event,
                              const TcpConfig& config, TcpNews& news) {
  const bool syn_was_lost = retries_ > 0;
  acknowledge(now, in.ack, config);
  if (syn_was_lost) rto_.begin_data_after_lost_syn(config);
  snd_wnd_ = in.window;
  snd_wl1_ = in.seq;
  snd_wl2_ = in.ack;
  settle(kDueSyn);
  enter(event, TcpState::established, news);
  news.connected = true;
  if (has(kFinQueued)) enter(TcpEvent::close, TcpState::fin_wait_1, news);
}

/// Precondition: SND.UNA < ack =< SND.NXT. RFC 6298 (5.2) and (5.3).
void TcpConnection::acknowledge(SimTime now, SequenceNumber ack, const TcpConfig& config) {
  snd_una_ = ack;
  retries_ = 0;
  if (has(kTiming) && ack >= timed_end_) {
    rto_.measure(now - timed_at_, config);
    clear(kTiming);
  }
  marks_.pass(first_position());
  deadline_ = ack == snd_nxt_ ? kNever : later(now, rto_.value());
  if (has(kRecovering)) {
    if (ack < recover_) {
      owe(kDueResend);
    } else {
      clear(kRecovering);
    }
  }
}

void TcpConnection::update_send_window(const Segment& in) {
  if (in.seq < snd_wl1_ || (in.seq == snd_wl1_ && in.ack < snd_wl2_)) return;
  if (snd_wnd_ == 0) leave_closed_window(in.window);
  snd_wnd_ = in.window;
  snd_wl1_ = in.seq;
  snd_wl2_ = in.ack;
}

/// A peer that answers probes is alive, however long its window stays closed (MUST-37). When it
/// opens, what was sent as a probe goes again at once: the peer had no room for it.
void TcpConnection::leave_closed_window(std::uint32_t window) {
  retries_ = 0;
  if (window == 0) return;
  if (snd_una_ == snd_nxt_) {
    deadline_ = kNever;
  } else {
    owe(kDueResend);
  }
}

void TcpConnection::deliver(const Text& text, TcpNews& news) {
  if (news.delivered_bytes == 0) {
    news.delivered_stream = text.stream;
    news.delivered_offset = received_bytes_;
  }
  if (!has(kHeard)) {
    set(kHeard);
    peer_stream_ = text.stream;
  }
  news.stream_mismatch = news.stream_mismatch || text.stream != peer_stream_;
  news.delivered_bytes += text.bytes;
  if (text.push) ++news.delivered_sends;
  received_bytes_ += text.bytes;
  rcv_nxt_ = rcv_nxt_ + text.bytes;
}

void TcpConnection::hold_text_of_syn(const Segment& syn, const TcpConfig& config) {
  const Text text = new_text(syn, receive_window(config));
  if (text.bytes > 0 || text.fin) hold(text);
}

void TcpConnection::start_time_wait(TcpEvent event, TcpNews& news) {
  enter(event, TcpState::time_wait, news);
  news.time_wait = true;
}

}  // namespace demuxsim
