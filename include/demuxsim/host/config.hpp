// What a host and its processes are told to be and do, as plain data.
#pragma once

#include <cstdint>

#include "demuxsim/demux/algorithm.hpp"
#include "demuxsim/net/endpoint.hpp"
#include "demuxsim/ports/config.hpp"
#include "demuxsim/tcp/config.hpp"

namespace demuxsim {

/// One for each kind of host; shared by all hosts of a group.
struct HostConfig {
  TcpConfig tcp;
  EphemeralConfig ephemeral;
  Algorithm algorithm;              ///< How connections are looked up.
  bool follow_port_switch = false;  ///< A client accepts a SYN,ACK from another port of its peer.
  bool require_privilege = false;   ///< Ports below 1024 are for privileged processes only.
};

/// How a server takes a call.
enum class SetUp : std::uint8_t { same_port, announce, switch_port };

/// When a server closes a connection by itself.
enum class CloseRule : std::uint8_t {
  after_peer,   ///< As soon as the peer has closed its side.
  after_reply,  ///< When the reply has been sent.
  never,        ///< Only when the timeline says so.
};

struct ListenConfig {
  Endpoint local;  ///< Address `::` listens on every address.
  std::uint32_t backlog = 128;
  bool reuse_address = false;
  bool reuse_port = false;
  SetUp set_up = SetUp::same_port;
  std::uint64_t reply_bytes = 0;  ///< Sent once for each request; 0: no reply.
  Duration reply_delay{0};        ///< From the request to its reply.
  CloseRule close = CloseRule::after_peer;
  bool accept = true;  ///< False: the process never calls accept; connections wait in its backlog.
};

/// A client that opens connections by itself.
struct ClientConfig {
  static constexpr std::uint64_t kEndless = ~std::uint64_t{0};
  static constexpr std::uint32_t kEndlessRequests = ~std::uint32_t{0};

  Endpoint target;
  SetUp set_up = SetUp::same_port;  ///< How the server at the target takes calls.
  std::uint64_t times = 1;          ///< Connections to open, or kEndless.
  /// A new connection every so often; 0: the next one when the last one's answer is complete.
  Duration every{0};
  /// Mean of exponential gaps between connections, in place of `every`; 0: not used.
  Duration mean_gap{0};
  std::uint64_t request_bytes = 0;  ///< Sent when connected; 0: nothing.
  std::uint32_t requests = 1;       ///< On one connection, or kEndlessRequests.
  /// A new request every so often, answered or not; 0: the next one when the last one's answer is
  /// complete.
  Duration request_every{0};
  Duration request_mean_gap{0};    ///< As mean_gap, in place of request_every.
  Duration request_think{0};       ///< From the complete answer to the next request.
  Duration request_mean_think{0};  ///< Mean of exponential ones, in place of request_think.
  Duration hold{0};                ///< From the last complete answer (or connected) to close.
  Duration think{0};               ///< From the complete answer to the next connection.
  bool close = true;               ///< False: wait for the server to close first.
  std::uint64_t reply_bytes = 0;   ///< What the server answers; an answer is complete then.
};

}  // namespace demuxsim
