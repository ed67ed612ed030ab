// Calls that move data or ask whether any could be moved.
#include <algorithm>

#include <fmt/core.h>

#include "packetdrill/constants.hpp"
#include "packetdrill/process.hpp"

namespace demuxsim::packetdrill {
namespace {

using Kind = Expression::Kind;

/// What a script may write on all its sockets together; more is a generator's mistake.
constexpr std::int64_t kMostBytes = std::int64_t{16} << 20;

/// The field of a structure, or null.
const Expression* field_of(const Expression& structure, std::string_view name) {
  if (structure.kind != Kind::structure) return nullptr;
  const auto found =
      std::find_if(structure.parts.begin(), structure.parts.end(), [&](const Expression& part) {
        return part.kind == Kind::field && part.text == name && !part.parts.empty();
      });
  return found == structure.parts.end() ? nullptr : &found->parts.front();
}

/// The lengths of `[{..., 100}, {..., 20}]`.
std::vector<const Expression*> lengths_of(const Expression& pieces) {
  std::vector<const Expression*> lengths;
  for (const Expression& piece : pieces.parts) {
    if (piece.kind == Kind::structure && piece.parts.size() == 2) {
      lengths.push_back(&piece.parts[1]);
    }
  }
  return lengths;
}

bool has_peer_finished(TcpState state) {
  return state == TcpState::close_wait || state == TcpState::closing ||
         state == TcpState::last_ack || state == TcpState::time_wait;
}

bool is_before_handshake(TcpState state) {
  return state == TcpState::syn_sent || state == TcpState::syn_received;
}

}  // namespace

std::int64_t Process::bytes_of(Call call, const Arguments& arguments) {
  if (call == Call::read || call == Call::send) {
    return std::clamp<std::int64_t>(number(arguments[2]), 0, kMostBytes);
  }
  const bool message = call == Call::read_message || call == Call::send_message;
  const Expression* const pieces = message ? field_of(arguments[1], "msg_iov") : &arguments[1];
  if (pieces == nullptr || lengths_of(*pieces).empty()) {
    trouble_ = "the lengths of the pieces are missing, as in [{..., 100}]";
    return 0;
  }
  std::int64_t bytes = 0;
  for (const Expression* const length : lengths_of(*pieces)) {
    bytes += std::clamp<std::int64_t>(number(*length), 0, kMostBytes);
  }
  return std::min(bytes, kMostBytes);
}

/// What it has written and the peer has not acknowledged.
std::int64_t Process::queued(const Socket& socket) const {
  const TcpConnection* const tcp = machine_.host().tcp_connection(socket.handle);
  if (tcp == nullptr) return 0;
  return static_cast<std::int64_t>(tcp->unsent_bytes()) + tcp->unacknowledged_bytes();
}

std::int64_t Process::room_to_send(const Socket& socket) const {
  if (machine_.host().tcp_connection(socket.handle) == nullptr) return 0;
  return std::max<std::int64_t>(socket.buffers.send - queued(socket), 0);
}

/// A process that does not wait writes what its buffer has room for. One that does hands over all
/// at once, which leaves in order anyway, and returns when its buffer could hold what is left.
Answer Process::send(Socket& socket, std::int64_t bytes) {
  if (!socket.connects) return Answer::failed("ENOTCONN");
  if (const std::string_view error = take_error(socket); !error.empty()) {
    return Answer::failed(error);
  }
  if (!trouble_.empty() || bytes == 0) return {};
  if (socket.handle && socket.non_blocking) {
    bytes = std::min(bytes, room_to_send(socket));
    if (bytes == 0) return Answer::failed("EAGAIN");
  }
  bytes_sent_ += bytes;
  if (bytes_sent_ > kMostBytes) {
    trouble_ = fmt::format("a script may write {} bytes and no more", kMostBytes);
    return {};
  }
  const Errno error = machine_.call([&](Host& host, SimTime now) {
    return host.send(now, socket.handle, static_cast<std::uint64_t>(bytes));
  });
  if (error == Errno::ok) return send_again(socket, bytes);
  return Answer::failed(name_of(error == Errno::ebadf ? Errno::epipe : error));
}

Answer Process::send_again(Socket& socket, std::int64_t bytes) {
  if (const std::string_view error = take_error(socket); !error.empty()) {
    return Answer::failed(error);
  }
  return {bytes, {}, queued(socket) > socket.buffers.send, {}, {}};
}

std::int64_t Process::unread(const Socket& socket) const {
  const TcpConnection* const tcp = machine_.host().tcp_connection(socket.handle);
  return tcp == nullptr ? 0 : tcp->unread_bytes();
}

Answer Process::read(Socket& socket, std::int64_t bytes) {
  if (!socket.connects) return Answer::failed("ENOTCONN");
  const std::int64_t taken = std::min(bytes, unread(socket));
  const TcpState state = state_of(socket);
  if (taken > 0 && !is_before_handshake(state)) {
    machine_.call([&](Host& host, SimTime now) {
      host.read(now, socket.handle, static_cast<std::uint32_t>(taken));
    });
    return Answer::of(taken);
  }
  if (const std::string_view error = take_error(socket); !error.empty()) {
    return Answer::failed(error);
  }
  if (state == TcpState::closed || has_peer_finished(state)) return {};
  return Answer::later(socket.non_blocking);
}

/// What poll says of a socket.
std::int64_t Process::ready(Socket& socket) const {
  const TcpState state = state_of(socket);
  if (!socket.connects) return machine_.host().waiting_at(socket.handle) != 0 ? kPollIn : 0;
  if (is_before_handshake(state)) return 0;
  const bool over = state == TcpState::closed;
  std::int64_t events = 0;
  if (over || has_peer_finished(state) || unread(socket) > 0) events |= kPollIn;
  if (over || room_to_send(socket) > 0) events |= kPollOut;
  if (over) events |= kPollHangUp;
  return events;
}

/// `poll([{fd=3, events=POLLIN, revents=POLLIN}], 1, 0)`.
Answer Process::poll(const Attempt& attempt) {
  const Arguments& arguments = attempt.event.arguments;
  std::int64_t ready_count = 0;
  std::string differs;
  for (const Expression& entry : arguments[0].parts) {
    const Expression* const descriptor = field_of(entry, "fd");
    const Expression* const events = field_of(entry, "events");
    if (descriptor == nullptr || events == nullptr) {
      trouble_ = "poll needs fd and events of each entry, as in [{fd=3, events=POLLIN}]";
      return {};
    }
    Socket* const socket = socket_of(*descriptor);
    const std::int64_t always = kPollError | kPollHangUp;
    const std::int64_t found = socket == nullptr ? 0 : ready(*socket) & (number(*events) | always);
    if (found != 0) ++ready_count;
    const Expression* const revents = field_of(entry, "revents");
    if (revents == nullptr || revents->kind == Kind::any || number(*revents) == found) continue;
    differs = fmt::format("revents: expected {:#x}, actual {:#x}", number(*revents), found);
  }
  const Duration patience =
      std::chrono::milliseconds{std::clamp<std::int64_t>(number(arguments[2]), -1, 1'000'000'000)};
  const bool waits = patience < Duration{0} || attempt.waited < patience;
  if (ready_count == 0 && waits) return Answer::later(false);
  if (trouble_.empty()) trouble_ = differs;
  return Answer::of(ready_count);
}

/// How many bytes wait in a buffer: SIOCINQ or FIONREAD of those received, SIOCOUTQ of those sent.
Answer Process::ioctl(const Socket& socket, const Arguments& arguments) {
  std::int64_t bytes = 0;
  if (names(arguments[1], "SIOCINQ") || names(arguments[1], "FIONREAD")) {
    bytes = unread(socket);
  } else if (names(arguments[1], "SIOCOUTQ")) {
    bytes = queued(socket);
  } else {
    trouble_ = "of ioctl only SIOCINQ, FIONREAD and SIOCOUTQ are known";
    return {};
  }
  const Expression& expected = arguments[2];
  if (expected.kind != Kind::list || expected.parts.size() != 1) return {};
  const Expression& value = expected.parts.front();
  if (value.kind != Kind::any && number(value) != bytes) {
    trouble_ = fmt::format("{}: expected {}, actual {}", arguments[1].text, number(value), bytes);
  }
  return {};
}

}  // namespace demuxsim::packetdrill
