// From a segment that has reached the host to the connection, listener or nobody that it is for.
#include <algorithm>

#include "demuxsim/host/host.hpp"
#include "demuxsim/tcp/stateless.hpp"

namespace demuxsim {

void Host::on_segment(SimTime now, const Segment& segment) {
  now_ = now;
  ++counters_.segments_received;
  counters_.fingerprint =
      mix64(counters_.fingerprint ^ static_cast<std::uint64_t>(now.time_since_epoch().count()) ^
            (std::uint64_t{segment.seq.value} << 32 | segment.ack.value) ^
            (std::uint64_t{segment.source_port.value} << 48 |
             std::uint64_t{segment.destination_port.value} << 32 |
             std::uint64_t{segment.payload_bytes} << 8 | segment.flags) *
                0x9e3779b97f4a7c15ULL ^
            segment.source.low() * 0xbf58476d1ce4e5b9ULL);
  if (wants(TraceKind::segment_received)) {
    TraceRecord received = record(TraceKind::segment_received);
    received.segment = segment;
    output_->trace.add(received);
  }
  if (segment.has_option(Segment::kDamaged)) {  // MUST-3
    // RFC 9293 section 3.1, MUST-3: the checksum comes before everything that the segment says.
    record_drop(segment, DropReason::checksum);
    return;
  }
  if (segment.icmp != IcmpError::none) return on_icmp(segment);
  if (segment.is_ipv4()) {
    receive(tuples4_,
            four_tuple4(segment.destination, segment.destination_port, segment.source,
                        segment.source_port),
            segment);
  } else {
    receive(tuples6_,
            four_tuple6(segment.destination, segment.destination_port, segment.source,
                        segment.source_port),
            segment);
  }
  drain();
}

template <class Key>
void Host::record_probes(const TupleTable<Key>& table, const Key& key) {
  table.walk(key, [&](const LookupStep& step, const Key* compared) {
    TraceRecord made = record(TraceKind::probe);
    made.from = static_cast<std::uint8_t>(step.kind);
    made.to = step.matched ? 1 : 0;
    made.examined_connections = step.number;
    made.examined_listeners = step.count;
    made.amount = step.hash;
    if (compared != nullptr) {
      const Endpoint local = demuxsim::local_of(*compared);
      const Endpoint peer = demuxsim::remote_of(*compared);
      made.segment.source = local.address;
      made.segment.source_port = local.port;
      made.segment.destination = peer.address;
      made.segment.destination_port = peer.port;
    }
    output_->trace.add(made);
  });
}

template void Host::record_probes(const TupleTable<FourTuple4>&, const FourTuple4&);
template void Host::record_probes(const TupleTable<FourTuple6>&, const FourTuple6&);

template <class Key>
void Host::receive(TupleTable<Key>& table, const Key& key, const Segment& segment) {
  if (wants(TraceKind::probe)) record_probes(table, key);
  const auto found = table.find(key);
  if (found.connection != table.kNone) {
    record_lookup(segment, LookupRule::exact_4_tuple, found.examined, 0,
                  owner_of(connections_[found.connection]));
    arrive_at_connection(found.connection, segment);
  } else if (found.waiting != table.kNone) {
    record_lookup(segment, LookupRule::time_wait, found.examined, 0, {});
    const TimeWait old = table.waiting(found.waiting).tcp;
    if (arrive_at_waiting(table, found.waiting, segment))
      arrive_without_connection(segment, 0, old);
  } else if (!follow_switch(segment, found.examined)) {
    arrive_without_connection(segment, found.examined);
  }
}

/// True where the segment is a SYN that may open the connection anew (RFC 9293 section 3.6.1,
/// MAY-2): the old one is then gone, and a listener decides.
template <class Key>
bool Host::arrive_at_waiting(TupleTable<Key>& table, std::uint32_t slot, const Segment& segment) {
  const TcpConfig& tcp = kind_->config.tcp;
  const TimeWait old = table.waiting(slot).tcp;
  switch (arrive_in_time_wait(old, segment, tcp)) {
    case TimeWaitVerdict::ignore:
      return false;
    case TimeWaitVerdict::acknowledge:
      acknowledge_in_time_wait(table.waiting(slot).tcp, segment);
      return false;
    case TimeWaitVerdict::acknowledge_and_restart:
      emit(time_wait_ack(old, segment, now_));
      table.restart_wait(slot, later(now_, 2 * tcp.msl));
      return false;
    case TimeWaitVerdict::reset: {
      Segment reset = time_wait_ack(old, segment, now_);
      reset.flags = flag::kRst | flag::kAck;
      reset.window = 0;
      emit(reset);
      end_wait(table, slot);
      return false;
    }
    case TimeWaitVerdict::remove:
      end_wait(table, slot);
      return false;
    case TimeWaitVerdict::admit:
      if (listeners_.find(segment.to(), 0).listener == ListenerTable::kNone) {
        acknowledge_in_time_wait(table.waiting(slot).tcp, segment);  // Nobody to open it.
        return false;
      }
      end_wait(table, slot);
      return true;
  }
  return false;
}

/// Two ends that take each other's ACKs for old ones would never come to rest: RFC 5961 section 7.
void Host::acknowledge_in_time_wait(TimeWait& old, const Segment& segment) {
  if (now_ < old.quiet_until) return;
  emit(time_wait_ack(old, segment, now_));
  const Duration interval = kind_->config.tcp.challenge_interval;
  const bool carries = segment.length() > 0 && !segment.has(flag::kSyn);
  if (interval != Duration{0} && !carries) old.quiet_until = later(now_, interval);
}

void Host::arrive_at_connection(std::uint32_t slot, const Segment& segment) {
  Connection& connection = connections_[slot];
  if (must_wait_for_accept(connection, segment)) {
    record_drop(segment, DropReason::backlog_full);
    return;
  }
  const TcpNews news = connection.tcp.on_segment(now_, segment, tcp_of(connection));
  if (news.dropped) record_drop(segment, DropReason::unacceptable);
  after(slot, news);
}

/// A SYN,ACK from another port of a host that one of our connections is calling: under the textbook
/// profile the caller follows it there.
bool Host::follow_switch(const Segment& segment, std::uint32_t examined) {
  if (dialing_.empty() || segment.flags != (flag::kSyn | flag::kAck)) return false;
  const auto caller = std::find_if(dialing_.begin(), dialing_.end(), [&](std::uint32_t slot) {
    const Connection& connection = connections_[slot];
    return connection.local_port == segment.destination_port &&
           connection.remote_address == segment.source &&
           addresses_[connection.local_address] == segment.destination &&
           segment.ack == connection.tcp.iss() + 1;
  });
  if (caller == dialing_.end()) return false;
  const std::uint32_t slot = *caller;
  Connection& connection = connections_[slot];
  record_lookup(segment, LookupRule::port_switch, examined, 0, owner_of(connection));
  with_table(connection, [&](auto& table, const auto& key) { table.erase(key); });
  connection.remote_port = segment.source_port;
  with_table(connection,
             [&](auto& table, const auto& key) { DEMUXSIM_CHECK(table.insert(key, slot)); });
  connection.tcp.set_stream(
      Stream::of(local_of(connection), remote_of(connection), connection.tcp.iss()));
  remember_name(connection, slot);
  arrive_at_connection(slot, segment);
  return true;
}

/// `old` is what a connection in TIME-WAIT that had the same ends has left.
void Host::arrive_without_connection(const Segment& segment, std::uint32_t examined,
                                     std::optional<TimeWait> old) {
  // No connection to or from what is no single host.
  if (!segment.source.is_unicast() || !segment.destination.is_unicast()) {  // MUST-57, MUST-63
    record_drop(segment, DropReason::unacceptable);
    return;
  }
  const std::uint64_t ends =
      std::uint64_t{segment.source_port.value} << 16 | segment.destination_port.value;
  const auto hash = static_cast<std::uint32_t>(
      mix64(mix64(segment.source.low() ^ segment.source.high() ^ reuseport_secret_) ^ ends) >> 32);
  const ListenerTable::Found found = listeners_.find(segment.to(), hash);
  if (found.listener == ListenerTable::kNone) {
    record_lookup(segment, LookupRule::no_match, examined, found.examined, {});
    if (kind_->config.tcp.blackhole && segment.has(flag::kSyn)) return;
    if (const std::optional<Segment> reset = arrive_in_closed(segment)) emit(*reset);
    return;
  }
  const PassiveSocket& listener = passives_[found.listener];
  record_lookup(segment, found.rule, examined, found.examined,
                {listener.process, listener.fd, listener.name});
  switch (arrive_in_listen(segment)) {
    case ListenVerdict::ignore:
      break;
    case ListenVerdict::reset:
      if (!take_cookie(found.listener, segment)) emit(reset_for(segment));
      break;
    case ListenVerdict::admit:
      if (tcp_of(listener).drop_syn_fin && segment.has(flag::kFin)) break;
      admit(found.listener, segment, old);
      break;
  }
}

/// Whether the queues have room for a SYN, counted as Linux does: connections that nobody has
/// accepted yet, and those in SYN-RECEIVED, at most one more than the backlog of each. Where only
/// the second queue is full a cookie may be the answer.
bool Host::may_admit(PassiveSocket& passive, const Segment& segment, bool reopens) {
  const std::uint32_t backlog = passive.service->backlog;
  const bool full = passive.half_open > backlog;
  // A cookie could not keep clear of the numbers of a connection that waits.
  const bool none = reopens || passive.service->set_up == SetUp::switch_port;
  const SynCookies cookies = none ? SynCookies::never : tcp_of(passive).syn_cookies;
  if (passive.waiting > backlog || (full && cookies == SynCookies::never)) {
    record_drop(segment, DropReason::backlog_full);
    return false;
  }
  if (cookies == SynCookies::never || (cookies == SynCookies::when_full && !full)) return true;
  answer_with_cookie(passive, segment);
  return false;
}

/// The ACK that ends a handshake counts for nothing while the queue to accept is full: as in Linux
/// the SYN,ACK goes again later.
bool Host::must_wait_for_accept(const Connection& connection, const Segment& segment) const {
  if (!connection.half_open || segment.has(flag::kRst | flag::kSyn)) return false;
  const PassiveSocket& passive = passives_[connection.listener];
  return passive.waiting > passive.service->backlog;
}

/// A SYN opens a connection in SYN-RECEIVED.
void Host::admit(std::uint32_t listener, const Segment& segment, std::optional<TimeWait> old) {
  PassiveSocket& passive = passives_[listener];
  if (!may_admit(passive, segment, old.has_value())) return;
  const TcpConfig& tcp = tcp_of(passive);
  Endpoint local = segment.to();
  PortHolding holding = passive.holding;
  holding.listening = false;
  holding.address = address_index(local.address).value();
  const bool switches = passive.service->set_up == SetUp::switch_port && !passive.announced;
  if (switches) {
    holding.reuse_address = holding.reuse_port = false;
    const std::optional<Port> port = pick_port(holding);
    if (!port) {
      record_drop(segment, DropReason::no_port);
      return;
    }
    local.port = *port;
  }
  SequenceNumber iss = initial_sequence(tcp.iss, secret_, local, segment.from(), now_);
  if (old) iss = reopening_iss(*old, iss);
  const std::uint32_t slot = add_child(listener, TcpConnection::open_from_syn(segment, iss, tcp),
                                       local, segment.from(), holding);
  Connection& child = connections_[slot];
  if (old) reopened_.emplace(slot, *old);
  if (switches) {
    record_port(PortAction::allocated, local.port, child.process);
    // The client knows only the port it called: a SYN that comes again must find this child.
    child.alias_port = segment.destination_port;
    insert_alias(child, slot);
  }
  record_state(child, TcpState::listen, child.tcp.state());
  pump(slot);
  set_timer(slot);
}

/// A connection in SYN-RECEIVED that belongs to a listener.
std::uint32_t Host::add_child(std::uint32_t listener, TcpConnection&& tcp, const Endpoint& local,
                              const Endpoint& remote, const PortHolding& holding) {
  PassiveSocket& passive = passives_[listener];
  const std::uint32_t slot = add_connection(std::move(tcp), local, remote);
  Connection& child = connections_[slot];
  child.role = Role::server;
  child.half_open = true;
  child.process = passive.process;
  child.listener = listener;
  child.service = passive.service;
  child.holding = holding;
  if (passive.own_tcp) child.own_tcp = std::make_unique<TcpConfig>(*passive.own_tcp);
  if (!passive.service->accept) child.tcp.keep_text();
  ports_.hold(local.port, holding);
  ++passive.half_open;
  return slot;
}

}  // namespace demuxsim
