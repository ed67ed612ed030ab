// One TCP connection as a pure value (RFC 9293): what it does on one segment, call or deadline.
// It knows no addresses, no demultiplexer and no host, and it does no I/O: after each event its
// owner asks for the segments that are due until there are none.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include "demuxsim/core/errno.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/net/segment.hpp"
#include "demuxsim/tcp/config.hpp"
#include "demuxsim/tcp/congestion.hpp"
#include "demuxsim/tcp/push_marks.hpp"
#include "demuxsim/tcp/reassembly.hpp"
#include "demuxsim/tcp/receive_window.hpp"
#include "demuxsim/tcp/rto.hpp"
#include "demuxsim/tcp/scoreboard.hpp"
#include "demuxsim/tcp/state.hpp"
#include "demuxsim/tcp/time_wait.hpp"
#include "demuxsim/tcp/transitions.hpp"

namespace demuxsim {

/// What an event has changed. The states come in order: one segment may take a connection through
/// several (SYN-RECEIVED, ESTABLISHED, CLOSE-WAIT).
struct TcpNews {
  std::array<TcpState, 4> states{};  ///< Before the event, then each state entered.
  std::uint8_t changes = 0;          ///< How many states were entered.

  Errno failure = Errno::ok;     ///< Why it is over, for its owner; with `closed`.
  bool connected = false;        ///< The handshake is done, at either end.
  bool peer_finished = false;    ///< The peer's FIN has come, and all that stands before it.
  bool time_wait = false;        ///< TIME-WAIT begins; its timer belongs to the owner.
  bool closed = false;           ///< Over: CLOSED, or back to LISTEN.
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
  /// The SYN,ACK has gone already, as a cookie: none is due. Call right after open_from_syn.
  void skip_syn() { settle(kDueSyn); }

  /// Takes a segment that was sent to this connection. RFC 9293 sections 3.10.7.3 and 3.10.7.4.
  TcpNews on_segment(SimTime now, const Segment& in, const TcpConfig& config);
  /// Does what is due at deadline(); nothing when called earlier. RFC 9293 section 3.10.8.
  TcpNews on_deadline(SimTime now, const TcpConfig& config);
  /// An ICMP error quotes one of its segments, which begins at `in.seq`. RFC 9293 section 3.9.2.2.
  TcpNews on_icmp(SimTime now, const Segment& in, const TcpConfig& config);

  /// Queues `bytes` of its stream; before the connection is established they wait.
  /// Errors: epipe once it is closed for sending, enotconn in CLOSED. RFC 9293 section 3.10.2.
  Errno send(std::uint64_t bytes);
  /// Ends its stream: a FIN goes out after all that is queued. The state changes at once, except
  /// that SYN-RECEIVED waits for ESTABLISHED. In SYN-SENT the connection is CLOSED at once. A
  /// second call does nothing. Errors: enotconn in CLOSED. RFC 9293 section 3.10.4.
  Errno shutdown_write();
  /// Its process has closed the socket: nobody waits for the peer's FIN longer than the
  /// configuration allows. Call after shutdown_write.
  void leave(SimTime now, const TcpConfig& config);
  /// CLOSED at once, with a RST due if the peer may know of the connection and has not heard all
  /// of it. RFC 9293 section 3.10.5.
  void abort();
  /// The same where text has come that nobody will read: the RST answers it. RFC 9293 SHLD-3.
  void refuse_text();

  /// Its owner has set it to something else. A receive buffer only grows.
  void settings_changed(SimTime now, const TcpConfig& config);

  /// From now on text that arrives fills the receive window until read() takes it. Otherwise the
  /// process takes all at once.
  void keep_text() { set(kKeepsText); }
  /// Takes text that has come in order. Precondition: bytes <= unread_bytes().
  /// RFC 9293 section 3.10.3.
  void read(std::uint32_t bytes);
  std::uint32_t unread_bytes() const { return unread_; }

  /// Fills `out` with the next segment that is due: seq, ack, flags, window, options, payload_bytes
  /// and stream; addresses, ports, id and hop limit are the caller's and stay as they are. False
  /// when none is due; call it after each event until then, also after `closed`: a RST may be due.
  bool next_segment(SimTime now, const TcpConfig& config, Segment& out) {
    return has_due() && emit(now, config, out);
  }
  /// False where next_segment would be, too.
  bool has_due() const { return due_ != 0 || has_unsent() || has(kRecovering); }

  /// When on_deadline is due; kNever if nothing is.
  SimTime deadline() const { return std::min({resend_at_, ack_at_, idle_at_}); }

  /// Names the bytes it sends. Call before anything is sent.
  void set_stream(Stream stream) { stream_ = stream; }
  Stream stream() const { return stream_; }
  /// What its timestamps count from, so that they tell nothing of the host's clock. Call before
  /// anything is sent. RFC 7323 section 5.4.
  void set_timestamp_offset(std::uint32_t offset) { ts_offset_ = offset; }

  TcpState state() const { return state_; }
  /// MUST-11: whether it began with open_from_syn.
  bool is_passive() const { return has(kPassive); }
  SequenceNumber iss() const { return iss_; }
  SequenceNumber irs() const { return irs_; }
  SequenceNumber snd_una() const { return snd_una_; }
  SequenceNumber snd_nxt() const { return snd_nxt_; }
  std::uint32_t snd_wnd() const { return snd_wnd_; }
  SequenceNumber rcv_nxt() const { return rcv_nxt_; }
  /// RCV.WND: what the peer may send.
  std::uint32_t rcv_wnd() const { return rcv_edge_ - rcv_nxt_; }
  /// The receive buffer, bytes.
  std::uint32_t receive_buffer() const { return buffer_; }
  /// Eff.snd.MSS of RFC 9293 section 3.7.1: payload bytes in a segment at most.
  std::uint16_t send_mss() const { return send_mss_; }
  const RetransmissionTimeout& rto() const { return rto_; }
  const CongestionControl& congestion() const { return congestion_; }
  /// Payload bytes sent and not yet acknowledged.
  std::uint32_t unacknowledged_bytes() const;
  /// Payload bytes queued and not yet sent.
  std::uint64_t unsent_bytes() const { return unsent_bytes_; }
  /// Payload bytes delivered in order.
  std::uint64_t received_bytes() const { return received_bytes_; }
  /// Whether text or a FIN has come ahead of its turn and waits.
  bool has_gap() const { return reassembly_ != nullptr; }
  /// Whether lost segments are being sent again.
  bool is_recovering() const { return has(kRecovering); }
  /// What a soft ICMP error has told of the way to the peer; ok if nothing. RFC 9293 SHLD-25.
  Errno soft_error() const { return soft_error_; }
  /// What stays of it in TIME-WAIT.
  TimeWait time_wait() const;

 private:
  /// What next_segment owes.
  enum Due : std::uint8_t {
    kDueReset = 1,
    kDueSyn = 2,
    kDueResend = 4,  ///< What is lost, or the segment at SND.UNA: one, whatever the windows say.
    kDueProbe = 8,   ///< At least one byte, however small the window is.
    kDueAck = 16,
    kDueKeepalive = 32,
  };
  enum Flag : std::uint16_t {
    kPassive = 1,
    kIpv6 = 2,
    kFinQueued = 4,
    kFinSent = 8,
    kTiming = 16,      ///< A round trip is being measured: timed_at_, timed_end_.
    kRecovering = 32,  ///< Until all that was outstanding when a loss was noticed is acknowledged.
    kFast = 64,        ///< Duplicate acknowledgements told of that loss, not the timer.
    kHeard = 128,      ///< peer_stream_ is known.
    kTimestamps = 256,
    kSack = 512,
    kScaling = 1024,
    kKeepsText = 2048,
    kAnswers = 4096,  ///< Its process has answered what came: acknowledgements ride along.
    kOrphan = 8192,   ///< Its process has closed the socket.
  };

  /// Whether a RST carries an ACK.
  enum class ResetKind : std::uint8_t { as_set, bare, with_ack };

  TcpConnection(SequenceNumber iss, const TcpConfig& config, Family family);

  bool has(Flag flag) const { return (flags_ & flag) != 0; }
  void set(Flag flag) { flags_ = static_cast<std::uint16_t>(flags_ | flag); }
  void clear(unsigned flags) { flags_ = static_cast<std::uint16_t>(flags_ & ~flags); }
  bool owes(Due due) const { return (due_ & due) != 0; }
  void owe(Due due) { due_ = static_cast<std::uint8_t>(due_ | due); }
  void settle(unsigned due) { due_ = static_cast<std::uint8_t>(due_ & ~due); }
  bool has_unsent() const {
    return unsent_bytes_ != 0 || (flags_ & (kFinQueued | kFinSent)) == kFinQueued;
  }
  bool is_opening() const {
    return state_ == TcpState::syn_sent || state_ == TcpState::syn_received;
  }
  Family family() const { return has(kIpv6) ? Family::ipv6 : Family::ipv4; }
  /// SND.NXT and SND.UNA as positions of marks_.
  std::uint64_t next_position() const { return marks_.last() - unsent_bytes_; }
  std::uint64_t first_position() const { return next_position() - unacknowledged_bytes(); }
  std::uint32_t in_flight() const { return snd_nxt_ - snd_una_; }
  bool fin_acknowledged() const { return has(kFinSent) && snd_una_ == snd_nxt_; }
  ReceiveWindow receive_window() const { return {rcv_nxt_, rcv_edge_ - rcv_nxt_}; }
  std::uint32_t window_of(const Segment& in) const {
    return std::uint32_t{in.window} << (in.has(flag::kSyn) ? 0 : snd_shift_);
  }

  /// Whether `in` is the peer's SYN once more, before the handshake is done.
  bool is_syn_again(const Segment& in) const {
    return state_ == TcpState::syn_received && in.has(flag::kSyn) && in.seq == irs_;
  }

  // connection.cpp
  void enter(TcpEvent event, TcpState to, TcpNews& news);
  void end(TcpEvent event, TcpState to, Errno failure, TcpNews& news);
  void learn_peer(const Segment& syn, const TcpConfig& config);
  void end_with_reset(ResetKind kind);
  void take_path_mtu(const Segment& in);
  void owe_reset(SequenceNumber seq, ResetKind kind = ResetKind::as_set);
  void hold(const Text& text);

  // connection_timers.cpp
  void start_resend_timer(SimTime now, const TcpConfig& config);
  void on_resend_timer(SimTime now, const TcpConfig& config, TcpNews& news);
  void on_idle_timer(SimTime now, const TcpConfig& config, TcpNews& news);
  void note_heard(SimTime now, const TcpConfig& config);
  void give_up(TcpNews& news);

  // connection_arrival.cpp
  void arrive_in_syn_sent(SimTime now, const Segment& in, const TcpConfig& config, TcpNews& news);
  void arrive_otherwise(SimTime now, const Segment& in, const TcpConfig& config, TcpNews& news);
  bool check_timestamp(SimTime now, const Segment& in, const TcpConfig& config, TcpNews& news);
  void note_timestamp(SimTime now, const Segment& in);
  bool check_sequence(SimTime now, const Segment& in, const TcpConfig& config, TcpNews& news);
  bool check_reset(SimTime now, const Segment& in, const TcpConfig& config, TcpNews& news);
  bool check_syn(SimTime now, const Segment& in, const TcpConfig& config, TcpNews& news);
  bool check_ack(SimTime now, const Segment& in, const TcpConfig& config, TcpNews& news);
  bool close_own_side(SimTime now, const TcpConfig& config, TcpNews& news);
  void challenge(SimTime now, const TcpConfig& config);
  void establish(SimTime now, const Segment& in, TcpEvent event, const TcpConfig& config,
                 TcpNews& news);

  // connection_text.cpp
  void take_rest(SimTime now, const Segment& in, const TcpConfig& config, TcpNews& news);
  void take_text(const Text& text, TcpNews& news);
  void check_fin(const Text& text, TcpNews& news);
  void deliver(const Text& text, TcpNews& news);
  void acknowledge_text(SimTime now, const Segment& in, std::uint32_t delivered,
                        const TcpConfig& config);
  void hold_text_of_syn(const Segment& syn);
  void start_time_wait(TcpEvent event, TcpNews& news);

  // connection_recovery.cpp
  void take_acknowledgement(SimTime now, const Segment& in, const TcpConfig& config);
  bool take_sack(const Segment& in);
  void acknowledge(SimTime now, const Segment& in, const TcpConfig& config);
  void measure(SimTime now, const Segment& in, const TcpConfig& config);
  void go_on_recovering(std::uint32_t acknowledged, const TcpConfig& config);
  void on_duplicate(const TcpConfig& config);
  void recover_fast(const TcpConfig& config);
  void recover_from_timeout(const TcpConfig& config);
  void update_send_window(const Segment& in);
  void resend_first();
  void leave_closed_window(std::uint32_t window);
  std::uint32_t pipe(const TcpConfig& config) const;
  std::uint32_t congestion_room(const TcpConfig& config) const;

  // connection_output.cpp
  bool emit(SimTime now, const TcpConfig& config, Segment& out);
  void begin_segment(SimTime now, SequenceNumber seq, Segment& out);
  void add_options(SimTime now, Segment& out) const;
  std::uint16_t offer_window();
  void emit_reset(SimTime now, const TcpConfig& config, Segment& out);
  void emit_syn(SimTime now, const TcpConfig& config, Segment& out);
  void add_text(std::uint64_t position, std::uint32_t bytes, Segment& out) const;
  bool may_resend(const TcpConfig& config) const;
  bool emit_again(SimTime now, const TcpConfig& config, Segment& out);
  std::uint32_t take_along(std::uint32_t bytes);
  bool emit_new(SimTime now, const TcpConfig& config, Segment& out);
  bool may_send(std::uint32_t bytes, bool fin, const TcpConfig& config) const;
  std::uint32_t room_for_text() const;
  void note_sent(SimTime now, const TcpConfig& config, std::uint32_t bytes);
  void emit_bare(SimTime now, SequenceNumber seq, unsigned due, Segment& out);
  void measure_until(SequenceNumber end, SimTime now);

  SimTime resend_at_ = kNever;  ///< Retransmission, or a probe of a closed window.
  SimTime ack_at_ = kNever;     ///< A delayed acknowledgement.
  SimTime idle_at_ = kNever;    ///< Keep-alive, or the end of patience in FIN-WAIT-2.
  SimTime timed_at_;
  SimTime progress_at_;   ///< When the oldest unacknowledged number became that.
  SimTime sent_at_;       ///< Text, last.
  SimTime text_at_;       ///< Text from the peer, last.
  SimTime challenge_at_;  ///< Before this no further challenge ACK.
  std::uint64_t unsent_bytes_ = 0;
  std::uint64_t received_bytes_ = 0;
  PushMarks marks_;                         ///< Of what is queued or not yet acknowledged.
  std::unique_ptr<Reassembly> reassembly_;  ///< Only while there is a gap.
  std::unique_ptr<Scoreboard> board_;       ///< Only while the peer tells of one.
  CongestionControl congestion_;

  SequenceNumber iss_;
  SequenceNumber irs_;
  SequenceNumber snd_una_;
  SequenceNumber snd_nxt_;
  SequenceNumber snd_wl1_;
  SequenceNumber snd_wl2_;
  SequenceNumber rcv_nxt_;
  SequenceNumber rcv_edge_;   ///< RCV.NXT + RCV.WND: never moves to the left.
  SequenceNumber ack_sent_;   ///< Last.ACK.sent of RFC 7323.
  SequenceNumber small_end_;  ///< Of the last segment that was not full (Snd.SML).
  std::uint32_t snd_wnd_ = 0;
  std::uint32_t most_snd_wnd_ = 0;  ///< Max(SND.WND) of RFC 9293 section 3.8.6.2.1.
  std::uint32_t buffer_ = 0;
  std::uint32_t unread_ = 0;  ///< Text in order that its process has not read.

  SequenceNumber timed_end_;        ///< Its acknowledgement ends the measurement.
  SequenceNumber recover_;          ///< SND.NXT when the last loss was noticed.
  SequenceNumber lost_until_;       ///< What is not held of the numbers before this is lost;
  SequenceNumber resent_until_;     ///< before this it has gone again.
  SequenceNumber reset_seq_;        ///< Of the RST that is due.
  Stream stream_;                   ///< Own.
  Stream peer_stream_;              ///< Of the first text that was delivered.
  std::uint32_t peer_sends_ = 0;    ///< SENDs of the peer that were delivered.
  std::uint32_t largest_text_ = 0;  ///< The longest text of a segment of the peer.
  std::uint32_t ts_offset_ = 0;
  std::uint32_t ts_recent_ = 0;
  std::uint32_t ts_recent_at_ = 0;  ///< When that came, milliseconds.
  RetransmissionTimeout rto_;
  std::uint16_t send_mss_ = 0;
  std::uint16_t flags_ = 0;
  std::uint16_t retries_ = 0;  ///< Retransmissions since the peer last acknowledged something.
  TcpState state_ = TcpState::closed;
  std::uint8_t due_ = 0;
  std::uint8_t duplicates_ = 0;  ///< Duplicate acknowledgements since SND.UNA moved.
  std::uint8_t quick_acks_ = 0;  ///< Sent at the beginning, up to kQuickAcks.
  std::uint8_t probes_ = 0;      ///< Keep-alive probes without an answer.
  std::uint8_t snd_shift_ = 0;
  std::uint8_t rcv_shift_ = 0;
  Errno soft_error_ = Errno::ok;
  ResetKind reset_kind_ = ResetKind::as_set;  ///< Of the RST that is due.
};

static_assert(sizeof(TcpConnection) <= 312);

}  // namespace demuxsim
