// RFC 9293 section 3.10 as one connection, written down from the text of the standard and from
// nothing else, in its order and with its names: what the TCP of this project is compared with. It
// never sends twice, measures nothing and knows no options; time matters to TIME-WAIT alone.
//
// Where the standard leaves a choice, or says two things, this is taken:
//  1. RFC 5961 for RST and SYN in synchronized states (second and fourth check), and for old
//     acknowledgements (fifth check, MAY-12).
//  2. MAY-2: TIME-WAIT gives way to a lone SYN beyond all that was received.
//  3. MAY-13: text ahead of its turn is acknowledged at once, and held (SHLD-31).
//  4. The peer's SYN once more in SYN-RECEIVED fails the first check, yet figure 7 establishes a
//     connection by it (see also appendix A.2): with an ACK it goes on at the fifth check, alone it
//     is answered with the SYN,ACK, which tells the peer what a plain ACK would.
//  5. The peer's FIN once more in TIME-WAIT fails the first check, yet the fifth and the eighth
//     want the 2 MSL to begin anew: they do.
//  6. Text or FIN beyond the peer's FIN is ignored; it is answered with an ACK all the same.
//  7. LAST-ACK begins with the processing for ESTABLISHED, as CLOSING does, or a part of what is
//     outstanding could never be acknowledged.
//  8. The right edge of the window moves as section 3.8.6.2.2 suggests, with Fr = 1/2; a FIN takes
//     no room.
//  9. Of several FINs that contradict each other, the first that had to wait stays, unless text
//     passes it by.
// 10. An ACK without text at the right edge of the window is heard, as at that of a closed one: who
//     has filled the window has no other number to send it with.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>

#include "demuxsim/core/time.hpp"
#include "demuxsim/net/segment.hpp"
#include "demuxsim/tcp/state.hpp"

namespace demuxsim::rfc9293 {

struct Reply {
  SequenceNumber seq;
  SequenceNumber ack;
  std::uint8_t flags = 0;
  std::uint32_t window = 0;

  friend constexpr bool operator==(Reply, Reply) = default;
};

/// What a segment brings about beside the change of variables.
struct Answer {
  std::optional<Reply> reply;
  // Told to the user.
  bool connected = false;
  bool refused = false;
  bool reset = false;
  bool closing = false;    ///< "connection closing": the peer's FIN.
  std::uint32_t text = 0;  ///< Octets put into RECEIVE buffers.
};

struct Connection {
  static constexpr std::uint32_t kRcvBuff = 16;  ///< Less than an MSS, and at most 63.
  static constexpr Duration kTwoMsl = std::chrono::seconds{240};

  TcpState state = TcpState::closed;
  bool passive = false;
  SequenceNumber iss, irs;
  SequenceNumber snd_una, snd_nxt, snd_wl1, snd_wl2;
  std::uint32_t snd_wnd = 0, max_snd_wnd = 0;
  SequenceNumber rcv_nxt;
  std::uint32_t rcv_wnd = kRcvBuff;
  bool fin_sent = false;
  std::uint64_t held = 0;  ///< Bit i: the octet at RCV.NXT + i waits.
  std::optional<SequenceNumber> held_fin;
  SimTime time_wait_ends;

  // Sections 3.10.1, 3.10.2 and 3.10.4, as far as they are needed to reach each state.
  void passive_open() { state = TcpState::listen; }
  void active_open(SequenceNumber chosen_iss) {
    select_iss(chosen_iss);
    state = TcpState::syn_sent;
  }
  void send(std::uint32_t octets) { snd_nxt = snd_nxt + octets; }
  void close() {
    state = state == TcpState::close_wait ? TcpState::last_ack : TcpState::fin_wait_1;
    fin_sent = true;
    snd_nxt = snd_nxt + 1;
  }

  /// Section 3.10.7. `next_iss` is what a new connection would take.
  Answer segment_arrives(const Segment& seg, SequenceNumber next_iss, SimTime now) {
    Answer answer;
    if (state == TcpState::closed) {
      arrives_in_closed(seg, answer);
    } else if (state == TcpState::listen) {
      arrives_in_listen(seg, next_iss, answer);
    } else if (state == TcpState::syn_sent) {
      arrives_in_syn_sent(seg, now, answer);
    } else {
      arrives_in_other_states(seg, next_iss, now, answer);
    }
    if (kRcvBuff - rcv_wnd >= kRcvBuff / 2) rcv_wnd = kRcvBuff;
    if (answer.reply && (answer.reply->flags & flag::kRst) == 0) answer.reply->window = rcv_wnd;
    return answer;
  }

 private:
  static void reset(const Segment& seg, Answer& answer) {
    if (seg.has(flag::kAck)) {
      answer.reply = Reply{seg.ack, {}, flag::kRst, 0};
    } else {
      answer.reply = Reply{{}, seg.seq + seg.length(), flag::kRst | flag::kAck, 0};
    }
  }
  void acknowledge(Answer& answer) const { answer.reply = Reply{snd_nxt, rcv_nxt, flag::kAck, 0}; }
  void send_syn_ack(Answer& answer) const {
    answer.reply = Reply{iss, rcv_nxt, flag::kSyn | flag::kAck, 0};
  }
  void select_iss(SequenceNumber chosen) {
    iss = snd_una = chosen;
    snd_nxt = chosen + 1;
  }
  void learn_irs(const Segment& seg) {
    irs = seg.seq;
    rcv_nxt = seg.seq + 1;
  }
  void set_window(const Segment& seg) {
    snd_wnd = seg.window;
    max_snd_wnd = std::max(max_snd_wnd, snd_wnd);
    snd_wl1 = seg.seq;
    snd_wl2 = seg.ack;
  }
  bool in_window(SequenceNumber number) const {
    return rcv_nxt <= number && number < rcv_nxt + rcv_wnd;
  }
  bool acknowledges_our_fin() const { return fin_sent && snd_una == snd_nxt; }

  // Section 3.10.7.1.
  static void arrives_in_closed(const Segment& seg, Answer& answer) {
    if (!seg.has(flag::kRst)) reset(seg, answer);
  }

  // Section 3.10.7.2.
  void arrives_in_listen(const Segment& seg, SequenceNumber next_iss, Answer& answer) {
    if (seg.has(flag::kRst)) return;
    if (seg.has(flag::kAck)) return reset(seg, answer);
    if (!seg.has(flag::kSyn)) return;
    *this = {};
    passive = true;
    learn_irs(seg);
    select_iss(next_iss);
    state = TcpState::syn_received;
    send_syn_ack(answer);
    hold(seg);
  }

  // Section 3.10.7.3.
  void arrives_in_syn_sent(const Segment& seg, SimTime now, Answer& answer) {
    if (seg.has(flag::kAck) && (seg.ack <= iss || seg.ack > snd_nxt)) {
      if (!seg.has(flag::kRst)) reset(seg, answer);
      return;
    }
    if (seg.has(flag::kRst)) {
      if (!seg.has(flag::kAck)) return;
      answer.reset = true;
      state = TcpState::closed;
      return;
    }
    if (!seg.has(flag::kSyn)) return;
    learn_irs(seg);
    set_window(seg);
    if (seg.has(flag::kAck)) {
      snd_una = seg.ack;
      state = TcpState::established;
      answer.connected = true;
      text_and_fin(seg, now, answer);
      acknowledge(answer);
    } else {
      state = TcpState::syn_received;
      send_syn_ack(answer);
      hold(seg);
    }
  }

  // Section 3.10.7.4.
  void arrives_in_other_states(const Segment& seg, SequenceNumber next_iss, SimTime now,
                               Answer& answer) {
    const bool syn_again = state == TcpState::syn_received && seg.has(flag::kSyn) && seg.seq == irs;
    if (reopens(seg)) {
      passive_open();
      return arrives_in_listen(seg, next_iss, answer);
    }
    if (!is_acceptable(seg) && !syn_again) {  // First.
      if (seg.has(flag::kRst)) return;
      const bool fin_again = seg.has(flag::kFin) && seg.seq + seg.length() == rcv_nxt;
      if (state == TcpState::time_wait && fin_again && !seg.has(flag::kSyn)) wait(now);
      return acknowledge(answer);
    }
    if (seg.has(flag::kRst)) return rst(seg, answer);                  // Second.
    if (seg.has(flag::kSyn) && !(syn_again && seg.has(flag::kAck))) {  // Fourth.
      return syn(syn_again, answer);
    }
    if (!seg.has(flag::kAck)) return;  // Fifth.
    if (!ack(seg, now, answer)) return;
    if (seg.payload_bytes > 0 || seg.has(flag::kFin)) acknowledge(answer);
    text_and_fin(seg, now, answer);  // Seventh and eighth.
  }

  bool reopens(const Segment& seg) const {
    return state == TcpState::time_wait && seg.has(flag::kSyn) &&
           !seg.has(flag::kAck | flag::kRst) && seg.seq > rcv_nxt;
  }

  /// Table 6; the window is never zero here.
  bool is_acceptable(const Segment& seg) const {
    const bool at_edge = seg.seq == rcv_nxt + rcv_wnd && state != TcpState::time_wait;
    const bool heard = at_edge && seg.has(flag::kAck) && !seg.has(flag::kRst);
    if (seg.length() == 0) return in_window(seg.seq) || heard;
    return in_window(seg.seq) || in_window(seg.seq + (seg.length() - 1));
  }

  void rst(const Segment& seg, Answer& answer) {
    if (!in_window(seg.seq)) return;
    if (seg.seq != rcv_nxt) return acknowledge(answer);
    switch (state) {
      case TcpState::syn_received:
        answer.refused = !passive;
        state = passive ? TcpState::listen : TcpState::closed;
        return;
      case TcpState::closing:
      case TcpState::last_ack:
      case TcpState::time_wait:
        break;
      default:
        answer.reset = true;
    }
    state = TcpState::closed;
  }

  void syn(bool again, Answer& answer) {
    if (again) return send_syn_ack(answer);
    if (state == TcpState::syn_received && passive) {
      state = TcpState::listen;
    } else {
      acknowledge(answer);
    }
  }

  /// False where the segment goes no further.
  bool ack(const Segment& seg, SimTime now, Answer& answer) {
    if (state == TcpState::time_wait) return true;
    if (state == TcpState::syn_received) {
      if (seg.ack <= snd_una || seg.ack > snd_nxt) {
        reset(seg, answer);
        return false;
      }
      state = TcpState::established;
      answer.connected = true;
      set_window(seg);
    }
    if (seg.ack > snd_nxt || seg.ack < snd_una - max_snd_wnd) {
      acknowledge(answer);
      return false;
    }
    if (snd_una <= seg.ack) {
      snd_una = seg.ack;
      if (snd_wl1 < seg.seq || (snd_wl1 == seg.seq && snd_wl2 <= seg.ack)) set_window(seg);
    }
    if (!acknowledges_our_fin()) return true;
    if (state == TcpState::fin_wait_1) {
      state = TcpState::fin_wait_2;
    } else if (state == TcpState::closing) {
      wait(now);
    } else if (state == TcpState::last_ack) {
      state = TcpState::closed;
    }
    return state != TcpState::closed;
  }

  void wait(SimTime now) {
    state = TcpState::time_wait;
    time_wait_ends = now + kTwoMsl;
  }

  bool receives() const {
    return state == TcpState::established || state == TcpState::fin_wait_1 ||
           state == TcpState::fin_wait_2;
  }

  /// Puts what lies in the window to what waits; a segment may begin before it.
  void hold(const Segment& seg) {
    const SequenceNumber text = seg.seq + (seg.has(flag::kSyn) ? 1 : 0);
    for (std::uint32_t i = 0; i < seg.payload_bytes; ++i) {
      if (in_window(text + i)) held |= std::uint64_t{1} << (text + i - rcv_nxt);
    }
    const SequenceNumber fin = text + seg.payload_bytes;
    if (seg.has(flag::kFin) && in_window(fin) && !held_fin) held_fin = fin;
  }

  void text_and_fin(const Segment& seg, SimTime now, Answer& answer) {
    if (!receives()) return;
    hold(seg);
    answer.text = static_cast<std::uint32_t>(std::countr_one(held));
    held >>= answer.text;
    rcv_nxt = rcv_nxt + answer.text;
    rcv_wnd -= answer.text;
    const bool own_fin = seg.has(flag::kFin) && seg.seq + (seg.length() - 1) == rcv_nxt;
    if (held_fin == rcv_nxt || (own_fin && rcv_wnd > 0)) fin(now, answer);
    if (held_fin && *held_fin < rcv_nxt) held_fin.reset();
    if (answer.text > 0 || answer.closing) acknowledge(answer);
    if (answer.reply) answer.reply->ack = rcv_nxt;
  }

  void fin(SimTime now, Answer& answer) {
    answer.closing = true;
    rcv_nxt = rcv_nxt + 1;
    held = 0;
    held_fin.reset();
    if (state == TcpState::established) {
      state = TcpState::close_wait;
    } else if (state == TcpState::fin_wait_1) {
      state = TcpState::closing;
    } else {
      wait(now);
    }
  }
};

}  // namespace demuxsim::rfc9293
