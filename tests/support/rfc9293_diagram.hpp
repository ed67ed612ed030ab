// The changes of state of RFC 9293: the arrows of figure 5, its notes, and those that only the text
// of section 3.10 has. Drawn from the standard, to compare tcp/transitions.hpp with.
#pragma once

#include <algorithm>
#include <array>

#include "demuxsim/tcp/transitions.hpp"

namespace demuxsim::rfc9293 {

struct Arrow {
  TcpState from;
  TcpEvent event;
  TcpState to;

  friend constexpr bool operator==(Arrow, Arrow) = default;
};

inline constexpr auto kFigure5 = [] {
  using enum TcpState;
  using enum TcpEvent;
  return std::to_array<Arrow>({
      {closed, passive_open, listen},
      {closed, active_open, syn_sent},
      {listen, close, closed},
      {listen, receive_syn, syn_received},
      {syn_sent, close, closed},
      {syn_sent, receive_syn, syn_received},
      {syn_sent, receive_syn_ack, established},
      {syn_received, receive_rst, listen},  // Note 1.
      {syn_received, receive_ack_of_syn, established},
      {syn_received, close, fin_wait_1},
      {established, close, fin_wait_1},
      {established, receive_fin, close_wait},
      {fin_wait_1, receive_fin, closing},
      {fin_wait_1, receive_ack_of_fin, fin_wait_2},
      {fin_wait_2, receive_fin, time_wait},
      {close_wait, close, last_ack},
      {closing, receive_ack_of_fin, time_wait},
      {last_ack, receive_ack_of_fin, closed},
      {time_wait, time_wait_timeout, closed},
  });
}();

/// The arrow of figure 5 that is not taken: a CLOSE in SYN-RECEIVED waits for ESTABLISHED even
/// where no SEND waits with it, so that the FIN needs no place beside an unacknowledged SYN.
/// Section 3.10.4 has it wait only where there is something to send.
inline constexpr Arrow kNotTaken{TcpState::syn_received, TcpEvent::close, TcpState::fin_wait_1};

/// What the figure leaves out, by section: the ends by a call, a segment, an error or a time-out.
inline constexpr auto kText = [] {
  using enum TcpState;
  using enum TcpEvent;
  return std::to_array<Arrow>({
      // 3.10.5: ABORT ends whatever there is.
      {listen, abort, closed},
      {syn_sent, abort, closed},
      {syn_received, abort, closed},
      {established, abort, closed},
      {fin_wait_1, abort, closed},
      {fin_wait_2, abort, closed},
      {close_wait, abort, closed},
      {closing, abort, closed},
      {last_ack, abort, closed},
      {time_wait, abort, closed},
      // 3.10.7.3, second; 3.10.7.4, second and fourth, with and without RFC 5961; MAY-2 of 3.6.1.
      {syn_sent, receive_rst, closed},
      {syn_received, receive_rst, closed},
      {established, receive_rst, closed},
      {fin_wait_1, receive_rst, closed},
      {fin_wait_2, receive_rst, closed},
      {close_wait, receive_rst, closed},
      {closing, receive_rst, closed},
      {last_ack, receive_rst, closed},
      {time_wait, receive_rst, closed},
      {syn_received, receive_syn, listen},
      {time_wait, receive_syn, syn_received},
      {syn_received, receive_syn, closed},
      {established, receive_syn, closed},
      {fin_wait_1, receive_syn, closed},
      {fin_wait_2, receive_syn, closed},
      {close_wait, receive_syn, closed},
      {closing, receive_syn, closed},
      {last_ack, receive_syn, closed},
      // 3.9.2.2: a hard ICMP error.
      {syn_sent, hard_error, closed},
      {syn_received, hard_error, closed},
      {established, hard_error, closed},
      {fin_wait_1, hard_error, closed},
      {fin_wait_2, hard_error, closed},
      {close_wait, hard_error, closed},
      {closing, hard_error, closed},
      {last_ack, hard_error, closed},
      // 3.10.8: the user timeout.
      {syn_sent, user_timeout, closed},
      {syn_received, user_timeout, closed},
      {established, user_timeout, closed},
      {fin_wait_1, user_timeout, closed},
      {fin_wait_2, user_timeout, closed},
      {close_wait, user_timeout, closed},
      {closing, user_timeout, closed},
      {last_ack, user_timeout, closed},
  });
}();

constexpr bool is_drawn(Arrow arrow) {
  return std::find(kFigure5.begin(), kFigure5.end(), arrow) != kFigure5.end() ||
         std::find(kText.begin(), kText.end(), arrow) != kText.end();
}

/// Whether a segment may bring a connection from one state into the other.
constexpr bool is_drawn(TcpState from, TcpState to) {
  for (auto event = TcpEvent::receive_syn; event <= TcpEvent::receive_rst;
       event = static_cast<TcpEvent>(static_cast<int>(event) + 1)) {
    if (is_drawn({from, event, to})) return true;
  }
  return false;
}

}  // namespace demuxsim::rfc9293
