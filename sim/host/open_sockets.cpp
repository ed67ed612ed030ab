// What a host's processes do with a socket that is open, until they or its connection are gone.
#include "demuxsim/host/host.hpp"

namespace demuxsim {

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
  if (connection.tcp.unread_bytes() != 0) {
    abort_connection(slot);  // SHLD-3: a reset shows that data was lost.
    return Errno::ok;
  }
  const TcpState before = connection.tcp.state();
  connection.tcp.shutdown_write();
  connection.tcp.leave(now_, tcp_of(connection));
  after_call(slot, before);
  return Errno::ok;
}

const TcpConfig& Host::tcp_of(SocketHandle socket) const {
  if (socket.passive) {
    const PassiveSocket* const passive = passives_.find({socket.slot, socket.generation});
    return passive == nullptr ? kind_->config.tcp : tcp_of(*passive);
  }
  const Connection* const connection = connections_.find({socket.slot, socket.generation});
  return connection == nullptr ? kind_->config.tcp : tcp_of(*connection);
}

Errno Host::set_tcp(SimTime now, SocketHandle socket, const TcpConfig& config) {
  now_ = now;
  if (socket.passive) {
    PassiveSocket* const passive = passives_.find({socket.slot, socket.generation});
    if (passive == nullptr) return Errno::ebadf;
    passive->own_tcp = std::make_unique<TcpConfig>(config);
    return Errno::ok;
  }
  Connection* const connection = open_connection(socket);
  if (connection == nullptr) return Errno::ebadf;
  connection->own_tcp = std::make_unique<TcpConfig>(config);
  connection->tcp.settings_changed(now_, config);
  pump(socket.slot);
  set_timer(socket.slot);
  return Errno::ok;
}

void Host::note_refused_call(SimTime now, const RefusedCall& refused, Errno error) {
  now_ = now;
  record_call(refused.call, {refused.process, kNoDescriptor, refused.name}, error, {},
              refused.bytes);
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
  if (socket.passive) return close(now, socket);
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
