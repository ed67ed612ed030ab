#include "demuxsim/tcp/connection.hpp"

#include <algorithm>

#include "demuxsim/core/check.hpp"
#include "demuxsim/tcp/mss.hpp"

namespace demuxsim {

TcpConnection::TcpConnection(SequenceNumber iss, const TcpConfig& config, Family family)
    : iss_(iss),
      snd_una_(iss),
      snd_nxt_(iss + 1),
      small_end_(iss),
      buffer_(config.window),
      recover_(iss),
      lost_until_(iss),
      resent_until_(iss),
      rto_(config) {
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
  connection.set(kPassive);  // MUST-11
  connection.state_ = TcpState::listen;
  connection.learn_peer(syn, config);
  TcpNews news;
  connection.enter(TcpEvent::receive_syn, TcpState::syn_received, news);
  connection.hold_text_of_syn(syn);
  return connection;
}

void TcpConnection::settings_changed(SimTime now, const TcpConfig& config) {
  buffer_ = std::max(buffer_, config.window);
  idle_at_ = kNever;
  note_heard(now, config);
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

void TcpConnection::leave(SimTime now, const TcpConfig& config) {
  if (state_ == TcpState::closed) return;
  set(kOrphan);
  idle_at_ = kNever;
  note_heard(now, config);
}

void TcpConnection::abort() { end_with_reset(ResetKind::as_set); }

void TcpConnection::refuse_text() { end_with_reset(ResetKind::bare); }

void TcpConnection::end_with_reset(ResetKind kind) {
  switch (state_) {
    case TcpState::closed:
    case TcpState::listen:
      return;
    case TcpState::syn_received:
    case TcpState::established:
    case TcpState::fin_wait_1:
    case TcpState::fin_wait_2:
    case TcpState::close_wait:
      owe_reset(snd_nxt_, kind);
      break;
    default:
      // Where text has come with a FIN its own state has moved on already.
      if (kind == ResetKind::bare) owe_reset(snd_nxt_, kind);
      break;
  }
  TcpNews news;
  end(TcpEvent::abort, TcpState::closed, Errno::ok, news);
}

void TcpConnection::read(std::uint32_t bytes) {
  DEMUXSIM_CHECK(bytes <= unread_);
  unread_ -= bytes;
  const SequenceNumber edge = rcv_edge_;
  offer_window();
  if (rcv_edge_ != edge && state_ >= TcpState::established) owe(kDueAck);
}

TcpNews TcpConnection::on_icmp(SimTime, const Segment& in, const TcpConfig& config) {
  TcpNews news{.states = {state_}};
  // RFC 5927 section 4.1: an error about what is not on its way is made up.
  const bool plausible = snd_una_ <= in.seq && in.seq < snd_nxt_;
  if (!plausible || state_ < TcpState::syn_sent || state_ == TcpState::time_wait) {
    news.dropped = true;
    return news;
  }
  const bool hard = in.icmp == IcmpError::protocol_unreachable ||
                    in.icmp == IcmpError::port_unreachable || in.icmp == IcmpError::prohibited;
  const Errno told = hard                                    ? Errno::econnrefused
                     : in.icmp == IcmpError::net_unreachable ? Errno::enetunreach
                                                             : Errno::ehostunreach;
  if (in.icmp == IcmpError::packet_too_big) {
    take_path_mtu(in);
  } else if (is_opening() ? hard || config.icmp == IcmpRule::any_handshake
                          : hard && config.icmp == IcmpRule::hard) {
    end(TcpEvent::hard_error, TcpState::closed, told, news);  // SHLD-26
  } else {
    soft_error_ = told;  // MUST-47, MUST-56, SHLD-25
  }
  return news;
}

/// The next link takes smaller packets only: what was too big goes again in pieces. RFC 1191, but
/// never below the least of section 3.
void TcpConnection::take_path_mtu(const Segment& in) {
  constexpr std::uint16_t kLeast = 68;
  const auto headers = static_cast<std::uint16_t>(has(kIpv6) ? 60 : 40);
  const std::uint16_t mtu = std::max(in.mss, kLeast);
  const auto fits = static_cast<std::uint16_t>(mtu - headers - (has(kTimestamps) ? 12 : 0));
  if (mtu <= headers + 12 || fits >= send_mss_ || is_opening()) return;
  send_mss_ = fits;
  owe(kDueResend);
}

TimeWait TcpConnection::time_wait() const {
  return {snd_nxt_,   rcv_nxt_,      rcv_wnd(),  ts_offset_,
          ts_recent_, challenge_at_, rcv_shift_, has(kTimestamps)};
}

std::uint32_t TcpConnection::unacknowledged_bytes() const {
  std::uint32_t bytes = snd_nxt_ - snd_una_;
  if (is_opening()) --bytes;  // The SYN.
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
  news.failure = failure;  // MUST-12
  resend_at_ = ack_at_ = idle_at_ = kNever;
  unsent_bytes_ = 0;
  marks_.clear();
  settle(static_cast<unsigned>(~kDueReset));
  clear(kRecovering);
  reassembly_.reset();
  board_.reset();
}

/// What the peer's SYN says: where it begins, what it takes, and which options both ends use.
void TcpConnection::learn_peer(const Segment& syn, const TcpConfig& config) {
  irs_ = syn.seq;
  rcv_nxt_ = ack_sent_ = syn.seq + 1;
  snd_wnd_ = most_snd_wnd_ = syn.window;
  snd_wl1_ = syn.seq;
  snd_wl2_ = syn.ack;
  const std::uint16_t peer_mss = syn.mss != 0 ? syn.mss : default_mss(family());  // MUST-14
  send_mss_ = std::min(own_mss(config, family()), peer_mss);                      // MUST-16
  if (config.timestamps && syn.has_option(Segment::kTimestamps)) {
    set(kTimestamps);
    ts_recent_ = syn.ts_value;
    if (send_mss_ > 12) send_mss_ = static_cast<std::uint16_t>(send_mss_ - 12);
  }
  if (config.sack && syn.has_option(Segment::kSackPermitted)) set(kSack);
  if (config.window_scaling && syn.has_option(Segment::kWindowScale)) {
    constexpr std::uint8_t kMostShift = 14;  // RFC 7323 section 2.3.
    set(kScaling);
    snd_shift_ = std::min(syn.window_shift, kMostShift);
    rcv_shift_ = config.window_shift;
  }
  if (config.window_in_segments) buffer_ = (buffer_ + send_mss_ - 1) / send_mss_ * send_mss_;
  rcv_edge_ = rcv_nxt_ + buffer_;
}

void TcpConnection::owe_reset(SequenceNumber seq, ResetKind kind) {
  reset_seq_ = seq;
  reset_kind_ = kind;
  owe(kDueReset);
}

void TcpConnection::hold(const Text& text) {
  if (!reassembly_) reassembly_ = std::make_unique<Reassembly>();
  reassembly_->add(text);
}

}  // namespace demuxsim
