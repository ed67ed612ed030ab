// One TCP connection as a pure value (RFC 9293): what it does on one segment, call or deadline.
// It knows no addresses, no demultiplexer and no host, and it does no I/O: after each event its
// owner asks for the segments that are due until there are none.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "demuxsim/core/errno.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/net/segment.hpp"
#include "demuxsim/tcp/config.hpp"
#include "demuxsim/tcp/push_marks.hpp"
#include "demuxsim/tcp/reassembly.hpp"
#include "demuxsim/tcp/receive_window.hpp"
#include "demuxsim/tcp/rto.hpp"
#include "demuxsim/tcp/state.hpp"
#include "demuxsim/tcp/time_wait.hpp"
#include "demuxsim/tcp/transitions.hpp"

namespace demuxsim {

/// What an event has changed. The states come in order: one segment may take a connection through
/// several (SYN-RECEIVED, ESTABLISHED, CLOSE-WAIT).
struct TcpNews {
  std::array<TcpState, 4> states{};  ///< Before the event, then each state entered.
  std::uint8_t changes = 0;          ///< How many states were entered.

  Errno failure = Errno::ok;     ///< econnrefused, econnreset or etimedout; with `closed`.
  bool connected = false;        ///< The handshake is done, at either end.
  bool peer_finished = false;    ///< The peer's FIN has come, and all that stands before it.
  bool time_wait = false;        ///< TIME-WAIT begins; its timer belongs to the owner.
  bool closed = false;           ///< Over: CLOSED, or back to LISTEN (see return_to_listen).
  bool dropped = false;          ///< The segment counted for nothing; an answer may still be due.
  bool stream_mismatch = false;  ///< Text of another stream than the one that came first.

  std::uint32_t delivered_bytes = 0;   ///< Text now in order, each byte once.
  Stream delivered_stream{};           ///< Of that text.
  std::uint32_t delivered_sends = 0;   ///< How many SENDs of the peer end in that text.
  std::uint64_t delivered_offset = 0;  ///< Of its first byte in the peer's stream, from 0.

  TcpState before() const { return states[0]; }
};

class TcpConnection {
 public:
  /// An active open: SYN-SENT, with a SYN due. RFC 9293 section 3.10.1.
  static TcpConnection open(SequenceNumber iss, const TcpConfig& config, Family family);
  /// A passive open, for a SYN that a listener admitted: SYN-RECEIVED, with a SYN,ACK due. Text
  /// and FIN on the SYN wait until the connection is established. RFC 9293 section 3.10.7.2.
  static TcpConnection open_from_syn(const Segment& syn, SequenceNumber iss,
                                     const TcpConfig& config);

  /// Takes a segment that was sent to this connection. RFC 9293 sections 3.10.7.3 and 3.10.7.4.
  TcpNews on_segment(SimTime now, const Segment& in, const TcpConfig& config);
  /// Does what is due at deadline(); nothing when called earlier. RFC 9293 section 3.10.8.
  TcpNews on_deadline(SimTime now, const TcpConfig& config);

  /// Queues `bytes` of its stream; before the connection is established they wait.
  /// Errors: epipe once it is closed for sending, enotconn in CLOSED. RFC 9293 section 3.10.2.
  Errno send(std::uint64_t bytes);
  /// Ends its stream: a FIN goes out after all that is queued. The state changes at once, except
  /// that SYN-RECEIVED waits for ESTABLISHED. In SYN-SENT the connection is CLOSED at once. A
  /// second call does nothing. Errors: enotconn in CLOSED. RFC 9293 section 3.10.4.
  Errno shutdown_write();
  /// CLOSED at once, with a RST due if the peer may know of the connection and has not heard all
  /// of it. RFC 9293 section 3.10.5.
  void abort();

  /// Fills `out` with the next segment that is due: seq, ack, flags, window, mss, payload_bytes and
  /// stream; addresses, ports, id and hop limit are the caller's and stay as they are. False when
  /// none is due; call it after each event until then, also after `closed`: a RST may be due.
  bool next_segment(SimTime now, const TcpConfig& config, Segment& out) {
    return (due_ != 0 || has_unsent()) && emit(now, config, out);
  }

  /// When on_deadline is due: a retransmission or a window probe; kNever if nothing is.
  SimTime deadline() const { return deadline_; }

  /// Names the bytes it sends. Call before anything is sent.
  void set_stream(Stream stream) { stream_ = stream; }
  Stream stream() const { return stream_; }

  TcpState state() const { return state_; }
  /// MUST-11: whether it began with open_from_syn.
  bool is_passive() const { return has(kPassive); }
  SequenceNumber iss() const { return iss_; }
  SequenceNumber irs() const { return irs_; }
  SequenceNumber snd_una() const { return snd_una_; }
  SequenceNumber snd_nxt() const { return snd_nxt_; }
  std::uint32_t snd_wnd() const { return snd_wnd_; }
  SequenceNumber rcv_nxt() const { return rcv_nxt_; }
  /// Eff.snd.MSS of RFC 9293 section 3.7.1: payload bytes in a segment at most.
  std::uint16_t send_mss() const { return send_mss_; }
  const RetransmissionTimeout& rto() const { return rto_; }
  /// Payload bytes sent and not yet acknowledged.
  std::uint32_t unacknowledged_bytes() const;
  /// Payload bytes queued and not yet sent.
  std::uint64_t unsent_bytes() const { return unsent_bytes_; }
  /// Payload bytes delivered in order.
  std::uint64_t received_bytes() const { return received_bytes_; }
  /// Whether text or a FIN has come ahead of its turn and waits.
  bool has_gap() const { return reassembly_ != nullptr; }
  /// What stays of it in TIME-WAIT.
  TimeWait time_wait() const { return {snd_nxt_, rcv_nxt_}; }

 private:
  /// What next_segment owes.
  enum Due : std::uint8_t {
    kDueReset = 1,
    kDueSyn = 2,
    kDueResend = 4,  ///< The segment at SND.UNA.
    kDueProbe = 8,   ///< One byte beyond a closed window.
    kDueAck = 16,
  };
  enum Flag : std::uint8_t {
    kPassive = 1,
    kIpv6 = 2,
    kFinQueued = 4,
    kFinSent = 8,
    kTiming = 16,      ///< A round trip is being measured: timed_at_, timed_end_.
    kRecovering = 32,  ///< After a time-out, until all that was outstanding then is acknowledged.
    kHeard = 64,       ///< peer_stream_ is known.
  };

  TcpConnection(SequenceNumber iss, const TcpConfig& config, Family family);

  bool has(Flag flag) const { return (flags_ & flag) != 0; }
  void set(Flag flag) { flags_ = static_cast<std::uint8_t>(flags_ | flag); }
  void clear(Flag flag) { flags_ = static_cast<std::uint8_t>(flags_ & ~flag); }
  bool owes(Due due) const { return (due_ & due) != 0; }
  void owe(Due due) { due_ = static_cast<std::uint8_t>(due_ | due); }
  void settle(unsigned due) { due_ = static_cast<std::uint8_t>(due_ & ~due); }
  bool has_unsent() const {
    return unsent_bytes_ != 0 || (flags_ & (kFinQueued | kFinSent)) == kFinQueued;
  }
  Family family() const { return has(kIpv6) ? Family::ipv6 : Family::ipv4; }
  /// SND.NXT and SND.UNA as positions of marks_.
  std::uint64_t next_position() const { return marks_.last() - unsent_bytes_; }
  std::uint64_t first_position() const { return next_position() - unacknowledged_bytes(); }
  bool fin_acknowledged() const { return has(kFinSent) && snd_una_ == snd_nxt_; }
  /// RCV.WND is what the owner is set to: its process takes all that is delivered at once.
  ReceiveWindow receive_window(const TcpConfig& config) const { return {rcv_nxt_, config.window}; }

  /// Whether `in` is the peer's SYN once more, before the handshake is done.
  bool is_syn_again(const Segment& in) const {
    return state_ == TcpState::syn_received && in.has(flag::kSyn) && in.seq == irs_;
  }

  // connection.cpp
  void enter(TcpEvent event, TcpState to, TcpNews& news);
  void end(TcpEvent event, TcpState to, Errno failure, TcpNews& news);
  void learn_peer(const Segment& syn, const TcpConfig& config);
  void owe_reset(SequenceNumber seq);
  void hold(const Text& text);

  // connection_arrival.cpp
  void arrive_in_syn_sent(SimTime now, const Segment& in, const TcpConfig& config, TcpNews& news);
  void arrive_otherwise(SimTime now, const Segment& in, const TcpConfig& config, TcpNews& news);
  bool check_sequence(const Segment& in, const TcpConfig& config, TcpNews& news);
  bool check_reset(const Segment& in, const TcpConfig& config, TcpNews& news);
  bool check_syn(const Segment& in, TcpNews& news);
  bool check_ack(SimTime now, const Segment& in, const TcpConfig& config, TcpNews& news);
  bool close_own_side(TcpNews& news);
  void take_rest(const Segment& in, const TcpConfig& config, TcpNews& news);
  void take_text(const Text& text, TcpNews& news);
  void check_fin(const Text& text, TcpNews& news);
  void establish(SimTime now, const Segment& in, TcpEvent event, const TcpConfig& config,
                 TcpNews& news);
  void acknowledge(SimTime now, SequenceNumber ack, const TcpConfig& config);
  void update_send_window(const Segment& in);
  void leave_closed_window(std::uint32_t window);
  void deliver(const Text& text, TcpNews& news);
  void hold_text_of_syn(const Segment& syn, const TcpConfig& config);
  void start_time_wait(TcpEvent event, TcpNews& news);

  // connection_output.cpp
  bool emit(SimTime now, const TcpConfig& config, Segment& out);
  void begin_segment(SequenceNumber seq, const TcpConfig& config, Segment& out) const;
  void emit_reset(const TcpConfig& config, Segment& out);
  void emit_syn(SimTime now, const TcpConfig& config, Segment& out);
  std::uint32_t take_piece(std::uint64_t position, std::uint32_t most, Segment& out) const;
  bool emit_again(SimTime now, const TcpConfig& config, Segment& out);
  bool emit_new(SimTime now, const TcpConfig& config, Segment& out);
  void start_timer(SimTime now);
  void measure_until(SequenceNumber end, SimTime now);

  SimTime deadline_ = kNever;
  SimTime timed_at_;
  std::uint64_t unsent_bytes_ = 0;
  std::uint64_t received_bytes_ = 0;
  PushMarks marks_;                         ///< Of what is queued or not yet acknowledged.
  std::unique_ptr<Reassembly> reassembly_;  ///< Only while there is a gap.

  SequenceNumber iss_;
  SequenceNumber irs_;
  SequenceNumber snd_una_;
  SequenceNumber snd_nxt_;
  SequenceNumber snd_wl1_;
  SequenceNumber snd_wl2_;
  SequenceNumber rcv_nxt_;
  std::uint32_t snd_wnd_ = 0;

  SequenceNumber timed_end_;  ///< Its acknowledgement ends the measurement.
  SequenceNumber recover_;    ///< SND.NXT at the last time-out.
  SequenceNumber reset_seq_;  ///< Of the RST that is due.
  Stream stream_;             ///< Own.
  Stream peer_stream_;        ///< Of the first text that was delivered.
  RetransmissionTimeout rto_;
  std::uint16_t send_mss_ = 0;
  TcpState state_ = TcpState::closed;
  std::uint8_t flags_ = 0;
  std::uint8_t due_ = 0;
  std::uint16_t retries_ = 0;  ///< Retransmissions since the peer last acknowledged something.
};

static_assert(sizeof(TcpConnection) <= 128);

}  // namespace demuxsim
