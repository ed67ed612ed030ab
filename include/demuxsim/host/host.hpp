// One machine: addresses, processes, sockets, and the path from a segment to its process. The one
// place that knows ports, tcp and demux together. It sees neither links nor the event list: what it
// sends and wants to be woken for goes to a HostOutput, so a host can be tested alone.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/core/errno.hpp"
#include "demuxsim/core/event.hpp"
#include "demuxsim/core/random.hpp"
#include "demuxsim/core/result.hpp"
#include "demuxsim/core/ring.hpp"
#include "demuxsim/core/slot_map.hpp"
#include "demuxsim/host/connection.hpp"
#include "demuxsim/host/descriptors.hpp"
#include "demuxsim/host/listener_table.hpp"
#include "demuxsim/host/tuple_table.hpp"
#include "demuxsim/ports/ephemeral.hpp"
#include "demuxsim/tcp/iss.hpp"
#include "demuxsim/trace/recorder.hpp"
#include "demuxsim/trace/snapshot.hpp"

namespace demuxsim {

/// A kind of process, as often as a host has it.
struct ProcessTemplate {
  bool privileged = false;  ///< May bind ports below 1024 where the host requires privilege.
  std::vector<ListenConfig> listens;
  std::optional<ClientConfig> client;
};

/// What hosts of one group have in common; outlives them.
struct HostTemplate {
  HostConfig config;
  std::vector<ProcessTemplate> kinds;
  std::vector<std::uint32_t> processes;  ///< Index into kinds, for each process in turn.
};

/// Where a host's deeds go: emptied by its owner after each step.
struct HostOutput {
  std::vector<Segment> segments;  ///< To be sent now.
  std::vector<Event> events;      ///< To be scheduled; all later than now.
  TraceRecorder trace;
  std::uint64_t last_segment_id = 0;
};

struct BindOptions {
  Endpoint local;  ///< Port 0: the host chooses an ephemeral one.
  bool reuse_address = false;
  bool reuse_port = false;
  /// Where the port is 0, connect or listen chooses it (IP_BIND_ADDRESS_NO_PORT of Linux): it then
  /// has to be free for the one destination alone.
  bool no_port = false;
  SocketName name;
  SocketHandle bound;  ///< A socket that is there already; its options and name stay.
};

struct ConnectOptions {
  Endpoint target;
  SetUp set_up = SetUp::same_port;  ///< How the server at the target takes calls.
  std::optional<Port> from_port;
  std::optional<IpAddress> from_address;
  bool reuse_address = false;
  bool reuse_port = false;
  SocketName name;
  SocketHandle bound;  ///< A bound socket that is to call; its port and address are used.
  bool reads = false;  ///< Its process takes what arrives by read(), not at once.
};

/// Counted for the summary of a run.
struct HostCounters {
  std::uint64_t segments_received = 0;
  std::uint64_t connections_opened = 0;  ///< Counted at one end of each connection only.
  std::uint64_t bytes_delivered = 0;     ///< To processes, each byte checked.
  std::uint64_t bytes_misdelivered = 0;  ///< That were not what the peer's process sent. Always 0.
  std::uint64_t fingerprint = 0;         ///< A running hash of every segment received, and when.
};

class Host {
 public:
  /// How long a server waits on an announced port for its client to dial it.
  static constexpr Duration kAnnouncementPatience = std::chrono::seconds{60};

  /// `kind` and `output` must outlive the host.
  Host(HostId id, const HostTemplate& kind, std::vector<IpAddress> addresses, std::uint64_t seed,
       EventOrigin origin, HostOutput& output);

  /// Processes begin: servers listen, clients open their first connections.
  void start(SimTime now);

  // What happens to the host. Each drains what its processes have to do before it returns.
  void on_segment(SimTime now, const Segment& segment);
  /// An event of this host is due; false where it was overtaken and nothing has come of it.
  /// Precondition: its kind is one that a host schedules.
  bool on_event(SimTime now, const Event& event);

  // Socket calls of its processes. Each leaves a record of kind call.
  /// EACCES, EADDRINUSE, EADDRNOTAVAIL, EBADF (the process has ended), EINVAL (the socket has a
  /// port already).
  Result<SocketHandle, Errno> bind(SimTime now, ProcessId process, const BindOptions& options);
  /// Binds first unless `bound` names a bound socket. `service` must outlive the host. One that
  /// listens already gets the new backlog. Errors as bind; EINVAL where `bound` is a connection.
  Result<SocketHandle, Errno> listen(SimTime now, ProcessId process, const ListenConfig& service,
                                     SocketName name, SocketHandle bound = {});
  /// Starts to connect; the answer is a call record later on. At once: as bind; EADDRNOTAVAIL
  /// where no ephemeral port is left to this destination or the 4-tuple is taken, ENETUNREACH
  /// where the host has no address of the target's family or the target is no host's, EALREADY and
  /// EISCONN where `bound` calls, is connected or listens.
  Result<SocketHandle, Errno> connect(SimTime now, ProcessId process,
                                      const ConnectOptions& options);
  /// EBADF where the socket is no more, ENOTCONN, EPIPE after its sending side was closed.
  Errno send(SimTime now, SocketHandle socket, std::uint64_t bytes);
  /// Sends on the conversation of that name as soon as its port has been announced and dialled.
  /// EBADF unless its introduction is under way.
  Errno send_when_introduced(SocketName name, std::uint64_t bytes);
  Errno shutdown_write(SimTime now, SocketHandle socket);
  Errno close(SimTime now, SocketHandle socket);
  /// As close with SO_LINGER 0: a reset, nothing remains.
  Errno abort(SimTime now, SocketHandle socket);
  /// Sets one socket's TCP to something else than the host's (setsockopt). A listener hands it on
  /// to the connections it admits. EBADF.
  Errno set_tcp(SimTime now, SocketHandle socket, const TcpConfig& config);
  /// What a socket's TCP is set to: its own, or the host's.
  const TcpConfig& tcp_of(SocketHandle socket) const;
  /// The process ends; its sockets close.
  Errno exit(SimTime now, ProcessId process);
  /// The host forgets everything; its processes begin anew.
  void reboot(SimTime now);
  /// The connection that has waited longest at a listener whose service accepts none by itself; no
  /// handle where none waits. `name` becomes its name.
  SocketHandle accept(SimTime now, SocketHandle listener, SocketName name);
  /// Takes up to so many bytes of those that have arrived at a socket whose process reads by
  /// itself (ConnectOptions::reads, or a listener that does not accept); returns how many.
  std::uint32_t read(SimTime now, SocketHandle socket, std::uint32_t bytes);
  /// The administrator ends all that is in TIME-WAIT, as tcpdrop does.
  void end_time_wait(SimTime now);
  /// Sends a segment as it stands, whoever it claims to come from.
  void inject(SimTime now, const Segment& segment);

  // Questions.
  HostId id() const { return id_; }
  const std::vector<IpAddress>& addresses() const { return addresses_; }
  /// Its own addresses, and every loopback address.
  bool has_address(const IpAddress& address) const {
    for (const IpAddress& own : addresses_) {
      if (own == address) return true;
    }
    return address.is_loopback();
  }
  const HostConfig& config() const { return kind_->config; }
  const HostCounters& counters() const { return counters_; }
  /// Every socket: passive ones, connections, TIME-WAIT; each in order of making.
  std::vector<SocketRow> sockets(SimTime now) const;
  /// The row of the socket of that name, while it exists (TIME-WAIT included).
  std::optional<SocketRow> socket(SimTime now, SocketName name) const;
  /// The row of the connection with these ends.
  std::optional<SocketRow> connection(SimTime now, const Endpoint& local,
                                      const Endpoint& peer) const;
  SocketHandle find(SocketName name) const;
  /// TCP's part of a connection that has not ended; null for any other socket.
  const TcpConnection* tcp_connection(SocketHandle socket) const;
  /// How many connections wait to be accepted.
  std::uint32_t waiting_at(SocketHandle listener) const;
  SocketHandle find(const Endpoint& local, const Endpoint& peer) const;
  struct Ends {
    Endpoint local;
    Endpoint peer;
  };
  /// The ends of the socket of that name, also when it is no more.
  std::optional<Ends> ends_of(SocketName name) const;
  /// What a call on the socket of that name answers when the connection is no more: why it ended,
  /// then EPIPE; EBADF if its owner has closed it.
  Errno error_after_end(SocketName name);
  /// Leaves the record of a call on the socket of that name that found no connection.
  /// `process` made it; `bytes` are those of a send.
  struct RefusedCall {
    SocketCall call;
    ProcessId process;
    SocketName name;
    std::uint64_t bytes = 0;
  };
  void note_refused_call(SimTime now, const RefusedCall& refused, Errno error);
  bool port_in_use(Port port) const { return ports_.in_use(port); }

 private:
  struct Process {
    std::uint32_t kind = 0;
    bool running = true;
    std::uint32_t generation = 0;  ///< Counts its starts, for wake-ups.
    DescriptorTable descriptors;
    std::uint64_t opened = 0;  ///< Client: connections opened so far.
    Rng rng;                   ///< Client: its own stream.
  };

  enum class Tell : std::uint8_t { connected, accepted, message, announced, peer_finished, next };
  /// What a process is told, at the end of the step in which it came about.
  struct ProcessEvent {
    std::uint32_t subject = 0;  ///< The connection; of `next` the process.
    std::uint32_t generation = 0;
    Tell tell = Tell::connected;
    std::uint32_t count = 0;  ///< message: how many; announced: the port.
  };

  struct NamedSocket {
    SocketHandle handle;
    Endpoint local;
    Endpoint peer;
    Errno error = Errno::ebadf;  ///< Of a call after its end.
    std::uint64_t number = 0;    ///< Connections with names are counted as they get their ends.
  };

  /// Whom a record is about.
  struct Owner {
    ProcessId process;
    std::int32_t fd = kNoDescriptor;
    SocketName name;
  };

  // receive.cpp: from segment to connection.
  template <class Key>
  void record_probes(const TupleTable<Key>& table, const Key& key);
  template <class Key>
  void receive(TupleTable<Key>& table, const Key& key, const Segment& segment);
  template <class Key>
  bool arrive_at_waiting(TupleTable<Key>& table, std::uint32_t slot, const Segment& segment);
  void acknowledge_in_time_wait(TimeWait& old, const Segment& segment);
  void arrive_at_connection(std::uint32_t slot, const Segment& segment);
  void arrive_without_connection(const Segment& segment, std::uint32_t examined,
                                 std::optional<TimeWait> old = std::nullopt);
  /// icmp.cpp: an ICMP error, for the connection that it quotes.
  void on_icmp(const Segment& error);
  template <class Key>
  void arrive_icmp(TupleTable<Key>& table, const Key& key, const Segment& error);
  bool follow_switch(const Segment& segment, std::uint32_t examined);
  bool may_admit(PassiveSocket& passive, const Segment& segment, bool reopens);
  void admit(std::uint32_t listener, const Segment& segment, std::optional<TimeWait> old);
  std::uint32_t add_child(std::uint32_t listener, TcpConnection&& tcp, const Endpoint& local,
                          const Endpoint& remote, const PortHolding& holding);
  bool must_wait_for_accept(const Connection& connection, const Segment& segment) const;
  // cookies.cpp: listeners that answer a SYN and forget it.
  void answer_with_cookie(PassiveSocket& passive, const Segment& syn);
  bool take_cookie(std::uint32_t listener, const Segment& segment);

  // connections.cpp: what follows from a change of a connection.
  std::uint32_t add_connection(TcpConnection&& tcp, const Endpoint& local, const Endpoint& remote);
  void after(std::uint32_t slot, const TcpNews& news);
  void after_call(std::uint32_t slot, TcpState before);
  void handshake_done(std::uint32_t slot);
  bool take_payload(std::uint32_t slot, const TcpNews& news);
  void stay_bound(std::uint32_t slot, Errno failure);
  void connection_failed(std::uint32_t slot, Errno failure);
  bool wait_again(std::uint32_t slot);
  void enter_time_wait(std::uint32_t slot, const TimeWait& left);
  template <class Key>
  void end_wait(TupleTable<Key>& table, std::uint32_t slot);
  void end_wait_record(const Endpoint& local, const Endpoint& peer, const PortHolding& holding,
                       bool named);
  template <class Key>
  void expire_waiting(TupleTable<Key>& table);
  void remove(std::uint32_t slot);
  void insert_alias(Connection& connection, std::uint32_t slot);
  void drop_alias(Connection& connection);
  void leave_listener(Connection& connection);
  void pump(std::uint32_t slot);
  void set_timer(std::uint32_t slot);
  bool on_connection_timer(std::uint32_t slot);
  bool on_time_wait();
  void abort_connection(std::uint32_t slot);

  // calls.cpp: the socket calls.
  Errno check_privilege(ProcessId process, Port port) const;
  Result<PortHolding, Errno> holding_for(const IpAddress& address, bool reuse_address,
                                         bool reuse_port);
  std::optional<Port> pick_port(const PortHolding& holding);
  Result<Port, Errno> take_port(ProcessId process, Port port, const PortHolding& holding);
  Result<std::uint32_t, Errno> try_bind(ProcessId process, const BindOptions& options);
  std::uint32_t add_passive(const Owner& owner, const Endpoint& local, const PortHolding& holding);
  Errno try_bind_again(const BindOptions& options);
  Errno try_listen(std::uint32_t passive, const ListenConfig& service);
  Result<SocketHandle, Errno> listen_now(ProcessId process, const ListenConfig& service,
                                         SocketName name, SocketHandle bound);
  void close_passive(std::uint32_t slot);
  void abort_children(std::uint32_t listener);
  Result<std::uint32_t, Errno> open_announced(const Connection& introduction);
  Result<IpAddress, Errno> choose_source_address(const ConnectOptions& options);
  Result<Endpoint, Errno> choose_source(ProcessId process, const ConnectOptions& options,
                                        PortHolding& holding);
  std::optional<Port> pick_source_port(std::uint8_t local, const Endpoint& target);
  Result<std::uint32_t, Errno> try_connect(ProcessId process, const ConnectOptions& options,
                                           Role role);
  Result<SocketHandle, Errno> call(ProcessId process, const ConnectOptions& options, Role role);
  Errno check_caller(SocketHandle socket) const;
  void leave_port(PassiveSocket& socket);
  Result<SocketHandle, Errno> call_from(const ConnectOptions& options);
  Connection* open_connection(SocketHandle socket);
  Errno send_from(std::uint32_t slot, std::uint64_t bytes);
  Errno close_from(std::uint32_t slot);

  // behaviour.cpp: what servers and clients do by themselves.
  void drain();
  void serve(std::uint32_t slot, const ProcessEvent& event);
  void act_as_client(std::uint32_t slot, const ProcessEvent& event);
  void send_request(std::uint32_t slot);
  void answer_received(std::uint32_t slot, std::uint32_t count);
  void wake_connection(std::uint32_t slot, Duration wait);
  void on_wakeup(std::uint32_t slot);
  void hang_up(std::uint32_t slot);
  void exchange_done(std::uint32_t slot, Duration pause);
  void client_lost(std::uint32_t slot);
  void announce(std::uint32_t slot);
  void hear_introduction(std::uint32_t slot, const ProcessEvent& event);
  void dial_announced(std::uint32_t slot, Port port);
  void start_process(ProcessId process);
  void open_next(ProcessId process);
  void wake_process(ProcessId process, Duration wait);

  // accept.cpp: calls of processes that serve their connections themselves.
  /// The first of the listener's arrivals that has not ended, or null; those before it are dropped.
  Connection* longest_waiting(PassiveSocket& listener);

  // host.cpp, questions.cpp: small things.
  void emit(const Segment& segment, ProcessId owner = {});
  void note_sent(Segment& out, ProcessId owner);
  void schedule(SimTime at, EventKind kind, std::uint32_t subject, std::uint32_t generation);
  std::optional<std::uint8_t> address_index(const IpAddress& address);
  std::int32_t open_descriptor(ProcessId process) {
    return processes_[process.value].descriptors.allocate();
  }
  void close_descriptor(ProcessId process, std::int32_t& fd);
  void release_descriptor(Connection& connection);
  /// `peer`: the remote end of a connection; of other sockets nothing.
  void release_port(const Endpoint& local, const Endpoint& peer, const PortHolding& holding,
                    ProcessId process);
  static std::uint64_t destination_of(const IpAddress& local, const Endpoint& target);
  const ProcessTemplate& kind_of(ProcessId process) const {
    return kind_->kinds[processes_[process.value].kind];
  }
  const TcpConfig& tcp_of(const Connection& connection) const {
    return connection.own_tcp ? *connection.own_tcp : kind_->config.tcp;
  }
  const TcpConfig& tcp_of(const PassiveSocket& socket) const {
    return socket.own_tcp ? *socket.own_tcp : kind_->config.tcp;
  }
  std::uint32_t timestamp_offset(const Endpoint& local, const Endpoint& remote) const;
  Endpoint local_of(const Connection& connection) const {
    return {addresses_[connection.local_address], connection.local_port};
  }
  static Endpoint remote_of(const Connection& connection) {
    return {connection.remote_address, connection.remote_port};
  }
  /// Calls use(table, key) with the table of the family and the 4-tuple in its form.
  template <class F>
  decltype(auto) with_tuple(const Endpoint& local, const Endpoint& remote, F&& use) const {
    if (local.address.is_ipv4()) {
      return use(tuples4_, four_tuple4(local.address, local.port, remote.address, remote.port));
    }
    return use(tuples6_, four_tuple6(local.address, local.port, remote.address, remote.port));
  }
  template <class F>
  decltype(auto) with_table(const Connection& connection, F&& use) {
    const IpAddress& local = addresses_[connection.local_address];
    const IpAddress& remote = connection.remote_address;
    if (local.is_ipv4()) {
      return use(tuples4_,
                 four_tuple4(local, connection.local_port, remote, connection.remote_port));
    }
    return use(tuples6_, four_tuple6(local, connection.local_port, remote, connection.remote_port));
  }
  SocketHandle handle_of(std::uint32_t slot) const {
    return {slot, connections_.generation(slot), false};
  }
  SocketHandle passive_handle(std::uint32_t slot) const {
    return {slot, passives_.generation(slot), true};
  }
  void tell(std::uint32_t slot, Tell what, std::uint32_t count = 0) {
    told_.push_back({slot, connections_.generation(slot), what, count});
  }

  static std::uint64_t key_of(SocketName name) {
    return std::uint64_t{name.base} << 32 | name.index;
  }
  void remember_name(const Connection& connection, std::uint32_t slot);
  SocketName name_of_ends(const Endpoint& local, const Endpoint& peer) const;
  static Owner owner_of(const Connection& connection) {
    return {connection.process, connection.fd, connection.name};
  }
  static Owner owner_of(const PassiveSocket& socket) {
    return {socket.process, socket.fd, socket.name};
  }
  Owner owner_of(SocketHandle socket) const;
  bool wants(TraceKind kind) const { return output_->trace.wants(kind); }
  TraceRecord record(TraceKind kind) const;
  TraceRecord record(TraceKind kind, const Owner& owner) const;
  void record_lookup(const Segment& segment, LookupRule rule, std::uint32_t connections,
                     std::uint32_t listeners, const Owner& owner);
  void record_drop(const Segment& segment, DropReason reason);
  /// `told`: what the change means to the owner, if it is a failure.
  void record_state(const Connection& connection, TcpState from, TcpState to,
                    Errno told = Errno::ok);
  void record_state(const Endpoint& local, const Endpoint& peer, const Owner& owner, TcpState from,
                    TcpState to);
  TraceRecord state_record(const Endpoint& local, const Endpoint& peer, const Owner& owner) const;
  void record_port(PortAction action, Port port, ProcessId process);
  void record_call(SocketCall call, const Owner& owner, Errno result, const Endpoint& argument = {},
                   std::uint64_t amount = 0);

  void record_accept(const Connection& connection);

  SocketRow row_of(SimTime now, const Connection& connection) const;
  SocketRow row_of(const PassiveSocket& socket) const;
  template <class Key>
  SocketRow waiting_row(SimTime now, const TupleTable<Key>& table, std::uint32_t slot) const;
  template <class Key>
  void add_waiting_rows(SimTime now, const TupleTable<Key>& table,
                        std::vector<SocketRow>& rows) const;

  HostId id_;
  const HostTemplate* kind_;
  HostOutput* output_;
  std::vector<IpAddress> addresses_;  ///< Its own, then loopback addresses as they come into use.
  EventOrigin origin_;
  std::uint64_t seed_;
  SimTime now_ = kStart;

  SlotMap<Connection, struct ConnectionTag> connections_;
  SlotMap<PassiveSocket, struct PassiveTag> passives_;
  TupleTable<FourTuple4> tuples4_;
  TupleTable<FourTuple6> tuples6_;
  ListenerTable listeners_;
  PortSpace ports_;
  EphemeralPicker picker_;
  SipKey secret_;
  std::uint64_t reuseport_secret_ = 0;

  std::vector<Process> processes_;
  Ring<ProcessEvent> told_;
  /// What the connections in SYN-RECEIVED that a SYN has opened anew were before: in TIME-WAIT.
  boost::unordered_flat_map<std::uint32_t, TimeWait> reopened_;
  std::vector<std::uint32_t> dialing_;  ///< In SYN-SENT, where a port switch is followed.
  boost::unordered_flat_map<std::uint64_t, NamedSocket> named_;
  /// What conversations that are still being introduced will send, by their name.
  boost::unordered_flat_map<std::uint64_t, std::vector<std::uint64_t>> to_send_;
  SimTime time_wait_at_ = kNever;  ///< When the live event for TIME-WAIT is due.
  std::uint64_t connections_named_ = 0;
  HostCounters counters_;
};

}  // namespace demuxsim
