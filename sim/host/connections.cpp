// What follows for a host from a change of one of its connections: segments to send, a timer to
// set, a process to tell, a record to keep or to drop.
#include <algorithm>

#include "demuxsim/host/host.hpp"

namespace demuxsim {

std::uint32_t Host::add_connection(TcpConnection&& tcp, const Endpoint& local,
                                   const Endpoint& remote) {
  const std::uint32_t slot = connections_.emplace(std::move(tcp));
  Connection& connection = connections_[slot];
  connection.tcp.set_stream(Stream::of(local, remote, connection.tcp.iss()));
  connection.tcp.set_timestamp_offset(timestamp_offset(local, remote));
  connection.local_address = address_index(local.address).value();
  connection.local_port = local.port;
  connection.remote_address = remote.address;
  connection.remote_port = remote.port;
  const bool fresh =
      with_table(connection, [&](auto& table, const auto& key) { return table.insert(key, slot); });
  DEMUXSIM_CHECK(fresh);
  return slot;
}

/// Its own for each pair of addresses, the same for all their connections, so that the timestamps
/// of a later one are larger (RFC 7323 section 5.4, RFC 6191). Nothing where there are none.
std::uint32_t Host::timestamp_offset(const Endpoint& local, const Endpoint& remote) const {
  const TcpConfig& tcp = kind_->config.tcp;
  if (!tcp.timestamps || tcp.iss == IssMode::zero) return 0;
  return static_cast<std::uint32_t>(
      mix64(destination_of(local.address, {remote.address, Port{}}) ^ secret_.k0));
}

/// Everything that news of TCP means, in this order: records, segments that TCP owes, then what the
/// process will be told when the step is over.
void Host::after(std::uint32_t slot, const TcpNews& news) {
  Connection& connection = connections_[slot];
  if (wants(TraceKind::state)) {
    for (std::uint8_t i = 0; i < news.changes; ++i) {
      const bool last = i + 1 == news.changes;
      record_state(connection, news.states[i], news.states[i + 1], last ? news.failure : Errno::ok);
    }
  }
  const bool orphan = !connection.open && !connection.waiting && !connection.half_open;
  if (orphan && news.delivered_bytes != 0 && !take_payload(slot, news)) return;
  pump(slot);
  if (news.connected) handshake_done(slot);
  if (!orphan && news.delivered_bytes != 0 && !take_payload(slot, news)) return;
  if (news.peer_finished) tell(slot, Tell::peer_finished);
  const bool refused = connection.calling && connection.was_bound;
  if (news.failure != Errno::ok) connection_failed(slot, news.failure);
  if (news.closed) {
    if (refused) stay_bound(slot, news.failure);
    if (!wait_again(slot)) remove(slot);
  } else if (news.time_wait) {
    enter_time_wait(slot, connection.tcp.time_wait());
  } else {
    set_timer(slot);
  }
}

void Host::handshake_done(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  // Each connection is counted at one of its ends.
  if (local_of(connection) <= remote_of(connection)) ++counters_.connections_opened;
  std::erase(dialing_, slot);
  if (connection.calling) {
    connection.calling = false;
    if (connection.first) {
      connection.calling = true;  // The answer is the conversation's.
    } else {
      record_call(SocketCall::connect, owner_of(connection), Errno::ok, remote_of(connection));
    }
    tell(slot, Tell::connected);
    return;
  }
  if (!connection.half_open) return;
  reopened_.erase(slot);
  drop_alias(connection);
  connection.half_open = false;
  PassiveSocket& listener = passives_[connection.listener];
  --listener.half_open;
  if (!connection.service->accept) {
    connection.waiting = true;
    ++listener.waiting;
    longest_waiting(listener);  // What has ended does not pile up before it.
    listener.arrivals.push_back(handle_of(slot));
    return;
  }
  connection.open = true;
  connection.fd = open_descriptor(connection.process);
  record_accept(connection);
  connection.first = connection.service->set_up == SetUp::announce && !listener.announced;
  tell(slot, Tell::accepted);
  // A port that was announced to one client has done its duty.
  if (listener.announced) close_passive(connection.listener);
}

/// The owner takes what has arrived and checks that it is what the peer's process sent. False where
/// there is no owner any more, which ends the connection.
bool Host::take_payload(std::uint32_t slot, const TcpNews& news) {
  Connection& connection = connections_[slot];
  const Stream expected =
      Stream::of(remote_of(connection), local_of(connection), connection.tcp.irs());
  const bool announcement = news.delivered_stream.is_announcement();
  const bool right = !news.stream_mismatch && news.delivered_offset == connection.received &&
                     (announcement || news.delivered_stream == expected);
  (right ? counters_.bytes_delivered : counters_.bytes_misdelivered) += news.delivered_bytes;
  connection.received += news.delivered_bytes;
  if (!connection.open && !connection.waiting) {  // MAY-1, SHLD-3
    // RFC 9293 SHLD-3: its owner has closed it; a reset shows that data was lost.
    const TcpState before = connection.tcp.state();
    connection.tcp.refuse_text();
    after_call(slot, before);
    return false;
  }
  if (announcement) {
    if (connection.received == news.delivered_stream.announcement_bytes()) {
      tell(slot, Tell::announced, news.delivered_stream.announced_port().value);
    }
  } else if (news.delivered_sends != 0) {
    tell(slot, Tell::message, news.delivered_sends);
  }
  return true;
}

void Host::connection_failed(std::uint32_t slot, Errno failure) {
  Connection& connection = connections_[slot];
  if (connection.calling) {
    connection.calling = false;
    record_call(SocketCall::connect, owner_of(connection), failure, remote_of(connection));
  }
  if (connection.open && connection.name) named_[key_of(connection.name)].error = failure;
  client_lost(slot);
}

/// A call has failed, and the socket is again what it was before: bound to an address, and to a
/// port if its bind named one. Its process may call again, or listen, and may ask for the failure.
void Host::stay_bound(std::uint32_t slot, Errno failure) {
  Connection& connection = connections_[slot];
  PortHolding holding = connection.holding;
  holding.bound = true;
  Endpoint local = local_of(connection);
  if (connection.from_any) {
    holding.address = PortHolding::kAnyAddress;
    local.address = holding.ipv6 ? IpAddress{} : IpAddress::ipv4(0);
  }
  if (connection.by_number) {
    ports_.hold(local.port, holding);
  } else {
    local.port = Port{};
  }
  const std::uint32_t passive = add_passive(owner_of(connection), local, holding);
  connection.open = false;
  connection.fd = kNoDescriptor;
  passives_[passive].by_number = connection.by_number;
  passives_[passive].own_tcp = std::move(connection.own_tcp);
  if (connection.name) named_[key_of(connection.name)].error = failure;
}

/// The SYN that has opened a connection anew from TIME-WAIT was an old duplicate, as the peer's
/// reset shows: what it has displaced comes back. RFC 9293 section 3.6.1, MAY-2 (2).
bool Host::wait_again(std::uint32_t slot) {
  const auto old = reopened_.find(slot);
  if (old == reopened_.end()) return false;
  Connection& connection = connections_[slot];
  const TimeWait waited = old->second;
  reopened_.erase(old);
  if (!connection.half_open || connection.alias_port != Port{}) return false;
  record_state(connection, TcpState::closed, TcpState::time_wait);
  leave_listener(connection);
  enter_time_wait(slot, waited);  // MAY-2
  return true;
}

void Host::enter_time_wait(std::uint32_t slot, const TimeWait& left) {
  Connection& connection = connections_[slot];
  const SimTime until = later(now_, 2 * kind_->config.tcp.msl);  // MUST-13
  with_table(connection, [&](auto& table, const auto& key) {
    table.begin_wait(key, left, until, connection.holding, static_cast<bool>(connection.name));
  });
  if (until < time_wait_at_) {
    time_wait_at_ = until;
    schedule(until, EventKind::time_wait, 0, 0);
  }
  release_descriptor(connection);
  if (connection.role == Role::client) exchange_done(slot, Duration{0});
  connections_.erase(slot);
}

void Host::end_wait_record(const Endpoint& local, const Endpoint& peer, const PortHolding& holding,
                           bool named) {
  if (wants(TraceKind::state)) {
    record_state(local, peer, {{}, kNoDescriptor, named ? name_of_ends(local, peer) : SocketName{}},
                 TcpState::time_wait, TcpState::closed);
  }
  release_port(local, peer, holding, ProcessId{});
}

/// The connection is CLOSED: nothing of it remains.
void Host::remove(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  drop_alias(connection);
  leave_listener(connection);
  std::erase(dialing_, slot);
  reopened_.erase(slot);
  with_table(connection, [](auto& table, const auto& key) { table.erase(key); });
  release_port(local_of(connection), remote_of(connection), connection.holding, connection.process);
  release_descriptor(connection);
  if (connection.role == Role::client) exchange_done(slot, Duration{0});
  connections_.erase(slot);
}

void Host::drop_alias(Connection& connection) {
  if (connection.alias_port == Port{}) return;
  std::swap(connection.alias_port, connection.local_port);
  with_table(connection, [](auto& table, const auto& key) { table.erase(key); });
  std::swap(connection.alias_port, connection.local_port);
  connection.alias_port = Port{};
}

void Host::insert_alias(Connection& connection, std::uint32_t slot) {
  std::swap(connection.alias_port, connection.local_port);
  const bool fresh =
      with_table(connection, [&](auto& table, const auto& key) { return table.insert(key, slot); });
  std::swap(connection.alias_port, connection.local_port);
  DEMUXSIM_CHECK(fresh);
}

void Host::leave_listener(Connection& connection) {
  if (connection.half_open) --passives_[connection.listener].half_open;
  if (connection.waiting) --passives_[connection.listener].waiting;
  connection.half_open = connection.waiting = false;
}

/// Sends what is due, if anything.
void Host::pump(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  const TcpConfig& tcp = tcp_of(connection);
  while (connection.tcp.has_due()) {
    // Made where it stays: a segment is large enough for a copy to be felt.
    Segment& out = output_->segments.emplace_back();
    if (!connection.tcp.next_segment(now_, tcp, out)) {
      output_->segments.pop_back();
      return;
    }
    out.source = addresses_[connection.local_address];  // MUST-45
    out.source_port = connection.local_port;
    out.destination = connection.remote_address;
    out.destination_port = connection.remote_port;
    out.hop_limit = kind_->config.tcp.hop_limit;  // MUST-49
    with_table(connection, [](auto& table, const auto& key) { table.note_sent(key); });
    note_sent(out, connection.process);
  }
}

/// One live event for each connection: a deadline that moves away costs nothing, as the event that
/// comes early sets the next one.
void Host::set_timer(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  const SimTime deadline = connection.tcp.deadline();
  if (deadline >= connection.timer_at) return;
  connection.timer_at = deadline;
  schedule(deadline, EventKind::connection_timer, slot, connections_.generation(slot));
}

bool Host::on_connection_timer(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  if (connection.timer_at != now_) return false;  // Overtaken by an earlier one.
  connection.timer_at = kNever;
  if (connection.tcp.deadline() > now_) {
    set_timer(slot);
    return false;
  }
  after(slot, connection.tcp.on_deadline(now_, tcp_of(connection)));
  return true;
}

bool Host::on_time_wait() {
  if (time_wait_at_ != now_) return false;
  const auto waiting = tuples4_.waiting_count() + tuples6_.waiting_count();
  expire_waiting(tuples4_);
  expire_waiting(tuples6_);
  time_wait_at_ = std::min(tuples4_.next_end(), tuples6_.next_end());
  if (time_wait_at_ != kNever) schedule(time_wait_at_, EventKind::time_wait, 0, 0);
  return tuples4_.waiting_count() + tuples6_.waiting_count() != waiting;
}

template <class Key>
void Host::expire_waiting(TupleTable<Key>& table) {
  while (table.next_end() <= now_) end_wait(table, table.oldest());
}

template <class Key>
void Host::end_wait(TupleTable<Key>& table, std::uint32_t slot) {
  const auto waiting = table.waiting(slot);
  table.end_wait(slot);
  end_wait_record(demuxsim::local_of(waiting.key), demuxsim::remote_of(waiting.key),
                  waiting.holding, waiting.named);
}

template void Host::end_wait(TupleTable<FourTuple4>&, std::uint32_t);
template void Host::end_wait(TupleTable<FourTuple6>&, std::uint32_t);

void Host::abort_connection(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  const TcpState before = connection.tcp.state();
  connection.tcp.abort();
  after_call(slot, before);
}

/// What follows a call of the owner: `before` is the state in which it was made.
void Host::after_call(std::uint32_t slot, TcpState before) {
  Connection& connection = connections_[slot];
  const TcpState now = connection.tcp.state();
  if (before != now) record_state(connection, before, now);
  pump(slot);
  if (now == TcpState::closed) {
    if (connection.calling) connection_failed(slot, Errno::econnaborted);
    remove(slot);
  } else {
    set_timer(slot);
  }
}

}  // namespace demuxsim
