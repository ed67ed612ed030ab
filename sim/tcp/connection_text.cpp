// Text and FIN of the peer: RFC 9293 section 3.10.7.4, seventh and eighth, and when they are
// acknowledged (section 3.8.6.3).
#include "demuxsim/tcp/connection.hpp"

namespace demuxsim {
namespace {

/// As many segments Linux acknowledges at once when a connection begins.
constexpr std::uint8_t kQuickAcks = 16;
/// Before any text has come Linux delays no longer than its clock's next tick, here at 250 Hz.
constexpr Duration kTick = std::chrono::milliseconds{4};

/// The new part of `in`: without what was received before and without what lies past the window.
Text new_text(const Segment& in, ReceiveWindow window) {
  Text text{in.seq + (in.has(flag::kSyn) ? 1 : 0),
            in.payload_bytes,
            in.stream,
            in.sends,
            in.has(flag::kFin),
            in.has(flag::kPsh)};
  if (text.begin < window.next) {
    const std::uint32_t old = window.next - text.begin;
    text.fin = text.fin && old <= text.bytes;
    text.bytes = old < text.bytes ? text.bytes - old : 0;
    text.begin = window.next;
  }
  const std::uint32_t room = window.size - (text.begin - window.next);
  if (text.bytes + (text.fin ? 1 : 0) > room) {
    if (text.bytes > room) {
      text.push = false;
      text.sends = 0;
    }
    text.bytes = text.bytes < room ? text.bytes : room;
    text.fin = false;
  }
  text.push = text.push && text.bytes > 0;
  return text;
}

bool takes_text(TcpState state) {
  return state == TcpState::established || state == TcpState::fin_wait_1 ||
         state == TcpState::fin_wait_2;
}

}  // namespace

void TcpConnection::take_rest(SimTime now, const Segment& in, const TcpConfig& config,
                              TcpNews& news) {
  const bool carries = in.payload_bytes != 0 || in.has(flag::kFin);
  if (!carries && !reassembly_) return;
  if (!takes_text(state_)) {
    if (carries) owe(kDueAck);
    return;
  }
  const bool gap = reassembly_ && !reassembly_->begins_at(rcv_nxt_);
  const SequenceNumber before = rcv_nxt_;
  const Text text = new_text(in, receive_window());
  take_text(text, news);
  check_fin(text, news);
  if (reassembly_) reassembly_->forget_fin_before(rcv_nxt_);
  if (reassembly_ && reassembly_->empty()) reassembly_.reset();
  const bool moved = rcv_nxt_ != before;
  if (moved && !gap && !reassembly_ && config.acks != AckPolicy::immediate) {
    acknowledge_text(now, in, news.delivered_bytes, config);
  } else if (moved || carries) {  // MAY-13
    owe(kDueAck);
  }
  if (moved) text_at_ = now;
}

/// Whether text in its turn is acknowledged at once or a little later. SHLD-18, SHLD-19.
void TcpConnection::acknowledge_text(SimTime now, const Segment& in, std::uint32_t delivered,
                                     const TcpConfig& config) {
  largest_text_ = std::max(largest_text_, delivered);
  const bool adaptive = config.acks == AckPolicy::adaptive;
  const bool fin = in.has(flag::kFin);
  if (adaptive && fin) set(kAnswers);
  bool at_once = rcv_nxt_ - ack_sent_ > largest_text_ + (fin ? 1u : 0u);  // SHLD-19
  // Linux gives a process that has not closed yet the time to do so.
  if (fin && !(adaptive && state_ == TcpState::close_wait)) at_once = true;
  if (adaptive && !has(kAnswers) && (quick_acks_ < kQuickAcks || in.has(flag::kPsh))) {
    at_once = true;
    if (quick_acks_ < kQuickAcks) ++quick_acks_;
  }
  if (at_once) {
    owe(kDueAck);
  } else if (ack_at_ == kNever) {
    const bool short_wait = adaptive && !has(kHeard);
    ack_at_ = later(now, short_wait ? std::min(kTick, config.delayed_ack)
                                    : config.delayed_ack);  // MUST-40, SHLD-18
  }
}

void TcpConnection::take_text(const Text& text, TcpNews& news) {
  if (!reassembly_ && text.begin == rcv_nxt_) {
    if (text.bytes > 0) deliver(text, news);
    return;
  }
  hold(text);                                                             // SHLD-31
  while (const std::optional<Text> next = reassembly_->take(rcv_nxt_)) {  // MUST-59
    deliver(*next, news);
  }
}

void TcpConnection::check_fin(const Text& text, TcpNews& news) {
  const bool reached =
      (text.fin && text.end() == rcv_nxt_) || (reassembly_ && reassembly_->has_fin_at(rcv_nxt_));
  if (!reached) return;
  rcv_nxt_ = rcv_nxt_ + 1;
  rcv_edge_ = rcv_edge_ + 1;  // It takes no room in the buffer.
  reassembly_.reset();
  news.peer_finished = true;  // MUST-12
  if (state_ == TcpState::established) {
    enter(TcpEvent::receive_fin, TcpState::close_wait, news);
  } else if (state_ == TcpState::fin_wait_1) {
    enter(TcpEvent::receive_fin, TcpState::closing, news);
  } else {
    owe(kDueAck);
    start_time_wait(TcpEvent::receive_fin, news);  // MUST-13
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
  if (text.sends > peer_sends_) {
    news.delivered_sends += text.sends - peer_sends_;
    peer_sends_ = text.sends;
  } else if (text.sends == 0 && text.push) {
    ++news.delivered_sends;  // A made-up segment knows of no count; its PSH stands for one.
  }
  received_bytes_ += text.bytes;
  rcv_nxt_ = rcv_nxt_ + text.bytes;
  if (has(kKeepsText)) unread_ += text.bytes;  // MAY-8
}

void TcpConnection::hold_text_of_syn(const Segment& syn) {
  const Text text = new_text(syn, receive_window());
  if (text.bytes > 0 || text.fin) hold(text);
}

void TcpConnection::start_time_wait(TcpEvent event, TcpNews& news) {
  enter(event, TcpState::time_wait, news);
  resend_at_ = ack_at_ = idle_at_ = kNever;
  news.time_wait = true;
}

}  // namespace demuxsim
