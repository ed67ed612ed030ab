// Socket tables: as text laid out like `ss -tanp`, and as JSON.
#pragma once

#include <span>
#include <string>

#include "demuxsim/report/byte_sink.hpp"
#include "demuxsim/trace/directory.hpp"
#include "demuxsim/trace/snapshot.hpp"

namespace demuxsim {

/// The sockets of one host, in the order in which they are to be shown.
struct HostSockets {
  HostId host;
  std::span<const SocketRow> rows;
};

struct SocketTableOptions {
  bool timers = false;  ///< What `ss -o` adds.
  bool colour = false;
};

/// For each host a line with its name, the heading, and a line for each socket; an empty line
/// between hosts. States under ss's names (`ESTAB`, `SYN-RECV`, `UNCONN` for a socket that is only
/// bound), columns aligned.
void write_sockets(ByteSink& out, std::span<const HostSockets> tables, const Directory& directory,
                   SocketTableOptions options = {});

/// A line for each socket, an object with `t_ns`, `kind` ("socket"), `host`, `state` (RFC 9293),
/// `recv_q`, `send_q`, `local`, `peer`, `process`, `pid`, `fd`, `socket`, `timer` ("retransmit" or
/// "time-wait") and `timer_left_ns`; null where there is none.
void write_sockets_jsonl(ByteSink& out, SimTime at, std::span<const HostSockets> tables,
                         const Directory& directory);

/// One object for all hosts: `t_ns` and `hosts`, an array of objects with `host` and `sockets`,
/// whose objects have the fields of write_sockets_jsonl from `state` on.
void write_sockets_json(ByteSink& out, SimTime at, std::span<const HostSockets> tables,
                        const Directory& directory);

}  // namespace demuxsim
