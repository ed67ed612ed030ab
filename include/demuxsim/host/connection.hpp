// A connection and a passive socket as a host keeps them: TCP's part, who they are, and whose.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "demuxsim/core/ids.hpp"
#include "demuxsim/core/ring.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/host/config.hpp"
#include "demuxsim/net/endpoint.hpp"
#include "demuxsim/ports/port_space.hpp"
#include "demuxsim/tcp/connection.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim {

/// Names a socket of a host for as long as it exists; afterwards it finds nothing.
struct SocketHandle {
  static constexpr std::uint32_t kNone = 0xffffffff;
  std::uint32_t slot = kNone;
  std::uint32_t generation = 0;
  bool passive = false;  ///< A listening or only bound socket, not a connection.
  constexpr explicit operator bool() const { return slot != kNone; }
  friend constexpr bool operator==(SocketHandle, SocketHandle) = default;
};

/// What the owner of a connection does with it.
enum class Role : std::uint8_t {
  scripted,  ///< Nothing by itself; the timeline drives it.
  client,    ///< Part of the process's ClientConfig.
  server,    ///< Accepted; `service` says how it is served.
};

struct Connection {
  explicit Connection(TcpConnection&& connection) : tcp(std::move(connection)) {}

  TcpConnection tcp;
  IpAddress remote_address;
  Port local_port;
  Port remote_port;
  Port alias_port;                 ///< Switch-port: a half-open one is found under this, too.
  std::uint8_t local_address = 0;  ///< Index among the host's addresses.
  PortHolding holding;             ///< How it holds its local port.

  Role role = Role::scripted;
  bool open : 1 = false;       ///< Its owner holds a descriptor, or will when it accepts.
  bool calling : 1 = false;    ///< The answer to connect is still to come.
  bool half_open : 1 = false;  ///< Passive and not yet established: counts in its listener.
  bool waiting : 1 = false;    ///< Established, in its listener's queue, not yet accepted.
  bool first : 1 = false;      ///< To a well-known port whose server will announce another.
  /// Client: the exchange is over, the next one may begin. Server: the peer has closed its side.
  bool answered : 1 = false;
  bool was_bound : 1 = false;  ///< By a bind of its own, before it called.
  bool by_number : 1 = false;  ///< That bind named the port,
  bool from_any : 1 = false;   ///< but no address.

  ProcessId process;
  std::int32_t fd = kNoDescriptor;
  SocketName name;
  std::uint32_t listener = SocketHandle::kNone;  ///< Passive slot, while half_open or waiting.
  const ListenConfig* service = nullptr;         ///< Role server.
  std::unique_ptr<TcpConfig> own_tcp;            ///< Set by its owner; else the host's.
  SimTime timer_at = kNever;                     ///< When its live timer event is due.
  std::uint64_t received = 0;                    ///< Payload bytes its owner has checked.
  std::uint32_t requests_left = 0;               ///< Client: still to be sent.
  std::uint32_t unanswered = 0;  ///< Requests whose reply is still to come, or to be sent.
};

/// A socket without a peer: bound, and perhaps listening.
struct PassiveSocket {
  Endpoint local;  ///< Port 0: the bind has left the port to the call that follows.
  PortHolding holding;
  bool by_number = false;  ///< Its bind named the port; a call that fails does not lose it.
  ProcessId process;
  std::int32_t fd = kNoDescriptor;
  SocketName name;
  const ListenConfig* service = nullptr;  ///< None: bound only.
  bool announced = false;                 ///< For one client, who was told the port.
  std::uint32_t half_open = 0;            ///< Connections in SYN-RECEIVED.
  std::uint32_t waiting = 0;              ///< Connections that nobody has accepted yet.
  Ring<SocketHandle> arrivals;            ///< They in order; those that have ended are still there.
  SimTime cookies_until{};                ///< Until then an ACK may bring back a SYN cookie.
  std::unique_ptr<TcpConfig> own_tcp;     ///< Set by its owner, and handed on to its connections.
};

}  // namespace demuxsim
