#include "demuxsim/report/socket_book.hpp"

#include "demuxsim/core/random.hpp"

namespace demuxsim {
namespace {

bool has_no_peer(TcpState state) { return state == TcpState::closed || state == TcpState::listen; }

/// Whether nothing is left. What returns to LISTEN is a listener's child; the listener itself never
/// left that state.
bool is_end(TcpState from, TcpState to) {
  return to == TcpState::closed || (to == TcpState::listen && from != TcpState::closed);
}

}  // namespace

std::size_t SocketBook::KeyHash::operator()(const Key& key) const {
  const IpAddressHash hash;
  const std::uint64_t owner = std::uint64_t{key.host.value} << 32 | key.process.value;
  const std::uint64_t ports = std::uint64_t{key.local.port.value} << 16 | key.peer.port.value;
  return mix64(mix64(owner) + static_cast<std::uint32_t>(key.fd) + hash(key.local.address) * 3 +
               hash(key.peer.address) * 5 + ports);
}

SocketBook::Key SocketBook::key_of(const BookedSocket& socket) {
  if (has_no_peer(socket.state)) return {socket.host, socket.process, socket.fd, {}, {}};
  return {socket.host, {}, kNoDescriptor, socket.local, socket.peer};
}

/// A socket that calls may be answered by another end, and then only its descriptor tells it.
SocketBook::Key SocketBook::second_key_of(const BookedSocket& socket) {
  if (socket.state != TcpState::syn_sent || socket.fd == kNoDescriptor) return key_of(socket);
  return {socket.host, socket.process, socket.fd, {}, {}};
}

std::span<const SocketBook::Change> SocketBook::note(const TraceRecord& record) {
  changes_.clear();
  if (record.kind == TraceKind::state) note_state(record);
  if (record.kind == TraceKind::call && record.result == Errno::ok) note_call(record);
  taken_ = record.kind == TraceKind::port ? record.segment.source_port : Port{};
  return changes_;
}

void SocketBook::note_call(const TraceRecord& record) {
  switch (record.call) {
    case SocketCall::bind: {
      BookedSocket socket{record.host,      record.process,      record.fd, record.socket,
                          TcpState::closed, record.segment.to(), {}};
      if (socket.local.port == Port{}) socket.local.port = taken_;
      put(find(key_of(socket)), socket);
      return;
    }
    case SocketCall::accept:
      note_accept(record);
      return;
    case SocketCall::close:
      note_close(record);
      return;
    case SocketCall::exit:
    case SocketCall::reboot:
      end_bound(record.host, record.process);
      return;
    default:
      return;
  }
}

/// The connection gets its descriptor.
void SocketBook::note_accept(const TraceRecord& record) {
  const auto row =
      find(Key{record.host, {}, kNoDescriptor, record.segment.from(), record.segment.to()});
  if (!row) return;
  BookedSocket socket = *rows_[*row];
  socket.process = record.process;
  socket.fd = record.fd;
  put(row, socket);
}

/// Of a socket that is only bound; what has a state tells by it.
void SocketBook::note_close(const TraceRecord& record) {
  const auto row = find(Key{record.host, record.process, record.fd, {}, {}});
  if (row && rows_[*row]->state == TcpState::closed) remove(*row);
}

/// Sockets that are only bound end with their process, or without one with their host.
void SocketBook::end_bound(HostId host, ProcessId process) {
  for (std::uint32_t row = 0; row < rows_.size(); ++row) {
    const auto& socket = rows_[row];
    if (!socket || socket->host != host || socket->state != TcpState::closed) continue;
    if (!process || socket->process == process) remove(row);
  }
}

std::optional<std::uint32_t> SocketBook::find(const Key& key) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  return found->second;
}

/// The row that a state record is about: by the ends, or as the socket that was bound, or that
/// called one end and is answered by another (a port switch).
std::optional<std::uint32_t> SocketBook::find(const TraceRecord& state) const {
  BookedSocket socket;
  socket.host = state.host;
  socket.process = state.process;
  socket.fd = state.fd;
  socket.local = state.segment.from();
  socket.peer = state.segment.to();
  const auto from = static_cast<TcpState>(state.from);
  const auto to = static_cast<TcpState>(state.to);
  socket.state = from == TcpState::closed ? to : from;
  if (from == TcpState::listen && to != TcpState::closed) socket.state = to;
  if (const auto row = find(key_of(socket))) return row;
  if (state.fd == kNoDescriptor) return std::nullopt;
  if (from == TcpState::closed) socket.state = TcpState::closed;
  return find(second_key_of(socket));
}

void SocketBook::note_state(const TraceRecord& record) {
  const auto row = find(record);
  const auto from = static_cast<TcpState>(record.from);
  const auto to = static_cast<TcpState>(record.to);
  BookedSocket socket{record.host, record.process,        record.fd,          record.socket,
                      to,          record.segment.from(), record.segment.to()};
  // The host keeps what is over, even where its owner has not closed it yet.
  if (to == TcpState::time_wait) socket.fd = kNoDescriptor;
  if (!is_end(from, to)) {
    const bool calls = row && rows_[*row]->state == TcpState::closed && to == TcpState::syn_sent;
    if (calls) bound_[*row] = rows_[*row]->local;
    put(row, socket);
  } else if (row) {
    // A socket that was bound before it called stays so when the call fails.
    const auto bound = bound_.find(*row);
    if (bound == bound_.end() || from != TcpState::syn_sent) return remove(*row);
    socket.local = bound->second;
    socket.peer = {};
    put(row, socket);
  }
}

void SocketBook::put(std::optional<std::uint32_t> row, const BookedSocket& socket) {
  Change change;
  if (row) {
    change.before = rows_[*row];
    forget_keys(*change.before);
  } else if (!free_rows_.empty()) {
    row = free_rows_.back();
    free_rows_.pop_back();
  } else {
    row = static_cast<std::uint32_t>(rows_.size());
    rows_.emplace_back();
  }
  change.row = *row;
  change.after = socket;
  rows_[*row] = socket;
  by_key_[key_of(socket)] = *row;
  by_key_[second_key_of(socket)] = *row;
  changes_.push_back(change);
}

void SocketBook::forget_keys(const BookedSocket& socket) {
  by_key_.erase(key_of(socket));
  by_key_.erase(second_key_of(socket));
}

void SocketBook::remove(std::uint32_t row) {
  changes_.push_back({row, rows_[row], std::nullopt});
  forget_keys(*rows_[row]);
  bound_.erase(row);
  rows_[row].reset();
  free_rows_.push_back(row);
}

}  // namespace demuxsim
