#include "demuxsim/report/connection_book.hpp"

#include <utility>

#include "demuxsim/core/random.hpp"
#include "demuxsim/report/lookup_words.hpp"

namespace demuxsim {

std::size_t ConnectionBook::KeyHash::operator()(const Key& key) const {
  const std::uint64_t ports = std::uint64_t{key.low.port.value} << 16 | key.high.port.value;
  const IpAddressHash hash;
  return mix64(hash(key.low.address) * 3 ^ hash(key.high.address) ^ ports);
}

ConnectionBook::Key ConnectionBook::key_of(const Endpoint& a, const Endpoint& b) {
  return a < b ? Key{a, b} : Key{b, a};
}

ConnectionBook::View ConnectionBook::view(Connection& connection, const Endpoint& mine,
                                          const Endpoint& other) {
  return mine < other ? View{connection.low, connection.high}
                      : View{connection.high, connection.low};
}

void ConnectionBook::note(const TraceRecord& record) {
  switch (record.kind) {
    case TraceKind::segment_sent:
    case TraceKind::segment_received:
    case TraceKind::segment_dropped:
      if (record.segment.has(flag::kSyn)) note_syn(record.segment);
      return;
    case TraceKind::state:
      note_state(record);
      return;
    case TraceKind::demux:
    case TraceKind::port:
    case TraceKind::call:
    case TraceKind::probe:
      return;
  }
}

void ConnectionBook::note_syn(const Segment& segment) {
  const Key key = key_of(segment.from(), segment.to());
  Connection& connection = connections_[key];
  const auto [mine, other] = view(connection, segment.from(), segment.to());
  // A SYN that a synchronized end sends, or that somebody sends in its name, starts nothing new.
  const bool synchronized = mine.iss && mine.alive() && *mine.state != TcpState::syn_received;
  if (synchronized) return;
  const bool acks = segment.has(flag::kAck);
  const bool starts_anew = mine.iss && *mine.iss != segment.seq && !acks;
  if (starts_anew) other.iss.reset();
  mine.iss = segment.seq;
  // After a port switch nobody has seen the SYN under this pair of ends, but its answer tells.
  if (acks && !other.iss) other.iss = segment.ack - 1;
  if (!connection.low.alive() && !connection.high.alive()) retire(key, connection);
}

void ConnectionBook::note_state(const TraceRecord& record) {
  const auto to = static_cast<TcpState>(record.to);
  const bool over = to == TcpState::closed || to == TcpState::listen;
  const Key key = key_of(record.segment.from(), record.segment.to());
  const auto found = connections_.find(key);
  if (over && found == connections_.end()) return;
  Connection& connection = over ? found->second : connections_[key];
  const auto [mine, other] = view(connection, record.segment.from(), record.segment.to());
  mine.state = over ? TcpState::closed : to;
  if (!mine.alive() && !other.alive()) retire(key, connection);
}

/// Forgets the oldest of too many closed connections. One that has come to life again meanwhile
/// only leaves the queue; it enters once more when it closes.
void ConnectionBook::retire(const Key& key, Connection& connection) {
  if (!connection.queued) {
    connection.queued = true;
    closed_.push_back(key);
  }
  while (closed_.size() > closed_kept_) {
    const auto oldest = connections_.find(closed_.front());
    closed_.pop_front();
    oldest->second.queued = false;
    const bool over = !oldest->second.low.alive() && !oldest->second.high.alive();
    if (over) connections_.erase(oldest);
  }
}

Segment ConnectionBook::relative(const Segment& segment) const {
  Segment shown = segment;
  const Endpoint remote = remote_end_of(segment);
  const auto found = connections_.find(key_of(remote, segment.to()));
  if (found == connections_.end()) return shown;
  Connection connection = found->second;
  const auto [mine, other] = view(connection, remote, segment.to());
  if (segment.icmp != IcmpError::none) {
    // The number is of what it quotes, which its receiver has sent.
    if (other.iss) shown.seq = {segment.seq - *other.iss};
    return shown;
  }
  if (mine.iss) shown.seq = {segment.seq - *mine.iss};
  if (!other.iss) return shown;
  if (segment.has(flag::kAck)) shown.ack = {segment.ack - *other.iss};
  for (std::size_t i = 0; i < segment.sack_count; ++i) {
    shown.sack[i] = {{segment.sack[i].begin - *other.iss}, {segment.sack[i].end - *other.iss}};
  }
  return shown;
}

std::optional<TcpState> ConnectionBook::state_of(const Endpoint& local,
                                                 const Endpoint& peer) const {
  const auto found = connections_.find(key_of(local, peer));
  if (found == connections_.end()) return std::nullopt;
  Connection connection = found->second;
  return view(connection, local, peer).mine.state;
}

bool ConnectionBook::owner_has_closed(const TraceRecord& demux) const {
  return is_closed_by_owner(state_of(demux.segment.to(), demux.segment.from()));
}

bool is_closed_by_owner(std::optional<TcpState> state) {
  return state == TcpState::fin_wait_1 || state == TcpState::fin_wait_2 ||
         state == TcpState::closing || state == TcpState::last_ack;
}

}  // namespace demuxsim
