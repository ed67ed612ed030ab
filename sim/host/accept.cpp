// What a process does that serves its connections itself, call by call.
#include <algorithm>

#include "demuxsim/host/host.hpp"

namespace demuxsim {

Connection* Host::longest_waiting(PassiveSocket& listener) {
  while (!listener.arrivals.empty()) {
    const SocketHandle first = listener.arrivals.front();
    Connection* const connection = connections_.find({first.slot, first.generation});
    if (connection != nullptr && connection->waiting) return connection;
    listener.arrivals.pop_front();
  }
  return nullptr;
}

SocketHandle Host::accept(SimTime now, SocketHandle listener, SocketName name) {
  now_ = now;
  PassiveSocket* const passive =
      listener.passive ? passives_.find({listener.slot, listener.generation}) : nullptr;
  Connection* const connection = passive == nullptr ? nullptr : longest_waiting(*passive);
  if (connection == nullptr) return {};
  const SocketHandle child = passive->arrivals.front();
  passive->arrivals.pop_front();
  leave_listener(*connection);
  connection->open = true;
  connection->fd = open_descriptor(connection->process);
  connection->name = name;
  remember_name(*connection, child.slot);
  record_accept(*connection);
  return child;
}

std::uint32_t Host::read(SimTime now, SocketHandle socket, std::uint32_t bytes) {
  now_ = now;
  Connection* const connection = open_connection(socket);
  if (connection == nullptr) return 0;
  const std::uint32_t taken = std::min(bytes, connection->tcp.unread_bytes());
  connection->tcp.read(taken);
  pump(socket.slot);
  set_timer(socket.slot);
  return taken;
}

const TcpConnection* Host::tcp_connection(SocketHandle socket) const {
  if (socket.passive) return nullptr;
  const Connection* const connection = connections_.find({socket.slot, socket.generation});
  return connection == nullptr ? nullptr : &connection->tcp;
}

std::uint32_t Host::waiting_at(SocketHandle listener) const {
  const PassiveSocket* const passive =
      listener.passive ? passives_.find({listener.slot, listener.generation}) : nullptr;
  return passive == nullptr ? 0 : passive->waiting;
}

void Host::end_time_wait(SimTime now) {
  now_ = now;
  while (tuples4_.oldest() != tuples4_.kNone) end_wait(tuples4_, tuples4_.oldest());
  while (tuples6_.oldest() != tuples6_.kNone) end_wait(tuples6_, tuples6_.oldest());
}

}  // namespace demuxsim
