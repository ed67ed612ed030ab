// The socket calls of a host's processes.
#include <algorithm>

#include "demuxsim/host/host.hpp"

namespace demuxsim {
namespace {
constexpr Port kFirstUnprivileged{1024};
}

// ---- bind and listen ----

Errno Host::check_privilege(ProcessId process, Port port) const {
  const bool denied = kind_->config.require_privilege && port.value != 0 &&
                      port < kFirstUnprivileged && !kind_of(process).privileged;
  return denied ? Errno::eacces : Errno::ok;
}

/// How a socket bound like this holds its port. Errors: EADDRNOTAVAIL for an address of others.
Result<PortHolding, Errno> Host::holding_for(const IpAddress& address, bool reuse_address,
                                             bool reuse_port) {
  PortHolding holding{.reuse_address = reuse_address, .reuse_port = reuse_port, .bound = true};
  if (!address.is_unspecified()) {
    const std::optional<std::uint8_t> index = address_index(address);
    if (!index) return failure(Errno::eaddrnotavail);
    holding.address = *index;
  }
  return holding;
}

std::optional<Port> Host::pick_port(const PortHolding& holding) {
  return picker_.pick({.purpose = PickFor::bind},
                      [&](Port port) { return ports_.may_bind(port, holding); });
}

Result<std::uint32_t, Errno> Host::try_bind(ProcessId process, const BindOptions& options) {
  if (!processes_[process.value].running) return failure(Errno::ebadf);
  Result<PortHolding, Errno> holding =
      holding_for(options.local.address, options.reuse_address, options.reuse_port);
  if (!holding) return failure(holding.error());
  Port port = options.local.port;
  if (const Errno denied = check_privilege(process, port); denied != Errno::ok) {
    return failure(denied);
  }
  const bool chosen = port == Port{};
  if (chosen) {
    port = pick_port(*holding).value_or(Port{});
    if (port == Port{}) return failure(Errno::eaddrinuse);
  } else if (!ports_.may_bind(port, *holding)) {
    return failure(Errno::eaddrinuse);
  }
  const std::uint32_t slot = passives_.emplace();
  PassiveSocket& socket = passives_[slot];
  socket.local = {options.local.address, port};
  socket.holding = *holding;
  socket.process = process;
  socket.fd = open_descriptor(process);
  socket.name = options.name;
  ports_.hold(port, *holding);
  record_port(chosen ? PortAction::allocated : PortAction::bound, port, process);
  if (options.name)
    named_[key_of(options.name)] = {passive_handle(slot), socket.local, {}, Errno::ebadf};
  return slot;
}

Result<SocketHandle, Errno> Host::bind(SimTime now, ProcessId process, const BindOptions& options) {
  now_ = now;
  const Result<std::uint32_t, Errno> slot = try_bind(process, options);
  if (!slot) {
    record_call(SocketCall::bind, {process, kNoDescriptor, options.name}, slot.error(),
                options.local);
    return failure(slot.error());
  }
  record_call(SocketCall::bind, owner_of(passives_[*slot]), Errno::ok, options.local);
  return passive_handle(*slot);
}

Errno Host::try_listen(std::uint32_t passive, const ListenConfig& service) {
  PassiveSocket& socket = passives_[passive];
  if (socket.service != nullptr) return Errno::einval;
  PortHolding listening = socket.holding;
  listening.listening = true;
  ports_.release(socket.local.port, socket.holding);
  const bool allowed = ports_.may_bind(socket.local.port, listening);
  if (allowed) socket.holding = listening;
  ports_.hold(socket.local.port, socket.holding);
  if (!allowed) return Errno::eaddrinuse;
  socket.service = &service;
  listeners_.add(socket.local, passive);
  record_state(socket.local, {}, owner_of(socket), TcpState::closed, TcpState::listen);
  return Errno::ok;
}

Result<SocketHandle, Errno> Host::listen(SimTime now, ProcessId process,
                                         const ListenConfig& service, SocketName name,
                                         SocketHandle bound) {
  now_ = now;
  return listen_now(process, service, name, bound);
}

Result<SocketHandle, Errno> Host::listen_now(ProcessId process, const ListenConfig& service,
                                             SocketName name, SocketHandle bound) {
  Result<std::uint32_t, Errno> slot = bound.slot;
  if (!bound) {
    slot = try_bind(process, {service.local, service.reuse_address, service.reuse_port, name});
  } else if (!bound.passive || passives_.find({bound.slot, bound.generation}) == nullptr) {
    slot = failure(Errno::einval);
  }
  const Errno error = slot ? try_listen(*slot, service) : slot.error();
  const Owner owner = slot ? owner_of(passives_[*slot]) : Owner{process, kNoDescriptor, name};
  record_call(SocketCall::listen, owner, error, slot ? passives_[*slot].local : service.local,
              service.backlog);
  if (error != Errno::ok) {
    if (slot && !bound) close_passive(*slot);
    return failure(error);
  }
  return passive_handle(*slot);
}

void Host::close_passive(std::uint32_t slot) {
  PassiveSocket& socket = passives_[slot];
  if (socket.service != nullptr) {
    listeners_.remove(socket.local, slot);
    if (socket.half_open + socket.waiting != 0) abort_children(slot);
    record_state(socket.local, {}, owner_of(socket), TcpState::listen, TcpState::closed);
  }
  close_descriptor(socket.process, socket.fd);
  release_port(socket.local, {}, socket.holding, socket.process);
  passives_.erase(slot);
}

/// Connections that nobody has accepted end with their listener.
void Host::abort_children(std::uint32_t listener) {
  std::vector<std::uint32_t> children;
  connections_.for_each([&](std::uint32_t slot, const Connection& connection) {
    if ((connection.half_open || connection.waiting) && connection.listener == listener) {
      children.push_back(slot);
    }
  });
  for (const std::uint32_t slot : children) abort_connection(slot);
}

/// The port and listener of a conversation that is announced over `introduction`.
Result<std::uint32_t, Errno> Host::open_announced(const Connection& introduction) {
  BindOptions options;
  options.local.address = addresses_[introduction.local_address];
  const Result<std::uint32_t, Errno> slot = try_bind(introduction.process, options);
  if (!slot) return slot;
  passives_[*slot].announced = true;
  const Errno error = try_listen(*slot, *introduction.service);
  DEMUXSIM_CHECK(error == Errno::ok);
  schedule(later(now_, kAnnouncementPatience), EventKind::listener_timer, *slot,
           passives_.generation(*slot));
  return slot;
}

// ---- connect ----

/// Where a connection to the target comes from; `holding` tells how it will hold the port.
Result<Endpoint, Errno> Host::choose_source(ProcessId process, const ConnectOptions& options,
                                            PortHolding& holding) {
  const IpAddress& target = options.target.address;
  if (target.is_unspecified() || target.is_multicast() || target.is_broadcast()) {
    return failure(Errno::enetunreach);  // RFC 9293 MUST-46.
  }
  std::optional<IpAddress> address = options.from_address;
  if (!address && address_index(target)) address = target;
  if (!address) {
    const auto same_family =
        std::find_if(addresses_.begin(), addresses_.end(), [&](const IpAddress& own) {
          return own.family() == target.family() && !own.is_loopback();
        });
    if (same_family == addresses_.end()) return failure(Errno::enetunreach);
    address = *same_family;
  }
  if (address->family() != target.family()) return failure(Errno::eafnosupport);
  const bool by_number = options.from_port.has_value() && *options.from_port != Port{};
  const Result<PortHolding, Errno> wish =
      holding_for(*address, options.reuse_address, options.reuse_port);
  if (!wish) return failure(wish.error());
  holding = *wish;
  holding.bound = by_number;
  if (!by_number) {
    const std::optional<Port> port = pick_source_port(holding.address, options.target);
    if (!port) return failure(Errno::eaddrnotavail);
    return Endpoint{*address, *port};
  }
  if (const Errno denied = check_privilege(process, *options.from_port); denied != Errno::ok) {
    return failure(denied);
  }
  if (!ports_.may_bind(*options.from_port, holding)) return failure(Errno::eaddrinuse);
  return Endpoint{*address, *options.from_port};
}

/// Stands for both addresses and the remote port, which RFC 6056 section 3.3.3 hashes.
std::uint64_t Host::destination_of(const IpAddress& local, const Endpoint& target) {
  const IpAddress& remote = target.address;
  return mix64(mix64(remote.high() ^ mix64(remote.low())) ^ local.high() ^ mix64(local.low()) ^
               std::uint64_t{target.port.value} << 48);
}

std::optional<Port> Host::pick_source_port(std::uint8_t local, const Endpoint& target) {
  const IpAddress& own = addresses_[local];
  return picker_.pick({PickFor::connect, destination_of(own, target), now_}, [&](Port port) {
    return ports_.may_share(port) &&
           !with_tuple({own, port}, target,
                       [](const auto& table, const auto& key) { return table.contains(key); });
  });
}

Result<std::uint32_t, Errno> Host::try_connect(ProcessId process, const ConnectOptions& options,
                                               Role role) {
  if (!processes_[process.value].running) return failure(Errno::ebadf);
  PortHolding holding;
  const Result<Endpoint, Errno> local = choose_source(process, options, holding);
  if (!local) return failure(local.error());
  if (connection(now_, *local, options.target)) {
    return failure(Errno::eaddrnotavail);
  }
  const TcpConfig& tcp = kind_->config.tcp;
  const SequenceNumber iss = initial_sequence(tcp.iss, secret_, *local, options.target, now_);
  const std::uint32_t slot = add_connection(TcpConnection::open(iss, tcp, local->address.family()),
                                            *local, options.target);
  Connection& connection = connections_[slot];
  connection.role = role;
  connection.open = connection.calling = true;
  connection.first = options.set_up == SetUp::announce;
  connection.process = process;
  connection.holding = holding;
  connection.name = connection.first ? options.name.first() : options.name;
  connection.fd = open_descriptor(process);
  ports_.hold(local->port, holding);
  remember_name(connection, slot);
  if (!options.bound) {
    record_port(holding.bound ? PortAction::bound : PortAction::allocated, local->port, process);
  }
  record_state(connection, TcpState::closed, connection.tcp.state());
  if (kind_->config.follow_port_switch) dialing_.push_back(slot);
  pump(slot);
  set_timer(slot);
  return slot;
}

Result<SocketHandle, Errno> Host::call(ProcessId process, const ConnectOptions& options,
                                       Role role) {
  const Result<std::uint32_t, Errno> slot = try_connect(process, options, role);
  if (slot) return handle_of(*slot);
  record_call(SocketCall::connect, {process, kNoDescriptor, options.name}, slot.error(),
              options.target);
  return failure(slot.error());
}

/// The bound socket becomes a connection, with its port and address; if the call cannot begin, it
/// stays what it was.
Result<SocketHandle, Errno> Host::call_from(const ConnectOptions& options) {
  PassiveSocket* const socket = passives_.find({options.bound.slot, options.bound.generation});
  if (socket == nullptr || socket->service != nullptr) return failure(Errno::einval);
  ConnectOptions full = options;
  full.from_port = socket->local.port;
  if (!socket->local.address.is_unspecified()) full.from_address = socket->local.address;
  full.reuse_address = socket->holding.reuse_address;
  full.reuse_port = socket->holding.reuse_port;
  if (!full.name) full.name = socket->name;
  const ProcessId process = socket->process;
  ports_.release(socket->local.port, socket->holding);
  close_descriptor(process, socket->fd);
  const Result<SocketHandle, Errno> called = call(process, full, Role::scripted);
  if (called) {
    passives_.erase(options.bound.slot);
  } else {
    socket->fd = open_descriptor(process);
    ports_.hold(socket->local.port, socket->holding);
  }
  return called;
}

Result<SocketHandle, Errno> Host::connect(SimTime now, ProcessId process,
                                          const ConnectOptions& options) {
  now_ = now;
  return options.bound ? call_from(options) : call(process, options, Role::scripted);
}

// ---- an open socket ----

Errno Host::send_from(std::uint32_t slot, std::uint64_t bytes) {
  Connection& connection = connections_[slot];
  const Errno error = connection.tcp.send(bytes);
  record_call(SocketCall::send, owner_of(connection), error, {}, bytes);
  pump(slot);
  set_timer(slot);
  return error;
}

Errno Host::close_from(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  record_call(SocketCall::close, owner_of(connection), Errno::ok);
  release_descriptor(connection);
  const TcpState before = connection.tcp.state();
  connection.tcp.shutdown_write();
  after_call(slot, before);
  return Errno::ok;
}

void Host::note_refused_call(SimTime now, SocketCall call, SocketName name, Errno error) {
  now_ = now;
  record_call(call, {{}, kNoDescriptor, name}, error);
}

/// The connection of a handle that its owner still holds, or none.
Connection* Host::open_connection(SocketHandle socket) {
  if (!socket || socket.passive) return nullptr;
  Connection* connection = connections_.find({socket.slot, socket.generation});
  return connection != nullptr && connection->open ? connection : nullptr;
}

Errno Host::send(SimTime now, SocketHandle socket, std::uint64_t bytes) {
  now_ = now;
  const Errno error =
      open_connection(socket) == nullptr ? Errno::ebadf : send_from(socket.slot, bytes);
  drain();
  return error;
}

Errno Host::send_when_introduced(SocketName name, std::uint64_t bytes) {
  const Connection* introduction = open_connection(find(name.first()));
  if (introduction == nullptr || !introduction->calling) return Errno::ebadf;
  to_send_[key_of(name)].push_back(bytes);
  return Errno::ok;
}

Errno Host::shutdown_write(SimTime now, SocketHandle socket) {
  now_ = now;
  Connection* connection = open_connection(socket);
  if (connection == nullptr) return Errno::ebadf;
  const TcpState before = connection->tcp.state();
  const Errno error =
      before == TcpState::syn_sent ? Errno::enotconn : connection->tcp.shutdown_write();
  record_call(SocketCall::shutdown, owner_of(*connection), error);
  after_call(socket.slot, before);
  drain();
  return error;
}

Errno Host::close(SimTime now, SocketHandle socket) {
  now_ = now;
  if (socket.passive) {
    const PassiveSocket* passive = passives_.find({socket.slot, socket.generation});
    if (passive == nullptr) return Errno::ebadf;
    record_call(SocketCall::close, owner_of(*passive), Errno::ok);
    close_passive(socket.slot);
  } else {
    if (open_connection(socket) == nullptr) return Errno::ebadf;
    close_from(socket.slot);
  }
  drain();
  return Errno::ok;
}

Errno Host::abort(SimTime now, SocketHandle socket) {
  now_ = now;
  Connection* connection = open_connection(socket);
  if (connection == nullptr) return Errno::ebadf;
  record_call(SocketCall::abort, owner_of(*connection), Errno::ok);
  abort_connection(socket.slot);
  drain();
  return Errno::ok;
}

Errno Host::exit(SimTime now, ProcessId process) {
  now_ = now;
  Process& self = processes_[process.value];
  if (!self.running) return Errno::ebadf;
  record_call(SocketCall::exit, {process, kNoDescriptor, {}}, Errno::ok);
  self.running = false;
  ++self.generation;
  std::vector<std::uint32_t> slots;
  passives_.for_each([&](std::uint32_t slot, const PassiveSocket& socket) {
    if (socket.process == process) slots.push_back(slot);
  });
  for (const std::uint32_t slot : slots) close_passive(slot);
  slots.clear();
  connections_.for_each([&](std::uint32_t slot, const Connection& connection) {
    if (connection.process == process) slots.push_back(slot);
  });
  for (const std::uint32_t slot : slots) {
    Connection& connection = connections_[slot];
    connection.role = Role::scripted;
    const SocketHandle handle = handle_of(slot);
    if (connection.open) close_from(slot);
    // What is left of it belongs to the host alone.
    Connection* left = connections_.find({slot, handle.generation});
    if (left != nullptr) left->process = ProcessId{};
  }
  drain();
  return Errno::ok;
}

}  // namespace demuxsim
