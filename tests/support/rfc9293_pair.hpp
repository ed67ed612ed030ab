// A connection of ours and the reference, side by side: both are brought into a state by the same
// calls and segments, both get the next segment, and what they make of it is compared.
#pragma once

#include <algorithm>
#include <span>
#include <string>

#include "support/rfc9293_diagram.hpp"
#include "support/rfc9293_segments.hpp"

namespace demuxsim::rfc9293 {

/// The eleven states; SYN-RECEIVED is two, for it remembers where it came from.
enum class Start : std::uint8_t {
  closed,
  listen,
  syn_sent,
  passive_syn_received,
  active_syn_received,
  established,
  fin_wait_1,
  fin_wait_2,
  close_wait,
  closing,
  last_ack,
  time_wait,
};
inline constexpr int kStarts = 12;

/// A wrong answer on purpose: what the reference says of a segment, changed.
using Fault = void (*)(const Connection& before, const Segment& in, Connection& after,
                       Answer& answer);

class Pair {
 public:
  explicit Pair(Start start, Fault fault = nullptr) : fault_(fault) {
    reference_.rcv_nxt = {5000};
    reference_.snd_una = reference_.snd_nxt = {1000};
    bring_to(start);
    peer_.outbox.clear();
  }

  const Connection& reference() const { return reference_; }

  /// Empty if both make the same of it, else what they do not agree on.
  std::string receive(const Segment& in) {
    if (!broken_.empty()) return broken_;
    now_ += std::chrono::milliseconds{1};
    const Connection before = reference_;
    const SequenceNumber next_iss{iss_.front()};
    Answer answer = reference_.segment_arrives(in, next_iss, now_);
    if (fault_ != nullptr) fault_(before, in, reference_, answer);
    if (reference_.iss == next_iss) iss_.pop_front();
    peer_.news = {};
    peer_.outbox.clear();
    peer_.advance(now_);
    peer_.receive(in);
    // A passive OPEN is for one connection; here the listener outlives it.
    if (reference_.state == TcpState::closed) peer_.stop_listening();
    if (!agrees(answer) || !moves_as_drawn(before.state)) return difference(answer);
    return {};
  }

 private:
  void bring_to(Start start) {
    using enum Start;
    if (start == closed) return;
    peer_.listen(iss_);
    if (start == listen || start == passive_syn_received) {
      reference_.passive_open();
    } else {
      peer_.connect(999);
      reference_.active_open({999});
    }
    if (start == passive_syn_received || start == active_syn_received) feed(flag::kSyn, 4999);
    if (start <= active_syn_received) return;
    feed(flag::kSyn | flag::kAck, 4999);
    send_and_close(start);
  }
  void send_and_close(Start start) {
    using enum Start;
    peer_.send(8);
    reference_.send(8);
    const bool peer_closes_first = start == close_wait || start == last_ack;
    if (peer_closes_first) feed(flag::kFin | flag::kAck, 5000);
    if (start == established || start == close_wait) return;
    peer_.close();
    reference_.close();
    if (start == closing) feed(flag::kFin | flag::kAck, 5000, 1000);
    if (start == fin_wait_2 || start == time_wait) feed(flag::kAck, 5000);
    if (start == time_wait) feed(flag::kFin | flag::kAck, 5000);
  }
  /// A segment on the way to the state that is wanted; it acknowledges all unless told otherwise.
  void feed(std::uint8_t flags, std::uint32_t seq, std::uint32_t ack = 0) {
    Segment in = segment_of({flags, 0, Ack::none}, reference_);
    in.seq = {seq};
    if (in.has(flag::kAck)) in.ack = ack == 0 ? reference_.snd_nxt : SequenceNumber{ack};
    if (start_of_close_wait(in)) in.ack = reference_.snd_una;
    broken_ = receive(in);
  }
  /// The peer's FIN leaves outstanding what we have sent, so that there is something to
  /// acknowledge.
  bool start_of_close_wait(const Segment& in) const {
    return in.has(flag::kFin) && reference_.state == TcpState::established;
  }

  bool agrees(const Answer& answer) const {
    return peer_.state() == reference_.state && replies_agree(answer) && variables_agree() &&
           peer_.news.connected == answer.connected && peer_.news.failure == failure_of(answer) &&
           peer_.news.peer_finished == answer.closing && peer_.news.delivered_bytes == answer.text;
  }
  bool replies_agree(const Answer& answer) const {
    if (peer_.outbox.size() != (answer.reply ? 1u : 0u)) return false;
    if (!answer.reply) return true;
    const Segment& out = peer_.outbox.front();
    return Reply{out.seq, out.ack, out.flags, out.window} == *answer.reply &&
           out.payload_bytes == 0;
  }
  bool variables_agree() const {
    if (const TcpConnection* ours = peer_.connection()) {
      return ours->snd_una() == reference_.snd_una && ours->snd_nxt() == reference_.snd_nxt &&
             (ours->state() < TcpState::syn_received || ours->rcv_nxt() == reference_.rcv_nxt) &&
             (ours->state() < TcpState::established || ours->snd_wnd() == reference_.snd_wnd);
    }
    if (!peer_.waiting()) return true;
    return peer_.waiting()->snd_nxt == reference_.snd_nxt &&
           peer_.waiting()->rcv_nxt == reference_.rcv_nxt &&
           peer_.next_deadline() == reference_.time_wait_ends;
  }
  /// The standard says "connection reset" in SYN-SENT; connect() calls that ECONNREFUSED.
  Errno failure_of(const Answer& answer) const {
    if (answer.refused) return Errno::econnrefused;
    if (!answer.reset) return Errno::ok;
    return reference_.irs == SequenceNumber{} ? Errno::econnrefused : Errno::econnreset;
  }
  /// Each change of ours is an arrow of the diagram.
  bool moves_as_drawn(TcpState before) const {
    const TcpNews& news = peer_.news;
    if (news.changes == 0) {  // Stateless functions do not tell their steps.
      return peer_.state() == before || is_drawn(before, peer_.state());
    }
    for (std::size_t i = 0; i < news.changes; ++i) {
      if (!is_drawn(news.states[i], news.states[i + 1])) return false;
    }
    return news.before() == before && news.states[news.changes] == reference_.state;
  }

  std::string difference(const Answer& answer) const {
    std::string text;
    append_format(text, "\n  expected: {}", name_of(reference_.state));
    append_format(text, ", SND.UNA={}, SND.NXT={}, SND.WND={}, RCV.NXT={}",
                  reference_.snd_una.value, reference_.snd_nxt.value, reference_.snd_wnd,
                  reference_.rcv_nxt.value);
    append_format(text, ", text {}, connected {}, closing {}, error {}", answer.text,
                  answer.connected, answer.closing, name_of(failure_of(answer)));
    if (answer.reply) {
      Segment reply;
      reply.seq = answer.reply->seq;
      reply.ack = answer.reply->ack;
      reply.flags = answer.reply->flags;
      text += ", sends " + test::text_of(reply);
    }
    append_format(text, "\n  ours:     {}", name_of(peer_.state()));
    if (const TcpConnection* ours = peer_.connection()) {
      append_format(text, ", SND.UNA={}, SND.NXT={}, SND.WND={}, RCV.NXT={}", ours->snd_una().value,
                    ours->snd_nxt().value, ours->snd_wnd(), ours->rcv_nxt().value);
    }
    append_format(text, ", text {}, connected {}, closing {}, error {}", peer_.news.delivered_bytes,
                  peer_.news.connected, peer_.news.peer_finished, name_of(peer_.news.failure));
    for (const Segment& out : peer_.outbox) text += ", sends " + test::text_of(out);
    return text;
  }

  static TcpConfig config() {
    TcpConfig config;
    config.window = Connection::kRcvBuff;
    config.msl = Connection::kTwoMsl / 2;
    return config;
  }

  Fault fault_;
  std::string broken_;  ///< What they did not agree on before the start was reached.
  std::deque<std::uint32_t> iss_{9000, 19'000, 29'000, 39'000, 49'000, 59'000};
  test::Peer peer_{test::TwoPeers::kA, test::TwoPeers::kB, config()};
  Connection reference_;
  SimTime now_ = kStart;
};

}  // namespace demuxsim::rfc9293
