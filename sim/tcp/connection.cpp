#include "demuxsim/tcp/connection.hpp"

#include <algorithm>

#include "demuxsim/core/check.hpp"
#include "demuxsim/tcp/mss.hpp"

namespace demuxsim {

TcpConnection::TcpConnection(SequenceNumber iss, const TcpConfig& config, Family family)
    : iss_(iss), snd_una_(iss), snd_nxt_(iss + 1), rto_(config) {
  if (family == Family::ipv6) set(kIpv6);
  owe(kDueSyn);
}

TcpConnection TcpConnection::open(SequenceNumber iss, const TcpConfig& config, Family family) {
  TcpConnection connection(iss, config, family);
  TcpNews news;
  connection.enter(TcpEvent::active_open, TcpState::syn_sent, news);
  return connection;
}

TcpConnection TcpConnection::open_from_syn(const Segment& syn, SequenceNumber iss,
                                           const TcpConfig& config) {
  TcpConnection connection(iss, config, syn.is_ipv4() ? Family::ipv4 : Family::ipv6);
  connection.set(kPassive);
  connection.state_ = TcpState::listen;
  connection.learn_peer(syn, config);
  TcpNews news;
  connection.enter(TcpEvent::receive_syn, TcpState::syn_received, news);
  connection.hold_text_of_syn(syn, config);
  return connection;
}

Errno TcpConnection::send(std::uint64_t bytes) {
  if (state_ == TcpState::closed || state_ == TcpState::listen) return Errno::enotconn;
  if (has(kFinQueued)) return Errno::epipe;
  if (bytes != 0) marks_.add(bytes);
  unsent_bytes_ += bytes;
  return Errno::ok;
}

Errno TcpConnection::shutdown_write() {
  TcpNews news;
  switch (state_) {
    case TcpState::closed:
    case TcpState::listen:
      return Errno::enotconn;
    case TcpState::syn_sent:
      end(TcpEvent::close, TcpState::closed, Errno::ok, news);
      return Errno::ok;
    case TcpState::established:
      enter(TcpEvent::close, TcpState::fin_wait_1, news);
      break;
    case TcpState::close_wait:
      enter(TcpEvent::close, TcpState::last_ack, news);
      break;
    default:
      break;
  }
  set(kFinQueued);
  return Errno::ok;
}

void TcpConnection::abort() {
  switch (state_) {
    case TcpState::closed:
    case TcpState::listen:
      return;
    case TcpState::syn_received:
    case TcpState::established:
    case TcpState::fin_wait_1:
    case TcpState::fin_wait_2:
    case TcpState::close_wait:
      owe_reset(snd_nxt_);
      break;
    default:
      break;
  }
  TcpNews news;
  end(TcpEvent::abort, TcpState::closed, Errno::ok, news);
}

TcpNews TcpConnection::on_deadline(SimTime now, const TcpConfig& config) {
  TcpNews news{.states = {state_}};
  if (now < deadline_) return news;
  const bool opening = state_ == TcpState::syn_sent || state_ == TcpState::syn_received;
  if (retries_ >=
      std::min<std::uint32_t>(opening ? config.syn_retries : config.data_retries, 0xffff)) {
    end(TcpEvent::user_timeout, TcpState::closed, Errno::etimedout, news);
    return news;
  }
  ++retries_;
  rto_.back_off(config);
  deadline_ = later(now, rto_.value());
  if (opening) {
    owe(kDueSyn);
  } else if (snd_una_ == snd_nxt_) {
    owe(kDueProbe);
  } else {
    owe(kDueResend);
    set(kRecovering);
    recover_ = snd_nxt_;
  }
  return news;
}

std::uint32_t TcpConnection::unacknowledged_bytes() const {
  std::uint32_t bytes = snd_nxt_ - snd_una_;
  if (snd_una_ == iss_) --bytes;
  if (has(kFinSent) && snd_una_ != snd_nxt_) --bytes;
  return bytes;
}

void TcpConnection::enter(TcpEvent event, TcpState to, TcpNews& news) {
  DEMUXSIM_CHECK(is_transition(state_, event, to));
  state_ = to;
  news.states[++news.changes] = to;
}

void TcpConnection::end(TcpEvent event, TcpState to, Errno failure, TcpNews& news) {
  enter(event, to, news);
  news.closed = true;
  news.failure = failure;
  deadline_ = kNever;
  unsent_bytes_ = 0;
  marks_.clear();
  settle(static_cast<unsigned>(~kDueReset));
  reassembly_.reset();
}

void TcpConnection::learn_peer(const Segment& syn, const TcpConfig& config) {
  irs_ = syn.seq;
  rcv_nxt_ = syn.seq + 1;
  snd_wnd_ = syn.window;
  snd_wl1_ = syn.seq;
  snd_wl2_ = syn.ack;
  const std::uint16_t peer_mss = syn.mss != 0 ? syn.mss : default_mss(family());
  send_mss_ = std::min(own_mss(config, family()), peer_mss);
}

void TcpConnection::owe_reset(SequenceNumber seq) {
  reset_seq_ = seq;
  owe(kDueReset);
}

void TcpConnection::hold(const Text& text) {
  if (!reassembly_) reassembly_ = std::make_unique<Reassembly>();
  reassembly_->add(text);
}

}  // namespace demuxsim
