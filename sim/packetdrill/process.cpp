#include "packetdrill/process.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "packetdrill/constants.hpp"

namespace demuxsim::packetdrill {
namespace {

/// From where the peer calls.
constexpr Port kPeerPort{40'000};
constexpr std::int64_t kFirstDescriptor = 3;

Answer answer_of(Errno error) {
  return error == Errno::ok ? Answer{} : Answer::failed(name_of(error));
}

}  // namespace

Process::Process(Machine& machine, Settings& settings)
    : machine_(machine),
      settings_(settings),
      flow_({settings.local, settings.bind_port}, {settings.remote, kPeerPort}) {}

Answer Process::call(const CallEvent& event) { return perform({event}); }

Answer Process::call_again(const CallEvent& event, Duration waited) {
  return perform({event, true, waited});
}

Answer Process::perform(const Attempt& attempt) {
  trouble_.clear();
  const CallEvent& event = attempt.event;
  const Call call = find_call(event.name)->call;
  Answer answer;
  if (call == Call::socket) {
    answer = make_socket(event);
  } else if (call == Call::poll) {
    answer = poll(attempt);
  } else if (Socket* const socket = socket_of(event.arguments[0])) {
    answer = perform_on(*socket, call, attempt);
  } else {
    answer = Answer::failed("EBADF");
  }
  if (!trouble_.empty()) answer.trouble = trouble_;
  return answer;
}

Answer Process::perform_on(Socket& socket, Call call, const Attempt& attempt) {
  const Arguments& arguments = attempt.event.arguments;
  switch (call) {
    case Call::accept:
      return accept(socket, attempt.event);
    case Call::bind:
      return bind(socket, arguments);
    case Call::close:
      return close(socket, number(arguments[0]));
    case Call::connect:
      return attempt.again ? connect_again(socket) : connect(socket, attempt);
    case Call::fcntl:
      return fcntl(socket, arguments);
    case Call::getsockopt:
      return get_option(socket, arguments);
    case Call::ioctl:
      return ioctl(socket, arguments);
    case Call::listen:
      return listen(socket, arguments);
    case Call::read:
    case Call::read_message:
    case Call::read_pieces:
      return read(socket, bytes_of(call, arguments));
    case Call::send:
    case Call::send_message:
    case Call::send_pieces:
      return attempt.again ? send_again(socket, bytes_of(call, arguments))
                           : send(socket, bytes_of(call, arguments));
    case Call::setsockopt:
      return set_option(socket, arguments);
    case Call::shutdown:
      return shutdown(socket, arguments);
    case Call::poll:
    case Call::socket:
      break;
  }
  return {};
}

/// A descriptor as the script's result names it, or the lowest that is free.
Process::Socket& Process::add_socket(const CallEvent& event) {
  std::int64_t descriptor = kFirstDescriptor;
  while (sockets_.contains(descriptor)) ++descriptor;
  const Expression& result = event.result;
  if (result.kind == Expression::Kind::number && result.number >= 0) {
    descriptor = result.number;
    if (sockets_.contains(descriptor)) {
      trouble_ = fmt::format("descriptor {} is still open", descriptor);
    }
  }
  newest_ = descriptor;
  Socket& socket = sockets_[descriptor] = {};
  socket.name = {names_given_++, SocketName::kNone};
  socket.buffers = settings_.buffers;
  return socket;
}

Answer Process::make_socket(const CallEvent& event) {
  const Expression& type = event.arguments[1];
  if (type.kind != Expression::Kind::any && !names(type, "SOCK_STREAM")) {
    trouble_ = "only sockets of type SOCK_STREAM are simulated";
    return {};
  }
  add_socket(event).non_blocking = names(type, "SOCK_NONBLOCK");
  return Answer::of(newest_);
}

/// The port of `{sa_family = AF_INET, sin_port = htons(80), ...}`.
std::optional<Port> Process::port_in(const Expression& address, Port otherwise) {
  if (address.kind != Expression::Kind::structure) return otherwise;
  for (const Expression& field : address.parts) {
    if (field.kind != Expression::Kind::field || field.parts.empty()) continue;
    if (field.text != "sin_port" && field.text != "sin6_port") continue;
    const Expression& value = field.parts.front();
    const bool swapped =
        value.kind == Expression::Kind::call && value.text == "htons" && value.parts.size() == 1;
    const std::int64_t port = number(swapped ? value.parts.front() : value);
    if (port >= 0 && port <= 65535) return Port{static_cast<std::uint16_t>(port)};
    trouble_ = fmt::format("port {} is out of range 0..65535", port);
    return std::nullopt;
  }
  return otherwise;
}

Answer Process::bind(Socket& socket, const Arguments& arguments) {
  const std::optional<Port> port = port_in(arguments[1], settings_.bind_port);
  if (!port) return {};
  BindOptions options;
  options.local = {{}, *port};
  options.reuse_address = socket.reuse_address;
  options.reuse_port = socket.reuse_port;
  options.name = socket.name;
  options.bound = socket.handle;
  const auto bound = machine_.call(
      [&](Host& host, SimTime now) { return host.bind(now, Machine::kProcess, options); });
  if (!bound) return Answer::failed(name_of(bound.error()));
  socket.handle = *bound;
  apply_options(socket);
  const Port held = machine_.host().socket(machine_.now(), socket.name)->local.port;
  flow_ = Flow({settings_.local, held}, {settings_.remote, kPeerPort});
  return {};
}

Answer Process::listen(Socket& socket, const Arguments& arguments) {
  constexpr std::int64_t kMostBacklog = 65535;
  ListenConfig& service = machine_.add_service();
  service.backlog =
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(number(arguments[1]), 0, kMostBacklog));
  service.accept = false;
  service.close = CloseRule::never;
  const auto listening = machine_.call([&](Host& host, SimTime now) {
    return host.listen(now, Machine::kProcess, service, socket.name, socket.handle);
  });
  if (!listening) return Answer::failed(name_of(listening.error()));
  socket.handle = *listening;
  apply_options(socket);
  const Port held = machine_.host().socket(machine_.now(), socket.name)->local.port;
  if (held != flow_.local().port) {
    flow_ = Flow({settings_.local, held}, {settings_.remote, kPeerPort});
  }
  return {};
}

Answer Process::accept(Socket& socket, const CallEvent& event) {
  if (state_of(socket) != TcpState::listen) return Answer::failed("EINVAL");
  const SocketName name{names_given_, SocketName::kNone};
  const SocketHandle child =
      machine_.call([&](Host& host, SimTime now) { return host.accept(now, socket.handle, name); });
  if (!child) return Answer::later(socket.non_blocking);
  // BSD's accept hands the flag on, Linux's does not.
  const bool inherits = settings_.profile != Profile::linux_6 && socket.non_blocking;
  Socket& accepted = add_socket(event);
  accepted.handle = child;
  accepted.connects = true;
  accepted.buffers = socket.buffers;
  accepted.options = socket.options;
  accepted.non_blocking =
      inherits || (event.arguments.size() > 3 && names(event.arguments[3], "SOCK_NONBLOCK"));
  return Answer::of(newest_);
}

Answer Process::connect(Socket& socket, const Attempt& attempt) {
  const std::optional<Port> port = port_in(attempt.event.arguments[1], settings_.connect_port);
  if (!port) return {};
  ConnectOptions options;
  options.target = {settings_.remote, *port};
  options.reuse_address = socket.reuse_address;
  options.reuse_port = socket.reuse_port;
  options.name = socket.name;
  options.bound = socket.handle;
  options.reads = true;
  const auto calling = machine_.call(
      [&](Host& host, SimTime now) { return host.connect(now, Machine::kProcess, options); });
  if (!calling) return Answer::failed(name_of(calling.error()));
  socket.handle = *calling;
  socket.connects = true;
  apply_options(socket);
  const Host::Ends ends = machine_.host().ends_of(socket.name).value();
  flow_ = Flow(ends.local, ends.peer);
  return socket.non_blocking ? Answer::failed("EINPROGRESS") : Answer::later(false);
}

Answer Process::connect_again(Socket& socket) {
  const TcpState state = state_of(socket);
  if (state == TcpState::syn_sent || state == TcpState::syn_received) return Answer::later(false);
  if (state != TcpState::closed) return {};
  return Answer::failed(take_error(socket));
}

/// What has ended before leaves nothing to do.
Answer Process::close(Socket& socket, std::int64_t descriptor) {
  machine_.call([&](Host& host, SimTime now) {
    return socket.resets ? host.abort(now, socket.handle) : host.close(now, socket.handle);
  });
  sockets_.erase(descriptor);
  return {};
}

Answer Process::shutdown(Socket& socket, const Arguments& arguments) {
  constexpr std::int64_t kReading = 0;
  if (number(arguments[1]) == kReading) return {};  // The peer learns nothing of it.
  const Errno error = machine_.call(
      [&](Host& host, SimTime now) { return host.shutdown_write(now, socket.handle); });
  return answer_of(error == Errno::ebadf ? Errno::enotconn : error);
}

std::int64_t Process::number(const Expression& expression) {
  const std::optional<std::int64_t> value = number_of(expression, settings_.profile);
  if (!value && trouble_.empty()) {
    trouble_ = expression.text.empty()
                   ? std::string("a number is needed as an argument")
                   : fmt::format("the constant '{}' is not known", expression.text);
  }
  return value.value_or(0);
}

Process::Socket* Process::socket_of(const Expression& descriptor) {
  const auto found = sockets_.find(number(descriptor));
  if (found == sockets_.end()) return nullptr;
  Socket& socket = found->second;
  socket.handle = machine_.host().find(socket.name);
  return &socket;
}

TcpState Process::state_of(const Socket& socket) const {
  const auto row = machine_.host().socket(machine_.now(), socket.name);
  return row ? static_cast<TcpState>(row->state) : TcpState::closed;
}

/// Why its connection has ended, which is told once; empty if it has not, or has ended well.
std::string_view Process::take_error(Socket& socket) {
  if (!socket.connects || machine_.host().tcp_connection(socket.handle) != nullptr) return {};
  const Errno error =
      machine_.call([&](Host& host, SimTime) { return host.error_after_end(socket.name); });
  const bool is_told = error == Errno::ebadf || error == Errno::epipe;
  return is_told ? std::string_view{} : name_of(error);
}

std::uint32_t Process::count(TcpState state) const {
  return static_cast<std::uint32_t>(
      std::count_if(sockets_.begin(), sockets_.end(),
                    [&](const auto& each) { return state_of(each.second) == state; }));
}

}  // namespace demuxsim::packetdrill
