// Two TCP ends without a network between them, for tests that read like the figures of RFC 9293:
// what an end sends waits in its outbox until the test takes it, checks it and hands it over.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "demuxsim/tcp/connection.hpp"
#include "demuxsim/tcp/stateless.hpp"
#include "demuxsim/tcp/time_wait.hpp"
#include "support/catch.hpp"

namespace demuxsim::test {

/// A segment as the figures write it: "<SEQ=100><ACK=300><DATA=10><CTL=FIN,ACK>". PSH is left out,
/// as there.
inline std::string text_of(const Segment& segment) {
  std::string text = "<SEQ=" + std::to_string(segment.seq.value) + ">";
  if (segment.has(flag::kAck)) text += "<ACK=" + std::to_string(segment.ack.value) + ">";
  if (segment.payload_bytes > 0) text += "<DATA=" + std::to_string(segment.payload_bytes) + ">";
  std::string control;
  const auto add = [&](std::uint8_t bit, std::string_view name) {
    if (!segment.has(bit)) return;
    if (!control.empty()) control += ",";
    control += name;
  };
  add(flag::kSyn, "SYN");
  add(flag::kFin, "FIN");
  add(flag::kRst, "RST");
  add(flag::kAck, "ACK");
  return text + "<CTL=" + control + ">";
}

/// One end: what a host has for one pair of endpoints. That is a connection, its TIME-WAIT record,
/// a listener, or nothing.
class Peer {
 public:
  Peer(Endpoint local, Endpoint remote, const TcpConfig& config = {})
      : local_(local), remote_(remote), config_(config) {}

  /// Listens; the connections it admits take these initial sequence numbers in turn.
  void listen(std::deque<std::uint32_t> sequence_numbers) {
    listening_ = true;
    sequence_numbers_ = std::move(sequence_numbers);
  }
  void stop_listening() { listening_ = false; }
  void connect(std::uint32_t iss) {
    begin(TcpConnection::open({iss}, config_, local_.address.family()));
  }
  Errno send(std::uint64_t bytes) {
    const Errno result = connection_->send(bytes);
    flush();
    return result;
  }
  void read(std::uint32_t bytes) {
    connection_->read(bytes);
    flush();
  }
  Errno close() {
    const Errno result = connection_->shutdown_write();
    flush();
    return result;
  }
  void abort() {
    connection_->abort();
    flush();
    connection_.reset();
  }
  /// Forgets everything.
  void reboot() {
    connection_.reset();
    time_wait_.reset();
    listening_ = false;
    outbox.clear();
  }

  /// Time passes: what is due until `now` happens.
  void advance(SimTime now) {
    now_ = now;
    if (time_wait_ && now >= time_wait_end_) time_wait_.reset();
    while (connection_ && connection_->deadline() <= now) {
      note(connection_->on_deadline(now, config_));
    }
  }
  SimTime next_deadline() const {
    if (time_wait_) return time_wait_end_;
    return connection_ ? connection_->deadline() : kNever;
  }

  void receive(const Segment& in) {
    ++received;
    if (connection_) {
      note(connection_->on_segment(now_, in, config_));
    } else if (time_wait_) {
      receive_in_time_wait(in);
    } else if (listening_) {
      receive_in_listen(in);
    } else if (const auto reset = arrive_in_closed(in)) {
      outbox.push_back(*reset);
    }
  }

  /// Takes the oldest segment out of the outbox, which must read like this.
  Segment sends(std::string_view expected) {
    REQUIRE_FALSE(outbox.empty());
    const Segment out = outbox.front();
    outbox.pop_front();
    REQUIRE(text_of(out) == expected);
    return out;
  }

  TcpState state() const {
    if (connection_) return connection_->state();
    if (time_wait_) return TcpState::time_wait;
    return listening_ ? TcpState::listen : TcpState::closed;
  }
  SimTime now() const { return now_; }
  TcpConnection& tcp() { return *connection_; }
  const TcpConnection* connection() const { return connection_ ? &*connection_ : nullptr; }
  const std::optional<TimeWait>& waiting() const { return time_wait_; }
  const TcpConfig& config() const { return config_; }

  std::deque<Segment> outbox;
  TcpNews news;                 ///< Of the last event.
  std::uint64_t received = 0;   ///< Segments.
  std::uint64_t delivered = 0;  ///< Payload bytes, of all events.

 private:
  void begin(TcpConnection connection) {
    connection_.emplace(std::move(connection));
    connection_->set_stream(Stream{connection_->iss().value & 0x7fffffff});
    flush();
  }
  void flush() {
    Segment out;
    out.source = local_.address;
    out.source_port = local_.port;
    out.destination = remote_.address;
    out.destination_port = remote_.port;
    while (connection_->next_segment(now_, config_, out)) outbox.push_back(out);
  }
  void note(const TcpNews& fresh) {
    news = fresh;
    if (news.delivered_bytes > 0) {
      CHECK(news.delivered_offset == delivered);
      delivered += news.delivered_bytes;
    }
    flush();
    if (news.time_wait) {
      time_wait_ = connection_->time_wait();
      time_wait_end_ = now_ + 2 * config_.msl;
    }
    if (news.time_wait || news.closed) connection_.reset();
  }
  void receive_in_listen(const Segment& in) {
    switch (arrive_in_listen(in)) {
      case ListenVerdict::ignore:
        return;
      case ListenVerdict::reset:
        outbox.push_back(reset_for(in));
        return;
      case ListenVerdict::admit:
        const SequenceNumber iss{sequence_numbers_.front()};
        sequence_numbers_.pop_front();
        delivered = 0;
        begin(TcpConnection::open_from_syn(in, iss, config_));
        return;
    }
  }
  void receive_in_time_wait(const Segment& in) {
    switch (arrive_in_time_wait(*time_wait_, in, config_)) {
      case TimeWaitVerdict::ignore:
        return;
      case TimeWaitVerdict::acknowledge_and_restart:
        time_wait_end_ = now_ + 2 * config_.msl;
        [[fallthrough]];
      case TimeWaitVerdict::acknowledge:
        outbox.push_back(time_wait_ack(*time_wait_, in, now_));
        return;
      case TimeWaitVerdict::reset:
        outbox.push_back(reset_for(in));
        [[fallthrough]];
      case TimeWaitVerdict::remove:
        time_wait_.reset();
        return;
      case TimeWaitVerdict::admit:
        if (!listening_) {
          outbox.push_back(time_wait_ack(*time_wait_, in, now_));
          return;
        }
        sequence_numbers_.front() =
            reopening_iss(*time_wait_, SequenceNumber{sequence_numbers_.front()}).value;
        time_wait_.reset();
        receive_in_listen(in);
        return;
    }
  }

  Endpoint local_;
  Endpoint remote_;
  TcpConfig config_;
  SimTime now_ = kStart;
  std::optional<TcpConnection> connection_;
  std::optional<TimeWait> time_wait_;
  SimTime time_wait_end_;
  bool listening_ = false;
  std::deque<std::uint32_t> sequence_numbers_;
};

/// TCP Peer A and TCP Peer B, which send to each other.
struct TwoPeers {
  static constexpr Endpoint kA{IpAddress::ipv4(0x0a000001), Port{49152}};
  static constexpr Endpoint kB{IpAddress::ipv4(0x0a000002), Port{80}};

  explicit TwoPeers(const TcpConfig& config = {}) : a(kA, kB, config), b(kB, kA, config) {}

  /// "SYN-SENT SYN-RECEIVED": the states of A and B.
  std::string states() const {
    return std::string(name_of(a.state())) + " " + std::string(name_of(b.state()));
  }
  /// Hands over whatever waits in the outboxes until both are empty.
  void settle() {
    while (!a.outbox.empty() || !b.outbox.empty()) {
      pass(a, b);
      pass(b, a);
    }
  }
  /// Both ESTABLISHED, where A sends `a_next` and B sends `b_next` next.
  void establish(std::uint32_t a_next, std::uint32_t b_next) {
    b.listen({b_next - 1});
    a.connect(a_next - 1);
    settle();
    REQUIRE(states() == "ESTABLISHED ESTABLISHED");
  }
  void advance(SimTime now) {
    a.advance(now);
    b.advance(now);
  }
  /// Brings A into `state`, with empty outboxes. Where A has an ISS it is 999 and B's is 4999.
  /// SYN-RECEIVED comes by a passive open. Not for TIME-WAIT and LISTEN.
  void bring_a_to(TcpState state);

  Peer a;
  Peer b;

 private:
  static void pass(Peer& from, Peer& to) {
    while (!from.outbox.empty()) {
      const Segment segment = from.outbox.front();
      from.outbox.pop_front();
      to.receive(segment);
    }
  }
};

inline void TwoPeers::bring_a_to(TcpState state) {
  using enum TcpState;
  if (state == closed) return;
  if (state == syn_sent) {
    a.connect(999);
  } else if (state == syn_received) {
    a.listen({999});
    b.connect(4999);
    pass(b, a);
  } else {
    establish(1000, 5000);
    if (state == close_wait || state == last_ack) b.close();
    settle();
    if (state == closing) b.close();
    if (state != established && state != close_wait) a.close();
    if (state == fin_wait_2) settle();
    if (state == closing) pass(b, a);
  }
  a.outbox.clear();
  b.outbox.clear();
  REQUIRE(a.state() == state);
}

}  // namespace demuxsim::test
