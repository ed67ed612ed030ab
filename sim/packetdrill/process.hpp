// The process under test: its descriptors, and the calls that the script makes in its name. The
// descriptors are the script's: the result that it writes behind socket() and accept().
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "demuxsim/packetdrill/script.hpp"
#include "packetdrill/call_names.hpp"
#include "packetdrill/flow.hpp"
#include "packetdrill/machine.hpp"
#include "packetdrill/settings.hpp"
#include "packetdrill/socket_options.hpp"

namespace demuxsim::packetdrill {

/// What a call has given.
struct Answer {
  static Answer of(std::int64_t value) { return {value, {}, false, {}, {}}; }
  static Answer failed(std::string_view error) { return {-1, error, false, {}, {}}; }
  /// Of a call that cannot be served now.
  static Answer later(bool non_blocking) {
    return non_blocking ? failed("EAGAIN") : Answer{0, {}, true, {}, {}};
  }

  std::int64_t value = 0;
  std::string_view error;  ///< Of -1: the errno's name.
  bool blocks = false;     ///< It has not returned, and may be tried again later.
  std::string trouble;     ///< The call cannot be made as written, or has filled in another value.
  std::string ignored;     ///< What it has no meaning for here.
};

class Process {
 public:
  /// All must outlive this.
  Process(Machine& machine, Settings& settings);

  Answer call(const CallEvent& event);
  /// A call that has blocked, `waited` later.
  Answer call_again(const CallEvent& event, Duration waited);

  /// Whose segments the script speaks of: those of the last call that made a connection possible.
  Flow& flow() { return flow_; }
  /// How many of its descriptors are sockets in that state.
  std::uint32_t count(TcpState state) const;
  /// A field of the TCP_INFO of the socket that was made last, or why there is none.
  Result<std::int64_t, std::string> field(std::string_view name) const;

 private:
  struct Socket {
    SocketName name;
    SocketHandle handle;    ///< None before bind, listen or connect, and when it has ended.
    bool connects = false;  ///< It is a connection, or was one.
    bool non_blocking = false;
    bool reuse_address = false;
    bool reuse_port = false;
    bool resets = false;  ///< SO_LINGER with a time of 0.
    Buffers buffers;
    SocketOptions options;  ///< Those that have no place of their own here.
  };
  using Arguments = std::vector<Expression>;
  struct Attempt {
    const CallEvent& event;
    bool again = false;
    Duration waited{0};
  };

  // process.cpp
  Answer perform(const Attempt& attempt);
  Answer perform_on(Socket& socket, Call call, const Attempt& attempt);
  Socket& add_socket(const CallEvent& event);
  Answer make_socket(const CallEvent& event);
  Answer bind(Socket& socket, const Arguments& arguments);
  Answer listen(Socket& socket, const Arguments& arguments);
  Answer accept(Socket& socket, const CallEvent& event);
  Answer connect(Socket& socket, const Attempt& attempt);
  Answer connect_again(Socket& socket);
  Answer close(Socket& socket, std::int64_t descriptor);
  Answer shutdown(Socket& socket, const Arguments& arguments);
  std::optional<Port> port_in(const Expression& address, Port otherwise);
  std::int64_t number(const Expression& expression);
  /// Null if there is none; its handle is up to date.
  Socket* socket_of(const Expression& descriptor);
  TcpState state_of(const Socket& socket) const;
  std::string_view take_error(Socket& socket);

  // process_data.cpp
  std::int64_t bytes_of(Call call, const Arguments& arguments);
  Answer send(Socket& socket, std::int64_t bytes);
  Answer send_again(Socket& socket, std::int64_t bytes);
  Answer read(Socket& socket, std::int64_t bytes);
  std::int64_t queued(const Socket& socket) const;
  std::int64_t room_to_send(const Socket& socket) const;
  std::int64_t unread(const Socket& socket) const;
  std::int64_t ready(Socket& socket) const;
  Answer poll(const Attempt& attempt);
  Answer ioctl(const Socket& socket, const Arguments& arguments);

  // process_options.cpp
  Answer fcntl(Socket& socket, const Arguments& arguments);
  Answer set_option(Socket& socket, const Arguments& arguments);
  Answer remember(Socket& socket, const std::string& name, std::int64_t value);
  void apply_options(const Socket& socket);
  Answer get_option(Socket& socket, const Arguments& arguments);
  std::optional<std::int64_t> option_of(const Socket& socket, std::string_view name) const;

  Machine& machine_;
  Settings& settings_;
  Flow flow_;
  std::map<std::int64_t, Socket> sockets_;  ///< By descriptor.
  std::int64_t newest_ = -1;                ///< The descriptor that was made last.
  std::uint32_t names_given_ = 0;
  std::int64_t bytes_sent_ = 0;
  std::string trouble_;  ///< Of the call that is being performed.
};

}  // namespace demuxsim::packetdrill
