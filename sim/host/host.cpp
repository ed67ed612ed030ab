#include "demuxsim/host/host.hpp"

#include <algorithm>

namespace demuxsim {
namespace {

template <class Key>
AnyDemux<Key> make_demux(const HostConfig& config, std::uint64_t seed) {
  return AnyDemux<Key>(config.algorithm, seed);
}

}  // namespace

Host::Host(HostId id, const HostTemplate& kind, std::vector<IpAddress> addresses,
           std::uint64_t seed, EventOrigin origin, HostOutput& output)
    : id_(id),
      kind_(&kind),
      output_(&output),
      addresses_(std::move(addresses)),
      origin_(origin),
      seed_(seed),
      tuples4_(make_demux<FourTuple4>(kind.config,
                                      Rng(seed, {StreamKind::hash_secret, id.value, 0}).next())),
      tuples6_(make_demux<FourTuple6>(kind.config,
                                      Rng(seed, {StreamKind::hash_secret, id.value, 1}).next())),
      picker_(kind.config.ephemeral, Rng(seed, {StreamKind::port_picker, id.value})) {
  Rng secrets(seed, {StreamKind::hash_secret, id.value, 2});
  secret_ = {secrets.next(), secrets.next()};
  reuseport_secret_ = secrets.next();
  processes_.resize(kind.processes.size());
  for (std::size_t i = 0; i < processes_.size(); ++i) processes_[i].kind = kind.processes[i];
}

void Host::start(SimTime now) {
  now_ = now;
  for (std::uint32_t i = 0; i < processes_.size(); ++i) start_process(ProcessId{i});
  drain();
}

bool Host::on_event(SimTime now, const Event& event) {
  now_ = now;
  bool happened = false;
  const std::uint32_t slot = event.subject;
  switch (event.kind) {
    case EventKind::connection_timer:
      happened =
          connections_.find({slot, event.generation}) != nullptr && on_connection_timer(slot);
      break;
    case EventKind::connection_wakeup: {
      const Connection* connection = connections_.find({slot, event.generation});
      happened = connection != nullptr && connection->open;
      if (happened) on_wakeup(slot);
      break;
    }
    case EventKind::process_wakeup:
      happened = processes_[slot].generation == event.generation;
      if (happened) open_next(ProcessId{slot});
      break;
    case EventKind::listener_timer:
      happened = passives_.find({slot, event.generation}) != nullptr;
      if (happened) close_passive(slot);
      break;
    case EventKind::time_wait:
      happened = on_time_wait();
      break;
    case EventKind::link_head:
    case EventKind::action:
      check_failed("the event is of a kind that a host schedules", __FILE__, __LINE__);
  }
  drain();
  return happened;
}

/// What the host knew is lost without a word on the wire; whoever still calls is told by resets.
void Host::reboot(SimTime now) {
  now_ = now;
  record_call(SocketCall::reboot, {}, Errno::ok);
  std::vector<std::uint32_t> slots;
  connections_.for_each([&](std::uint32_t slot, const Connection&) { slots.push_back(slot); });
  for (const std::uint32_t slot : slots) {
    Connection& connection = connections_[slot];
    connection.role = Role::scripted;
    record_state(connection, connection.tcp.state(), TcpState::closed);
    remove(slot);
  }
  slots.clear();
  passives_.for_each([&](std::uint32_t slot, const PassiveSocket&) { slots.push_back(slot); });
  for (const std::uint32_t slot : slots) close_passive(slot);
  while (tuples4_.oldest() != tuples4_.kNone) end_wait(tuples4_, tuples4_.oldest());
  while (tuples6_.oldest() != tuples6_.kNone) end_wait(tuples6_, tuples6_.oldest());
  told_.clear();
  picker_.restart();
  for (std::uint32_t i = 0; i < processes_.size(); ++i) {
    ++processes_[i].generation;
    start_process(ProcessId{i});
  }
  drain();
}

void Host::inject(SimTime now, const Segment& segment) {
  now_ = now;
  if (wants(TraceKind::call)) {
    TraceRecord made = record(TraceKind::call);
    made.call = SocketCall::inject;
    made.segment = segment;
    output_->trace.add(made);
  }
  note_sent(output_->segments.emplace_back(segment), ProcessId{});
}

void Host::emit(const Segment& segment, ProcessId owner) {
  Segment& out = output_->segments.emplace_back(segment);
  out.hop_limit = kind_->config.tcp.hop_limit;
  note_sent(out, owner);
}

/// The segment that has joined the output gets its number, and a record.
void Host::note_sent(Segment& out, ProcessId owner) {
  out.id = ++output_->last_segment_id;
  if (!wants(TraceKind::segment_sent)) return;
  TraceRecord sent = record(TraceKind::segment_sent);
  sent.process = owner;
  sent.segment = out;
  output_->trace.add(sent);
}

void Host::schedule(SimTime at, EventKind kind, std::uint32_t subject, std::uint32_t generation) {
  output_->events.push_back({{at, origin_.stamp()}, id_.value, subject, generation, kind});
}

/// Also takes in a loopback address that has not been used so far.
std::optional<std::uint8_t> Host::address_index(const IpAddress& address) {
  for (std::size_t i = 0; i < addresses_.size(); ++i) {
    if (addresses_[i] == address) return static_cast<std::uint8_t>(i);
  }
  if (!address.is_loopback() || addresses_.size() >= PortHolding::kAnyAddress) return std::nullopt;
  addresses_.push_back(address);
  return static_cast<std::uint8_t>(addresses_.size() - 1);
}

/// Nobody, where the socket is no more.
Host::Owner Host::owner_of(SocketHandle socket) const {
  if (socket.passive) {
    const PassiveSocket* const passive = passives_.find({socket.slot, socket.generation});
    return passive == nullptr ? Owner{} : owner_of(*passive);
  }
  const Connection* const connection = connections_.find({socket.slot, socket.generation});
  return connection == nullptr ? Owner{} : owner_of(*connection);
}

void Host::close_descriptor(ProcessId process, std::int32_t& fd) {
  if (fd == kNoDescriptor) return;
  processes_[process.value].descriptors.release(fd);
  fd = kNoDescriptor;
}

void Host::release_descriptor(Connection& connection) {
  connection.open = false;
  close_descriptor(connection.process, connection.fd);
}

void Host::release_port(const Endpoint& local, const Endpoint& peer, const PortHolding& holding,
                        ProcessId process) {
  if (!holding.bound) picker_.gone(local.port, destination_of(local.address, peer));
  if (!ports_.release(local.port, holding)) return;
  picker_.unheld(local.port);
  record_port(PortAction::released, local.port, process);
}

// ---- names ----

void Host::remember_name(const Connection& connection, std::uint32_t slot) {
  if (!connection.name) return;
  named_[key_of(connection.name)] = {handle_of(slot), local_of(connection), remote_of(connection),
                                     Errno::ebadf, ++connections_named_};
}

/// The name of a connection in TIME-WAIT: of all that had these ends it is the last. A search: only
/// few sockets have names, and this is for records alone.
SocketName Host::name_of_ends(const Endpoint& local, const Endpoint& peer) const {
  SocketName found;
  std::uint64_t last = 0;
  for (const auto& [key, socket] : named_) {
    const bool same = socket.local == local && socket.peer == peer;
    if (same && socket.number > last) {
      last = socket.number;
      found = {static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key)};
    }
  }
  return found;
}

// ---- records ----

TraceRecord Host::record(TraceKind kind) const {
  TraceRecord made;
  made.at = now_;
  made.host = id_;
  made.kind = kind;
  return made;
}

TraceRecord Host::record(TraceKind kind, const Owner& owner) const {
  TraceRecord made = record(kind);
  made.process = owner.process;
  made.fd = owner.fd;
  made.socket = owner.name;
  return made;
}

void Host::record_lookup(const Segment& segment, LookupRule rule, std::uint32_t connections,
                         std::uint32_t listeners, const Owner& owner) {
  if (!wants(TraceKind::demux)) return;
  TraceRecord made = record(TraceKind::demux, owner);
  made.segment = segment;
  made.rule = rule;
  made.examined_connections = connections;
  made.examined_listeners = listeners;
  output_->trace.add(made);
}

void Host::record_drop(const Segment& segment, DropReason reason) {
  if (!wants(TraceKind::segment_dropped)) return;
  TraceRecord made = record(TraceKind::segment_dropped);
  made.segment = segment;
  made.reason = reason;
  output_->trace.add(made);
}

TraceRecord Host::state_record(const Endpoint& local, const Endpoint& peer,
                               const Owner& owner) const {
  TraceRecord made = record(TraceKind::state, owner);
  made.segment.source = local.address;
  made.segment.source_port = local.port;
  made.segment.destination = peer.address;
  made.segment.destination_port = peer.port;
  return made;
}

void Host::record_state(const Connection& connection, TcpState from, TcpState to, Errno told) {
  if (!wants(TraceKind::state)) return;
  TraceRecord made =
      state_record(local_of(connection), remote_of(connection), owner_of(connection));
  made.from = static_cast<std::uint8_t>(from);
  made.to = static_cast<std::uint8_t>(to);
  made.result = told;
  output_->trace.add(made);
}

void Host::record_state(const Endpoint& local, const Endpoint& peer, const Owner& owner,
                        TcpState from, TcpState to) {
  if (!wants(TraceKind::state)) return;
  TraceRecord made = state_record(local, peer, owner);
  made.from = static_cast<std::uint8_t>(from);
  made.to = static_cast<std::uint8_t>(to);
  output_->trace.add(made);
}

void Host::record_port(PortAction action, Port port, ProcessId process) {
  if (!wants(TraceKind::port)) return;
  TraceRecord made = record(TraceKind::port, {process, kNoDescriptor, {}});
  made.port_action = action;
  if (action == PortAction::allocated) made.amount = picker_.probes();
  made.segment.source_port = port;
  output_->trace.add(made);
}

void Host::record_call(SocketCall call, const Owner& owner, Errno result, const Endpoint& argument,
                       std::uint64_t amount) {
  if (!wants(TraceKind::call)) return;
  TraceRecord made = record(TraceKind::call, owner);
  made.call = call;
  made.result = result;
  made.segment.destination = argument.address;
  made.segment.destination_port = argument.port;
  made.amount = amount;
  output_->trace.add(made);
}

void Host::record_accept(const Connection& connection) {
  if (!wants(TraceKind::call)) return;
  TraceRecord made = record(TraceKind::call, owner_of(connection));
  made.call = SocketCall::accept;
  made.segment.source = addresses_[connection.local_address];
  made.segment.source_port = connection.local_port;
  made.segment.destination = connection.remote_address;
  made.segment.destination_port = connection.remote_port;
  output_->trace.add(made);
}

}  // namespace demuxsim
