// Options of sockets and descriptors, and what TCP_INFO tells.
#include <algorithm>

#include <fmt/core.h>

#include "packetdrill/constants.hpp"
#include "packetdrill/process.hpp"

namespace demuxsim::packetdrill {
namespace {

using Kind = Expression::Kind;

/// The one value of `[65536]`, or null for `...` and the like.
const Expression* only_value(const Expression& list) {
  if (list.kind != Kind::list || list.parts.size() != 1) return nullptr;
  return list.parts.front().kind == Kind::any ? nullptr : &list.parts.front();
}

std::int64_t rounded_up(std::int64_t bytes, std::int64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

Answer Process::fcntl(Socket& socket, const Arguments& arguments) {
  const std::int64_t flag = non_blocking_flag(settings_.profile);
  if (names(arguments[1], "F_GETFL")) {
    return Answer::of(kReadWrite | (socket.non_blocking ? flag : 0));
  }
  if (!names(arguments[1], "F_SETFL") || arguments.size() != 3) {
    trouble_ = "of fcntl only F_GETFL and F_SETFL, with flags, are known";
    return {};
  }
  socket.non_blocking = (number(arguments[2]) & flag) != 0;
  return {};
}

Answer Process::set_option(Socket& socket, const Arguments& arguments) {
  const std::string& name = arguments[2].text;
  if (names(arguments[2], "SO_LINGER")) {
    const std::vector<Expression>& fields = arguments[3].parts;
    // {onoff=1, linger=0}, in this order whether named or not.
    const auto value = [&](std::size_t i) {
      return number(fields[i].kind == Kind::field ? fields[i].parts.front() : fields[i]);
    };
    socket.resets = fields.size() == 2 && value(0) != 0 && value(1) == 0;
    return {};
  }
  const Expression* const set = only_value(arguments[3]);
  const std::int64_t value = set == nullptr ? 0 : number(*set);
  constexpr std::int64_t kMostBuffer = 1 << 30;
  if (name == "SO_REUSEADDR") {
    socket.reuse_address = value != 0;
  } else if (name == "SO_REUSEPORT") {
    socket.reuse_port = value != 0;
  } else if (name == "SO_RCVBUF") {
    socket.buffers.receive = std::clamp<std::int64_t>(value, 1, kMostBuffer);
    return remember(socket, name, socket.buffers.receive);
  } else if (name == "SO_SNDBUF") {
    socket.buffers.send = std::clamp<std::int64_t>(value, 1, kMostBuffer);
  } else {
    return remember(socket, name, value);
  }
  return {};
}

Answer Process::remember(Socket& socket, const std::string& name, std::int64_t value) {
  std::erase_if(socket.options, [&](const auto& each) { return each.first == name; });
  socket.options.emplace_back(name, value);
  if (!sets_tcp(name)) return {0, {}, false, {}, fmt::format("socket option {}", name)};
  apply_options(socket);
  return {};
}

/// A socket that is not bound or connected yet gets them when it is.
void Process::apply_options(const Socket& socket) {
  const bool has_any = std::any_of(socket.options.begin(), socket.options.end(),
                                   [](const auto& each) { return sets_tcp(each.first); });
  if (!has_any || !socket.handle) return;
  machine_.call([&](Host& host, SimTime now) {
    return host.set_tcp(now, socket.handle, with_options(machine_.config().tcp, socket.options));
  });
}

/// Nothing for an option whose value is not known.
std::optional<std::int64_t> Process::option_of(const Socket& socket, std::string_view name) const {
  if (name == "SO_REUSEADDR") return socket.reuse_address ? 1 : 0;
  if (name == "SO_REUSEPORT") return socket.reuse_port ? 1 : 0;
  if (name == "SO_SNDBUF") return socket.buffers.send;
  if (name == "SO_RCVBUF") {
    // FreeBSD makes it a multiple of the MSS when the handshake is done.
    const TcpConnection* const tcp = machine_.host().tcp_connection(socket.handle);
    const bool rounds = settings_.profile == Profile::freebsd && tcp != nullptr &&
                        tcp->state() != TcpState::syn_sent;
    return rounds ? rounded_up(socket.buffers.receive, tcp->send_mss()) : socket.buffers.receive;
  }
  const auto found = std::find_if(socket.options.begin(), socket.options.end(),
                                  [&](const auto& each) { return each.first == name; });
  if (found == socket.options.end()) return std::nullopt;
  return found->second;
}

Answer Process::get_option(Socket& socket, const Arguments& arguments) {
  const std::string& name = arguments[2].text;
  const Expression* const expected = only_value(arguments[3]);
  if (expected == nullptr) return {};
  if (name == "SO_ERROR") {
    const std::string_view error = take_error(socket);
    const bool none = expected->kind == Kind::number && expected->number == 0;
    if (none ? !error.empty() : expected->text != error) {
      trouble_ = fmt::format("SO_ERROR: expected {}, actual {}", none ? "0" : expected->text,
                             error.empty() ? "0" : error);
    }
    return {};
  }
  const std::optional<std::int64_t> actual = option_of(socket, name);
  if (!actual) return {0, {}, false, {}, fmt::format("socket option {}", name)};
  if (number(*expected) != *actual && trouble_.empty()) {
    trouble_ = fmt::format("{}: expected {}, actual {}", name, number(*expected), *actual);
  }
  return {};
}

Result<std::int64_t, std::string> Process::field(std::string_view name) const {
  const auto found = sockets_.find(newest_);
  if (found == sockets_.end()) return failure(std::string("the socket that it is about is closed"));
  if (name == "tcpi_state") return static_cast<std::int64_t>(state_of(found->second));
  const TcpConnection* const tcp = machine_.host().tcp_connection(found->second.handle);
  if (tcp == nullptr) return failure(std::string("the socket that it is about is not connected"));
  if (name == "tcpi_rto") return tcp->rto().value().count() / 1000;
  if (name == "tcpi_snd_mss") return tcp->send_mss();
  if (name == "tcpi_snd_wnd") return tcp->snd_wnd();
  return failure(fmt::format(
      "{} is not known; known are tcpi_state, tcpi_rto, tcpi_snd_mss and tcpi_snd_wnd", name));
}

}  // namespace demuxsim::packetdrill
