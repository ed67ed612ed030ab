// The calls of the timeline.
#include <cerrno>
#include <cstring>
#include <exception>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/processes.hpp"
#include "kernel/socket_address.hpp"

namespace demuxsim::kernel {
namespace {

#ifndef IP_BIND_ADDRESS_NO_PORT
constexpr int IP_BIND_ADDRESS_NO_PORT = 24;
#endif

std::string answer_of(int result) { return name_of_errno(result < 0 ? errno : 0); }

void set_option(int socket, int level, int option) {
  const int on = 1;
  checked(::setsockopt(socket, level, option, &on, sizeof on), "a socket option");
}

/// While it lives, the process may not bind ports that need a privilege.
class Unprivileged {
 public:
  explicit Unprivileged(bool wanted) : wanted_(wanted) {
    constexpr uid_t kNobody = 65534;
    if (wanted_) checked(::seteuid(kNobody), "seteuid");
  }
  ~Unprivileged() {
    if (wanted_ && ::seteuid(0) != 0) std::terminate();
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  bool wanted_;
};

/// The family of the socket that a step makes.
int family_for(const StepSpec& step) {
  const bool listens = step.action == StepAction::listen;
  return family_of(listens ? step.listen.local.address : step.target.address);
}

/// What a caller binds before it calls, if anything.
std::optional<Endpoint> source_of(const StepSpec& step) {
  if (!step.from_port && !step.from_address) return std::nullopt;
  const IpAddress any = step.target.address.is_ipv4() ? IpAddress::ipv4(0) : IpAddress{};
  return Endpoint{step.from_address.value_or(any), step.from_port.value_or(Port{})};
}

}  // namespace

std::string name_of_errno(int error) {
  if (error == 0) return "ok";
  const char* const name = ::strerrorname_np(error);
  return name != nullptr ? name : std::to_string(error);
}

void Processes::perform(const PlannedCall& call, std::size_t number) {
  Answer answer = "ok";
  switch (call.step->action) {
    case StepAction::bind:
    case StepAction::listen:
    case StepAction::connect:
      answer = open(call, number);
      break;
    case StepAction::exit:
      exit(call.step->by);
      break;
    default:
      answer = use(call);
  }
  if (answer) (*answers_)[number] = *answer;
}

Answer Processes::bind_to(Socket& socket, const Endpoint& local) const {
  const Unprivileged unprivileged(!socket.privileged);
  const SocketAddress address(local, socket.family);
  return answer_of(::bind(socket.descriptor.get(), address.get(), address.size()));
}

/// A call on a new socket or on one that is there.
Answer Processes::open(const PlannedCall& call, std::size_t number) {
  const StepSpec& step = *call.step;
  const bool is_new = !call.socket.name;
  const std::optional<Id> id = is_new ? make(call) : find(call.socket);
  if (!id) return "EBADF";
  Socket& socket = sockets_.at(*id);
  const Answer answer = step.action == StepAction::bind ? bind_step(socket, step)
                        : step.action == StepAction::listen
                            ? listen_step(socket, step, is_new)
                            : connect_step(socket, call, number, is_new);
  const bool failed = answer && *answer != "ok";
  if (failed && is_new) {
    close(*id);
  } else if (call.as) {
    named_[{call.as.base, call.as.index}] = {*id, socket.ends};
  } else if (call.socket.name) {
    named_[{call.socket.name.base, call.socket.name.index}].ends = socket.ends;
  }
  return answer;
}

Processes::Id Processes::make(const PlannedCall& call) {
  const StepSpec& step = *call.step;
  const Id id = add(step.by, family_for(step));
  const int socket = sockets_.at(id).descriptor.get();
  const bool listens = step.action == StepAction::listen;
  if (listens ? step.listen.reuse_address : step.reuse_address) {
    set_option(socket, SOL_SOCKET, SO_REUSEADDR);
  }
  if (listens ? step.listen.reuse_port : step.reuse_port) {
    set_option(socket, SOL_SOCKET, SO_REUSEPORT);
  }
  if (step.no_port) set_option(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
  return id;
}

Answer Processes::bind_step(Socket& socket, const StepSpec& step) {
  return bind_to(socket, step.target);
}

Answer Processes::listen_step(Socket& socket, const StepSpec& step, bool is_new) {
  return listen_on(socket, step.listen, is_new);
}

Answer Processes::connect_step(Socket& socket, const PlannedCall& call, std::size_t number,
                               bool is_new) {
  if (const auto source = source_of(*call.step); source && is_new) {
    if (Answer bound = bind_to(socket, *source); *bound != "ok") return bound;
  }
  const SocketAddress target(call.step->target, socket.family);
  const int result = ::connect(socket.descriptor.get(), target.get(), target.size());
  if (result < 0 && errno != EINPROGRESS) return name_of_errno(errno);
  socket.ends = {local_of(socket.descriptor.get()), call.step->target};
  // An earlier connection between these ends may have been reset before all was read.
  requests_.erase(socket.ends);
  requests_.erase({socket.ends.peer, socket.ends.local});
  socket.calling = number;
  return std::nullopt;
}

/// A call on a connection, or the close of a listener.
Answer Processes::use(const PlannedCall& call) {
  const std::optional<Id> id = find(call.socket);
  if (!id) return "EBADF";
  Socket& socket = sockets_.at(*id);
  switch (call.step->action) {
    case StepAction::send:
      return send(socket, call.step->bytes);
    case StepAction::shutdown_write:
      return answer_of(::shutdown(socket.descriptor.get(), SHUT_WR));
    case StepAction::abort: {
      const linger reset{1, 0};
      ::setsockopt(socket.descriptor.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      break;
    }
    default:
      break;
  }
  close(*id);
  return "ok";
}

Answer Processes::send(Socket& socket, std::uint64_t bytes) {
  if (socket.calling) {  // A process waits there.
    socket.waiting.push_back(bytes);
    return "ok";
  }
  const std::string payload(bytes, '.');
  const auto sent = ::send(socket.descriptor.get(), payload.data(), bytes, MSG_NOSIGNAL);
  if (sent < 0) return name_of_errno(errno);
  requests_[{socket.ends.peer, socket.ends.local}].push_back(bytes);
  return "ok";
}

void Processes::exit(ProcessRef process) {
  std::erase_if(sockets_, [&](const auto& each) {
    return each.second.host == process.host && each.second.process == process.process;
  });
}

/// The open socket of that name, or the open one at the other end of its connection.
std::optional<Processes::Id> Processes::find(const SocketRef& ref) const {
  const auto named = named_.find({ref.name.base, ref.name.index});
  if (named == named_.end()) return std::nullopt;
  if (!ref.peer) {
    const bool is_open = sockets_.contains(named->second.id);
    return is_open ? std::optional(named->second.id) : std::nullopt;
  }
  const Ends other{named->second.ends.peer, named->second.ends.local};
  for (const auto& [id, socket] : sockets_) {
    if (!socket.listens && socket.ends == other) return id;
  }
  return std::nullopt;
}

}  // namespace demuxsim::kernel
