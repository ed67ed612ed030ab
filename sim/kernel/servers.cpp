// What processes do by themselves: listen, accept, read, reply and close.
#include <algorithm>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string_view>
#include <sys/socket.h>
#include <utility>

#include "kernel/processes.hpp"
#include "kernel/socket_address.hpp"

namespace demuxsim::kernel {

Processes::Processes(const ScenarioSpec& spec, std::vector<NetworkNamespace>& spaces,
                     std::vector<std::string>& answers)
    : spec_(&spec), spaces_(&spaces), answers_(&answers) {}

const HostGroupSpec& Processes::group_of(HostId host) const {
  const auto next = std::upper_bound(
      spec_->hosts.begin(), spec_->hosts.end(), host,
      [](HostId wanted, const HostGroupSpec& group) { return wanted < group.first; });
  return *std::prev(next);
}

const ProcessSpec& Processes::spec_of(ProcessRef process) const {
  std::uint32_t first = 0;
  const auto& processes = group_of(process.host).processes;
  return *std::find_if(processes.begin(), processes.end(), [&](const ProcessSpec& each) {
    first += each.count;
    return process.process.value < first;
  });
}

Processes::Id Processes::add(ProcessRef owner, int family) {
  const Visit visit((*spaces_)[owner.host.value]);
  Socket socket;
  socket.descriptor = Descriptor(
      checked(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "a socket"));
  // The machine may prefer another way; what a listener accepts does as the listener.
  constexpr std::string_view kCubic = "cubic";
  checked(::setsockopt(socket.descriptor.get(), IPPROTO_TCP, TCP_CONGESTION, kCubic.data(),
                       kCubic.size()),
          "congestion control: cubic");
  socket.host = owner.host;
  socket.process = owner.process;
  socket.family = family;
  socket.privileged = !group_of(owner.host).config.require_privilege || spec_of(owner).privileged;
  sockets_.emplace(++last_id_, std::move(socket));
  return last_id_;
}

Processes::Socket* Processes::find(Id id) {
  const auto found = sockets_.find(id);
  return found == sockets_.end() ? nullptr : &found->second;
}

void Processes::start(HostId host) {
  ProcessId process{0};
  for (const ProcessSpec& each : group_of(host).processes) {
    for (std::uint32_t i = 0; i < each.count; ++i, ++process.value) {
      for (const ListenConfig& service : each.listens) {
        const Id id = add({host, process}, family_of(service.local.address));
        const int socket = sockets_.at(id).descriptor.get();
        const int address = service.reuse_address ? 1 : 0;
        const int port = service.reuse_port ? 1 : 0;
        ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &address, sizeof address);
        ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &port, sizeof port);
        if (listen_on(sockets_.at(id), service, true) != "ok") close(id);
      }
    }
  }
}

void Processes::forget(HostId host) {
  std::erase_if(sockets_, [&](const auto& each) { return each.second.host == host; });
}

Answer Processes::listen_on(Socket& socket, const ListenConfig& service, bool bind_first) {
  if (bind_first) {
    if (Answer bound = bind_to(socket, service.local); *bound != "ok") return bound;
  }
  const int result = ::listen(socket.descriptor.get(), static_cast<int>(service.backlog));
  if (result < 0) return name_of_errno(errno);
  socket.service = &service;
  socket.listens = true;
  return "ok";
}

void Processes::add_to(std::vector<pollfd>& watched) const {
  for (const auto& [id, socket] : sockets_) {
    const bool accepts = socket.listens && socket.service->accept;
    const bool is_connection = socket.ends.peer != Endpoint{};
    const int events = socket.calling                               ? POLLOUT
                       : accepts || (is_connection && !socket.deaf) ? POLLIN
                                                                    : 0;
    if (events == 0) continue;
    watched.push_back({socket.descriptor.get(), static_cast<short>(events), 0});
  }
}

void Processes::serve(const pollfd& event, SimTime now) {
  const auto found = std::find_if(sockets_.begin(), sockets_.end(), [&](const auto& each) {
    return each.second.descriptor.get() == event.fd;
  });
  if (found == sockets_.end()) return;  // Closed by what has happened just before.
  if (found->second.calling) finish_call(found->first);
  if (found->second.listens) {
    accept_all(found->first);
  } else if (!found->second.calling) {
    read_all(found->first, now);
  }
}

/// The network has answered a connect.
void Processes::finish_call(Id id) {
  Socket& socket = sockets_.at(id);
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.descriptor.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  (*answers_)[*socket.calling] = name_of_errno(error);
  socket.calling.reset();
  socket.deaf = error != 0;
  for (const std::uint64_t bytes : std::exchange(socket.waiting, {})) send(socket, bytes);
}

void Processes::accept_all(Id id) {
  const Socket& listener = sockets_.at(id);
  for (;;) {
    Descriptor descriptor(
        ::accept4(listener.descriptor.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!descriptor) return;
    Socket socket;
    socket.ends = {local_of(descriptor.get()), peer_of(descriptor.get())};
    socket.descriptor = std::move(descriptor);
    socket.host = listener.host;
    socket.process = listener.process;
    socket.family = listener.family;
    socket.service = listener.service;
    sockets_.emplace(++last_id_, std::move(socket));
  }
}

/// Reads what is there. The error of a reset is left for the next call of the timeline.
void Processes::read_all(Id id, SimTime now) {
  std::array<char, 65536> buffer;
  for (Socket* socket = find(id); socket != nullptr; socket = find(id)) {
    pollfd state{socket->descriptor.get(), POLLIN, 0};
    if (::poll(&state, 1, 0) <= 0) return;
    if ((state.revents & POLLERR) != 0) {
      socket->deaf = true;
      if (socket->service != nullptr) close(id);
      return;
    }
    const auto size = ::recv(socket->descriptor.get(), buffer.data(), buffer.size(), 0);
    if (size < 0) return;
    if (size == 0) return peer_finished(id);
    take_bytes(id, static_cast<std::size_t>(size), now);
  }
}

/// Counts the requests that are complete with these bytes.
void Processes::take_bytes(Id id, std::size_t bytes, SimTime now) {
  const Socket& socket = sockets_.at(id);
  const ListenConfig* const service = socket.service;
  std::deque<std::uint64_t>& requests = requests_[socket.ends];
  while (!requests.empty() && bytes >= requests.front()) {
    bytes -= requests.front();
    requests.pop_front();
    if (service == nullptr) continue;
    ++sockets_.at(id).unanswered;
    replies_.push_back({later(now, service->reply_delay), id});
  }
  if (!requests.empty()) requests.front() -= bytes;
  while (service != nullptr && service->reply_delay == Duration{0} && next_reply() <= now) {
    reply_in_time();
  }
}

SimTime Processes::next_reply() const {
  const auto next = std::min_element(replies_.begin(), replies_.end(),
                                     [](const Reply& a, const Reply& b) { return a.at < b.at; });
  return next == replies_.end() ? kNever : next->at;
}

void Processes::reply_in_time() {
  const auto next = std::min_element(replies_.begin(), replies_.end(),
                                     [](const Reply& a, const Reply& b) { return a.at < b.at; });
  const Id id = next->socket;
  replies_.erase(next);
  answer_request(id);
}

void Processes::answer_request(Id id) {
  Socket* const socket = find(id);
  if (socket == nullptr) return;
  const ListenConfig& service = *socket->service;
  --socket->unanswered;
  if (service.reply_bytes != 0) send(*socket, service.reply_bytes);
  const bool is_over = socket->deaf && socket->unanswered == 0;
  if (service.close == CloseRule::after_reply ||
      (service.close == CloseRule::after_peer && is_over)) {
    close(id);
  }
}

void Processes::peer_finished(Id id) {
  Socket& socket = sockets_.at(id);
  socket.deaf = true;
  const bool closes = socket.service != nullptr && socket.service->close != CloseRule::never;
  if (closes && socket.unanswered == 0) close(id);
}

}  // namespace demuxsim::kernel
