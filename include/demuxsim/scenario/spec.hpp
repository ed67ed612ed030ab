// A scenario as the loader hands it over: names resolved to numbers, defaults of profiles filled
// in, steps and expectations that `when` excludes left out. Plain data; nothing is expanded that a
// `count` or `times` describes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "demuxsim/core/errno.hpp"
#include "demuxsim/core/ids.hpp"
#include "demuxsim/core/units.hpp"
#include "demuxsim/host/config.hpp"
#include "demuxsim/net/segment.hpp"
#include "demuxsim/scenario/source.hpp"
#include "demuxsim/tcp/state.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim {

// ---- hosts ----

struct ProcessSpec {
  std::string name;
  SourceSpan span;
  std::uint32_t count = 1;
  bool numbered = false;    ///< A count was given: `name.0`, `name.1` ...
  bool privileged = false;  ///< May use ports below 1024 where the host requires privilege.
  std::vector<ListenConfig> listens;
  std::vector<SourceSpan> listen_spans;  ///< One for each of listens.
  std::optional<ClientConfig> client;
};

/// Hosts that are alike: HostIds first .. first + count - 1, addresses counted up.
struct HostGroupSpec {
  std::string name;
  SourceSpan span;
  HostId first;
  std::uint32_t count = 1;
  bool numbered = false;
  std::vector<IpAddress> addresses;  ///< Of the first host.
  HostConfig config;
  std::vector<ProcessSpec> processes;
};

struct ProcessRef {
  HostId host;
  ProcessId process;
  friend constexpr bool operator==(const ProcessRef&, const ProcessRef&) = default;
};

// ---- network ----

/// What a link is; 0 or empty is "without".
struct LinkSpec {
  Duration delay{std::chrono::milliseconds{1}};  ///< At least 1 ns.
  BitRate rate;
  Ratio loss;
  std::uint64_t queue_segments = 0;  ///< Room for segments that wait; 0: without limit.
  std::uint64_t queue_bytes = 0;     ///< The same in bytes.
  Duration jitter{0};                ///< At most so much longer than delay.
  Ratio duplicate;
  Ratio reorder;
  Ratio corrupt;
};

/// Nodes in a row: a host group, or one switch or router. Hosts count first, then NetworkNodes.
struct NodeRange {
  std::uint32_t first = 0;
  std::uint32_t count = 1;
};

struct NetworkNodeSpec {
  std::string name;
  SourceSpan span;
  bool router = false;
  std::vector<IpPrefix> prefixes;
  std::vector<IpAddress> addresses;  ///< Of a router; the first of a family is the one it uses.
  std::optional<std::uint32_t> default_node;  ///< Node number of the neighbour.
};

struct CableSpec {
  SourceSpan span;
  NodeRange ends[2];  ///< Counts are equal, or one of them is 1 (a star).
  LinkSpec link;      ///< The same in both directions.
};

struct NetworkSpec {
  bool shared_switch = true;
  LinkSpec shared;                     ///< One egress link for each host.
  std::vector<NetworkNodeSpec> nodes;  ///< Otherwise these and cables.
  std::vector<CableSpec> cables;
};

// ---- timeline ----

/// `a1`, `a1.3`, `a1.first`, `a1.peer`, `a1.first.peer`.
struct SocketRef {
  SocketName name;
  bool first = false;  ///< The connection to the well-known port, where set-up announces another.
  bool peer = false;   ///< The other end.
  bool each = false;   ///< In a step that repeats: name.index is the number of the repetition.
};

enum class StepAction : std::uint8_t {
  bind,
  listen,
  connect,
  send,
  shutdown_write,
  close,
  abort,
  exit,
  reboot,
  inject,
  link_down,
  link_up,
  partition,
  heal,
};

/// What of an injected segment's source each repetition counts up.
enum class Vary : std::uint8_t { nothing, address, port };

struct StepSpec {
  SourceSpan span;
  SimTime at;
  StepAction action = StepAction::connect;
  ProcessRef by;     ///< bind, listen, connect, exit; of reboot and inject only the host, which
                     ///< of what happens to the network is the first.
  SocketRef socket;  ///< send, shutdown, close, abort; of bind, listen, connect: one that is there.
  SocketName as;     ///< The new socket; index is left to the repetition.
  Endpoint target;   ///< connect: where to; bind: what to.
  SetUp set_up = SetUp::same_port;        ///< connect: how the server at the target takes calls.
  std::optional<Port> from_port;          ///< connect.
  std::optional<IpAddress> from_address;  ///< connect.
  bool reuse_address = false;             ///< bind, connect.
  bool reuse_port = false;                ///< bind, connect.
  bool no_port = false;                   ///< bind: port 0 is left to connect or listen.
  ListenConfig listen;                    ///< listen.
  std::uint64_t bytes = 0;                ///< send.
  Segment segment;                        ///< inject.
  Vary vary = Vary::nothing;              ///< inject.
  /// partition: who is with whom. Link down, up: its two ends, or the one whose links are meant.
  std::vector<std::vector<NodeRange>> groups;
  std::uint64_t times = 1;
  Duration every{0};
  bool numbered = false;  ///< `times` was given: `as` names NAME.0, NAME.1 ...
  std::optional<Errno> expect;
  std::optional<Duration> within;  ///< The answer comes within this time of the call.
};

// ---- expectations ----

/// `web:80`, `10.0.0.1:80`, `*:80`: an address of the list (any, if it is empty) and the port.
struct EndpointPattern {
  std::vector<IpAddress> addresses;
  std::optional<Port> port;
};

struct Bounds {
  std::optional<Ratio> at_least;
  std::optional<Ratio> at_most;  ///< Both equal: exactly. A count n is n/1.
};

struct SocketExpect {
  SocketRef socket;
  std::optional<EndpointPattern> local;
  std::optional<EndpointPattern> peer;
  std::optional<TcpState> state;  ///< CLOSED also where the socket does not exist any more.
};

struct PortExpect {
  HostId host;
  Port port;
  std::optional<PortClass> port_class;
  bool free = false;              ///< `state: free`
  bool bound = false;             ///< `state: bound`: held without a connection or listener.
  std::optional<TcpState> state;  ///< Some socket on the port is in this state.
  std::optional<ProcessRef> owner;
};

/// Which sockets are counted.
struct SocketFilter {
  std::optional<HostId> host;
  std::optional<ProcessId> process;  ///< Of that host.
  std::optional<Port> local_port;
  std::optional<Port> peer_port;
  std::optional<TcpState> state;
};

/// Which segments are meant. Each is looked at once, when it is received or dropped.
struct SegmentFilter {
  std::optional<SocketRef> from_socket;
  std::optional<HostId> from_host;
  std::optional<SocketRef> to_socket;
  std::optional<HostId> to_host;
  std::optional<Port> from_port;
  std::optional<Port> to_port;
  std::uint8_t flags = 0;        ///< All of these are set ...
  std::uint8_t flags_clear = 0;  ///< ... and none of these.
  std::optional<bool> data;      ///< With or without payload.
  std::optional<LookupRule> rule;
  std::optional<DropReason> dropped;  ///< Counted only if dropped for this reason.
  std::optional<IcmpError> icmp;      ///< Such ICMP errors; otherwise no filter asks.
  std::optional<SimTime> after;       ///< Not before this time.
};

/// Which calls are counted: `count: {call: connect, result: EADDRINUSE}`.
struct CallFilter {
  SocketCall call = SocketCall::connect;
  std::optional<Errno> result;
  std::optional<HostId> host;
  std::optional<ProcessId> process;
};

struct CountExpect {
  std::variant<SocketFilter, SegmentFilter, CallFilter> what;
  Bounds bounds;
};

struct SegmentExpect {
  SegmentFilter segment;                   ///< At least one matches, and each that matches ...
  bool to_nobody = false;                  ///< ... found no process (`delivered_to: nobody`)
  std::optional<ProcessRef> delivered_to;  ///< ... or this one,
  std::optional<LookupRule> rule;          ///< ... by this rule.
};

/// The mean number of keys examined by the look-ups of some segments.
struct ExaminedExpect {
  SegmentFilter segment;
  Bounds bounds;
};

/// Of the connections accepted on a port of a host, the share that one process got.
struct ShareExpect {
  ProcessRef process;
  Port port;
  Bounds bounds;
};

struct ExpectSpec {
  SourceSpan span;
  std::string text;           ///< As the file has it, on one line.
  std::optional<SimTime> at;  ///< None: when the run is over.
  std::variant<SocketExpect, PortExpect, CountExpect, SegmentExpect, ShareExpect, ExaminedExpect>
      what;
};

struct ScenarioSpec {
  std::string title;
  std::string about;
  std::uint64_t seed = 0;
  std::optional<SimTime> until;
  std::vector<std::pair<std::string, std::string>> params;  ///< Name and value in force.
  std::vector<HostGroupSpec> hosts;
  std::uint32_t host_count = 0;
  NetworkSpec network;
  std::vector<std::string> socket_names;  ///< Bases of SocketName.
  std::vector<StepSpec> steps;            ///< In file order.
  std::vector<ExpectSpec> expects;        ///< In file order.
};

}  // namespace demuxsim
