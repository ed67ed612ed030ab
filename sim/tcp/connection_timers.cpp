// What time does to a connection: RFC 9293 sections 3.8.1 to 3.8.6 and 3.10.8, RFC 6298 section 5.
#include <algorithm>

#include "demuxsim/tcp/connection.hpp"

namespace demuxsim {

TcpNews TcpConnection::on_deadline(SimTime now, const TcpConfig& config) {
  TcpNews news{.states = {state_}};
  if (now >= ack_at_) {
    ack_at_ = kNever;
    clear(kAnswers);  // Its process is not that quick after all.
    owe(kDueAck);
  }
  if (now >= resend_at_) on_resend_timer(now, config, news);
  if (!news.closed && now >= idle_at_) on_idle_timer(now, config, news);
  return news;
}

/// RFC 6298 (5.1); not beyond the user time-out, where there is one.
void TcpConnection::start_resend_timer(SimTime now, const TcpConfig& config) {
  resend_at_ = later(now, rto_.value());
  if (config.user_timeout == Duration{0} || in_flight() == 0) return;
  resend_at_ = std::min(
      resend_at_, std::max(later(progress_at_, config.user_timeout), later(now, Duration{1})));
}

void TcpConnection::on_resend_timer(SimTime now, const TcpConfig& config, TcpNews& news) {
  const std::uint32_t limit = !is_opening()                      ? config.data_retries
                              : state_ == TcpState::syn_received ? config.synack_retries
                                                                 : config.syn_retries;  // MUST-22
  const bool out_of_time = config.user_timeout != Duration{0} && in_flight() != 0 &&
                           now >= later(progress_at_, config.user_timeout);  // MUST-21
  const bool enough = retries_ >= std::min<std::uint32_t>(limit, 0xffff);    // MUST-20, SHLD-11
  if (enough || out_of_time) return give_up(news);
  ++retries_;
  rto_.back_off(config);  // MUST-19, SHLD-30
  if (is_opening()) {
    owe(kDueSyn);  // MUST-22
  } else if (in_flight() == 0) {
    owe(kDueProbe);  // MUST-36
  } else if (snd_wnd_ == 0) {
    // The peer has no room for it; that is no loss (RFC 9293 section 3.8.6.1).
    resend_first();  // MUST-35
  } else {
    recover_from_timeout(config);  // SHLD-16, MAY-7
  }
  start_resend_timer(now, config);
}

/// R2 of RFC 9293 section 3.8.3 is reached (MUST-20). A soft error that came in the meantime tells
/// more than the time-out itself.
void TcpConnection::give_up(TcpNews& news) {
  const Errno reason = soft_error_ != Errno::ok ? soft_error_ : Errno::etimedout;
  end(TcpEvent::user_timeout, TcpState::closed, reason, news);
}

/// A word of the peer, or the begin of a wait for one.
void TcpConnection::note_heard(SimTime now, const TcpConfig& config) {
  probes_ = 0;
  if (state_ == TcpState::fin_wait_2 && has(kOrphan) && config.fin_wait_2_timeout != Duration{0}) {
    // Only the wait's begin counts: text that nobody will read does not make it longer.
    if (idle_at_ == kNever) idle_at_ = later(now, config.fin_wait_2_timeout);
  } else if (config.keepalive_idle != Duration{0} && state_ >= TcpState::established) {
    idle_at_ = later(now, config.keepalive_idle);  // MUST-24, MUST-25, MUST-26, MUST-27
  }
}

/// A closed socket's peer does not come to an end, or an idle connection's peer is asked whether it
/// is still there: RFC 9293 section 3.8.4.
void TcpConnection::on_idle_timer(SimTime now, const TcpConfig& config, TcpNews& news) {
  if (state_ == TcpState::fin_wait_2 && has(kOrphan) && config.fin_wait_2_timeout != Duration{0}) {
    return end(TcpEvent::user_timeout, TcpState::closed, Errno::ok, news);
  }
  if (in_flight() != 0 || unsent_bytes_ != 0) {    // MUST-26
    idle_at_ = later(now, config.keepalive_idle);  // The other timers are at it.
    return;
  }
  if (probes_ >= config.keepalive_probes) {  // MUST-29
    owe_reset(snd_nxt_);
    return give_up(news);
  }
  ++probes_;
  owe(kDueKeepalive);
  idle_at_ = later(now, config.keepalive_interval);
}

}  // namespace demuxsim
