// What can be asked of a host: its socket table and where a named socket is.
#include <algorithm>
#include <tuple>

#include "demuxsim/host/host.hpp"

namespace demuxsim {
namespace {

/// Everything but the name, which takes a search.
template <class Waiting>
SocketRow row_without_name(SimTime now, const Waiting& waiting) {
  SocketRow row;
  row.state = static_cast<std::uint8_t>(TcpState::time_wait);
  row.local = local_of(waiting.key);
  row.peer = remote_of(waiting.key);
  row.timer = TimerKind::time_wait;
  row.timer_left = waiting.until - now;
  row.bound = waiting.holding.bound;
  return row;
}

/// A row whose name is to be found by its ends.
struct NamedRow {
  Endpoint local;
  Endpoint peer;
  std::size_t row = 0;

  friend bool operator<(const NamedRow& a, const NamedRow& b) {
    return std::tie(a.local, a.peer) < std::tie(b.local, b.peer);
  }
};

}  // namespace

SocketRow Host::row_of(SimTime now, const Connection& connection) const {
  SocketRow row;
  row.state = static_cast<std::uint8_t>(connection.tcp.state());
  row.local = local_of(connection);
  row.peer = remote_of(connection);
  row.process = connection.process;
  row.fd = connection.fd;
  row.socket = connection.name;
  row.bound = connection.holding.bound;
  row.receive_queue = connection.waiting ? connection.received : 0;
  row.send_queue = connection.tcp.unacknowledged_bytes() + connection.tcp.unsent_bytes();
  if (connection.tcp.deadline() != kNever) {
    row.timer = TimerKind::retransmit;
    row.timer_left = connection.tcp.deadline() - now;
  }
  return row;
}

SocketRow Host::row_of(const PassiveSocket& socket) const {
  SocketRow row;
  const bool listening = socket.service != nullptr;
  row.state = static_cast<std::uint8_t>(listening ? TcpState::listen : TcpState::closed);
  row.local = socket.local;
  row.process = socket.process;
  row.fd = socket.fd;
  row.socket = socket.name;
  row.bound = true;
  if (listening) {
    row.receive_queue = socket.waiting;
    row.send_queue = socket.service->backlog;
  }
  return row;
}

template <class Key>
SocketRow Host::waiting_row(SimTime now, const TupleTable<Key>& table, std::uint32_t slot) const {
  const auto& waiting = table.waiting(slot);
  SocketRow row = row_without_name(now, waiting);
  if (waiting.named) row.socket = name_of_ends(row.local, row.peer);
  return row;
}

/// Names are found by one pass over all of them, for there may be as many as there are rows.
template <class Key>
void Host::add_waiting_rows(SimTime now, const TupleTable<Key>& table,
                            std::vector<SocketRow>& rows) const {
  const std::size_t first = rows.size();
  std::vector<NamedRow> wanted;
  for (std::uint32_t at = table.oldest(); at != table.kNone; at = table.waiting(at).younger) {
    rows.push_back(row_without_name(now, table.waiting(at)));
    if (!table.waiting(at).named) continue;
    wanted.push_back({rows.back().local, rows.back().peer, rows.size() - 1});
  }
  if (wanted.empty()) return;
  std::sort(wanted.begin(), wanted.end());
  std::vector<std::uint64_t> latest(rows.size() - first, 0);
  for (const auto& [key, socket] : named_) {
    const NamedRow named{socket.local, socket.peer};
    const auto found = std::lower_bound(wanted.begin(), wanted.end(), named);
    if (found == wanted.end() || named < *found) continue;
    std::uint64_t& last = latest[found->row - first];
    if (socket.number <= last) continue;  // Of all that had these ends it is the last.
    last = socket.number;
    rows[found->row].socket = {static_cast<std::uint32_t>(key >> 32),
                               static_cast<std::uint32_t>(key)};
  }
}

std::vector<SocketRow> Host::sockets(SimTime now) const {
  std::vector<SocketRow> rows;
  rows.reserve(passives_.size() + connections_.size() + tuples4_.waiting_count() +
               tuples6_.waiting_count());
  passives_.for_each(
      [&](std::uint32_t, const PassiveSocket& socket) { rows.push_back(row_of(socket)); });
  connections_.for_each([&](std::uint32_t, const Connection& connection) {
    rows.push_back(row_of(now, connection));
  });
  add_waiting_rows(now, tuples4_, rows);
  add_waiting_rows(now, tuples6_, rows);
  return rows;
}

std::optional<SocketRow> Host::connection(SimTime now, const Endpoint& local,
                                          const Endpoint& peer) const {
  return with_tuple(local, peer, [&](const auto& table, const auto& key) {
    std::optional<SocketRow> row;
    const auto found = table.find(key);
    if (found.connection != table.kNone) row = row_of(now, connections_[found.connection]);
    if (found.waiting != table.kNone) row = waiting_row(now, table, found.waiting);
    return row;
  });
}

SocketHandle Host::find(const Endpoint& local, const Endpoint& peer) const {
  const std::uint32_t slot = with_tuple(
      local, peer, [](const auto& table, const auto& key) { return table.find(key).connection; });
  return slot == SocketHandle::kNone ? SocketHandle{} : handle_of(slot);
}

SocketHandle Host::find(SocketName name) const {
  const auto named = named_.find(key_of(name));
  if (named == named_.end()) return {};
  const SocketHandle& handle = named->second.handle;
  const bool alive = handle.passive
                         ? passives_.find({handle.slot, handle.generation}) != nullptr
                         : connections_.find({handle.slot, handle.generation}) != nullptr;
  return alive ? handle : SocketHandle{};
}

std::optional<SocketRow> Host::socket(SimTime now, SocketName name) const {
  const auto named = named_.find(key_of(name));
  if (named == named_.end()) return std::nullopt;
  const NamedSocket& socket = named->second;
  if (const SocketHandle handle = find(name)) {
    return handle.passive ? row_of(passives_[handle.slot]) : row_of(now, connections_[handle.slot]);
  }
  std::optional<SocketRow> row;
  if (!socket.handle.passive) row = connection(now, socket.local, socket.peer);
  // Another connection may have the same ends by now; then this one is gone.
  if (row && (static_cast<TcpState>(row->state) != TcpState::time_wait || row->socket != name)) {
    row.reset();
  }
  return row;
}

Errno Host::error_after_end(SocketName name) {
  const auto named = named_.find(key_of(name));
  if (named == named_.end()) return Errno::ebadf;
  const Errno error = named->second.error;
  if (error != Errno::ebadf) named->second.error = Errno::epipe;
  return error;
}

std::optional<Host::Ends> Host::ends_of(SocketName name) const {
  const auto named = named_.find(key_of(name));
  if (named == named_.end()) return std::nullopt;
  return Ends{named->second.local, named->second.peer};
}

}  // namespace demuxsim
