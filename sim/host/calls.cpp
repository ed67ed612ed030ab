// The socket calls that make listeners and connections: bind, listen and connect.
#include <algorithm>
#include <utility>

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
  holding.ipv4 = address.is_ipv4() || address == IpAddress{};
  holding.ipv6 = !address.is_ipv4();
  if (!address.is_unspecified()) {
    const std::optional<std::uint8_t> index = address_index(address);
    if (!index) return failure(Errno::eaddrnotavail);
    holding.address = *index;  // MUST-43
  }
  return holding;
}

std::optional<Port> Host::pick_port(const PortHolding& holding) {
  return picker_.pick({.purpose = PickFor::bind},
                      [&](Port port) { return ports_.may_choose(port, holding); });
}

/// Takes a port in this way, for `process`; port 0: one that the host chooses.
/// Errors: EACCES, EADDRINUSE.
Result<Port, Errno> Host::take_port(ProcessId process, Port port, const PortHolding& holding) {
  if (const Errno denied = check_privilege(process, port); denied != Errno::ok) {
    return failure(denied);
  }
  const bool chosen = port == Port{};
  if (chosen) {
    port = pick_port(holding).value_or(Port{});
    if (port == Port{}) return failure(Errno::eaddrinuse);
  } else if (!ports_.may_bind(port, holding)) {  // MUST-41
    return failure(Errno::eaddrinuse);
  }
  ports_.hold(port, holding);
  record_port(chosen ? PortAction::allocated : PortAction::bound, port, process);
  return port;
}

Result<std::uint32_t, Errno> Host::try_bind(ProcessId process, const BindOptions& options) {
  if (!processes_[process.value].running) return failure(Errno::ebadf);
  const Result<PortHolding, Errno> holding =
      holding_for(options.local.address, options.reuse_address, options.reuse_port);
  if (!holding) return failure(holding.error());
  Endpoint local = options.local;
  if (local.port != Port{} || !options.no_port) {
    const Result<Port, Errno> port = take_port(process, local.port, *holding);
    if (!port) return failure(port.error());
    local.port = *port;
  }
  const std::uint32_t slot =
      add_passive({process, open_descriptor(process), options.name}, local, *holding);
  passives_[slot].by_number = options.local.port != Port{};
  return slot;
}

/// A socket that is bound to `local`; its port, if it has one, is held.
std::uint32_t Host::add_passive(const Owner& owner, const Endpoint& local,
                                const PortHolding& holding) {
  const std::uint32_t slot = passives_.emplace();
  PassiveSocket& socket = passives_[slot];
  socket.local = local;
  socket.holding = holding;
  socket.process = owner.process;
  socket.fd = owner.fd;
  socket.name = owner.name;
  if (owner.name) named_[key_of(owner.name)] = {passive_handle(slot), local, {}, Errno::ebadf};
  return slot;
}

/// Binds a socket that is there already, which succeeds only while it has no port.
Errno Host::try_bind_again(const BindOptions& options) {
  PassiveSocket* const socket = options.bound.passive
                                    ? passives_.find({options.bound.slot, options.bound.generation})
                                    : nullptr;
  if (socket == nullptr || socket->local.port != Port{}) return Errno::einval;
  const Result<PortHolding, Errno> holding =
      holding_for(options.local.address, socket->holding.reuse_address, socket->holding.reuse_port);
  if (!holding) return holding.error();
  const Result<Port, Errno> port = take_port(socket->process, options.local.port, *holding);
  if (!port) return port.error();
  socket->local = {options.local.address, *port};
  socket->by_number = options.local.port != Port{};
  socket->holding = *holding;
  if (socket->name) named_[key_of(socket->name)].local = socket->local;
  return Errno::ok;
}

Result<SocketHandle, Errno> Host::bind(SimTime now, ProcessId process, const BindOptions& options) {
  now_ = now;
  if (options.bound) {
    const Errno error = try_bind_again(options);
    record_call(SocketCall::bind, owner_of(options.bound), error, options.local);
    if (error != Errno::ok) return failure(error);
    return options.bound;
  }
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
  if (socket.service != nullptr) {
    socket.service = &service;  // It listens on, with another backlog.
    return Errno::ok;
  }
  if (socket.local.port == Port{}) {
    const Result<Port, Errno> port = take_port(socket.process, Port{}, socket.holding);
    if (!port) return port.error();
    socket.local.port = *port;
  }
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
    slot = try_bind(process,
                    {service.local, service.reuse_address, service.reuse_port, false, name, {}});
  } else if (!bound.passive || passives_.find({bound.slot, bound.generation}) == nullptr) {
    slot = failure(Errno::einval);
  }
  const Errno error = slot ? try_listen(*slot, service) : slot.error();
  const Owner owner = slot    ? owner_of(passives_[*slot])
                      : bound ? owner_of(bound)
                              : Owner{process, kNoDescriptor, name};
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
  if (socket.local.port != Port{}) {
    release_port(socket.local, {}, socket.holding, socket.process);
  }
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

/// The address from which a connection to the target comes.
Result<IpAddress, Errno> Host::choose_source_address(const ConnectOptions& options) {
  const IpAddress& target = options.target.address;
  if (target.is_unspecified() || target.is_multicast() || target.is_broadcast()) {  // MUST-46
    return failure(Errno::enetunreach);
  }
  if (options.from_address) {
    if (options.from_address->family() != target.family()) return failure(Errno::eafnosupport);
    // RFC 1122 section 3.2.1.3: a loopback address does not appear outside of a host.
    const bool leaves = options.from_address->is_loopback() && !address_index(target);
    if (leaves) return failure(Errno::einval);
    return *options.from_address;  // MUST-43
  }
  if (address_index(target)) return target;
  const auto same_family = std::find_if(
      addresses_.begin(), addresses_.end(),
      [&](const IpAddress& own) { return own.family() == target.family() && !own.is_loopback(); });
  if (same_family == addresses_.end()) return failure(Errno::enetunreach);
  return *same_family;  // MUST-44
}

/// Where a connection to the target comes from; `holding` tells how it will hold the port.
Result<Endpoint, Errno> Host::choose_source(ProcessId process, const ConnectOptions& options,
                                            PortHolding& holding) {
  const Result<IpAddress, Errno> address = choose_source_address(options);
  if (!address) return failure(address.error());
  const Port asked = options.from_port.value_or(Port{});
  const Result<PortHolding, Errno> wish =
      holding_for(*address, options.reuse_address, options.reuse_port);
  if (!wish) return failure(wish.error());
  holding = *wish;
  holding.bound = asked != Port{};
  if (options.bound) {
    const PortHolding& before = passives_[options.bound.slot].holding;
    holding.ipv4 = before.ipv4;
    holding.ipv6 = before.ipv6;
  } else if (!options.from_address && asked == Port{}) {
    holding.ipv4 = true;  // An IPv6 socket that nobody has bound is one for IPv4, too.
  }
  if (asked == Port{}) {
    const std::optional<Port> port = pick_source_port(holding.address, options.target);
    if (!port) return failure(Errno::eaddrnotavail);
    return Endpoint{*address, *port};
  }
  if (options.bound) return Endpoint{*address, asked};  // The bind has settled it.
  if (const Errno denied = check_privilege(process, asked); denied != Errno::ok) {
    return failure(denied);
  }
  if (!ports_.may_bind(asked, holding)) return failure(Errno::eaddrinuse);
  return Endpoint{*address, asked};
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
  const TcpConfig& tcp = options.bound ? tcp_of(options.bound) : kind_->config.tcp;
  const SequenceNumber iss = initial_sequence(tcp.iss, secret_, *local, options.target, now_);
  const std::uint32_t slot = add_connection(TcpConnection::open(iss, tcp, local->address.family()),
                                            *local, options.target);
  Connection& connection = connections_[slot];
  if (options.reads) connection.tcp.keep_text();
  connection.role = role;
  if (options.bound && passives_[options.bound.slot].own_tcp) {
    connection.own_tcp = std::make_unique<TcpConfig>(tcp);
  }
  connection.open = connection.calling = true;
  connection.first = options.set_up == SetUp::announce;
  connection.process = process;
  connection.holding = holding;
  connection.name = connection.first ? options.name.first() : options.name;
  connection.fd = options.bound ? std::exchange(passives_[options.bound.slot].fd, kNoDescriptor)
                                : open_descriptor(process);
  ports_.hold(local->port, holding);
  remember_name(connection, slot);
  // Of a socket that was bound with its port, the bind has told.
  if (!options.bound || passives_[options.bound.slot].local.port == Port{}) {
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

/// Why a socket that is there already cannot call: it calls, is connected, or listens.
Errno Host::check_caller(SocketHandle socket) const {
  if (socket.passive) {
    const PassiveSocket* const passive = passives_.find({socket.slot, socket.generation});
    if (passive == nullptr) return Errno::ebadf;
    return passive->service == nullptr ? Errno::ok : Errno::eisconn;
  }
  const Connection* const connection = connections_.find({socket.slot, socket.generation});
  if (connection == nullptr) return Errno::ebadf;
  return connection->tcp.state() == TcpState::syn_sent ? Errno::ealready : Errno::eisconn;
}

void Host::leave_port(PassiveSocket& socket) {
  if (socket.local.port == Port{}) return;
  release_port(socket.local, {}, socket.holding, socket.process);
  socket.local.port = Port{};
  if (socket.name) named_[key_of(socket.name)].local = socket.local;
}

/// The bound socket becomes a connection, with its port and address; if the call cannot begin, it
/// stays what it was.
Result<SocketHandle, Errno> Host::call_from(const ConnectOptions& options) {
  if (const Errno error = check_caller(options.bound); error != Errno::ok) {
    record_call(SocketCall::connect, owner_of(options.bound), error, options.target);
    return failure(error);
  }
  PassiveSocket& socket = passives_[options.bound.slot];
  ConnectOptions full = options;
  full.from_port = socket.local.port;
  if (!socket.local.address.is_unspecified()) full.from_address = socket.local.address;
  full.reuse_address = socket.holding.reuse_address;
  full.reuse_port = socket.holding.reuse_port;
  if (!full.name) full.name = socket.name;
  const Result<SocketHandle, Errno> called = call(socket.process, full, Role::scripted);
  if (!called) {
    // As in Linux a port that the host has chosen is kept only until a call fails.
    if (called.error() == Errno::eaddrnotavail && !socket.by_number) leave_port(socket);
    return called;
  }
  Connection& connection = connections_[called->slot];
  connection.was_bound = true;
  connection.by_number = socket.by_number;
  connection.from_any = socket.local.address.is_unspecified();
  if (socket.local.port != Port{}) ports_.release(socket.local.port, socket.holding);
  passives_.erase(options.bound.slot);
  return called;
}

Result<SocketHandle, Errno> Host::connect(SimTime now, ProcessId process,
                                          const ConnectOptions& options) {
  now_ = now;
  return options.bound ? call_from(options) : call(process, options, Role::scripted);
}

}  // namespace demuxsim
