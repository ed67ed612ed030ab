// The scenario's processes with real sockets: what the timeline calls, and what servers do by
// themselves. All of it is in one thread; nothing here ever waits.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <poll.h>
#include <string>
#include <utility>
#include <vector>

#include "demuxsim/scenario/spec.hpp"
#include "kernel/network_namespace.hpp"
#include "kernel/plan.hpp"

namespace demuxsim::kernel {

/// "ok", "EPIPE" ... or nothing where the answer is still to come.
using Answer = std::optional<std::string>;

class Processes {
 public:
  /// All outlive this; `spaces` has one for each host, `answers` a place for each planned call.
  Processes(const ScenarioSpec& spec, std::vector<NetworkNamespace>& spaces,
            std::vector<std::string>& answers);

  /// The servers of a host begin to listen.
  void start(HostId host);
  /// Does the call with this number; the answer goes to its place, now or later.
  void perform(const PlannedCall& call, std::size_t number);
  /// Every socket of the host is gone.
  void forget(HostId host);

  /// Appends what is worth waiting for.
  void add_to(std::vector<pollfd>& watched) const;
  /// Something has happened to a socket that add_to() named.
  void serve(const pollfd& event, SimTime now);

  /// When a reply that was put off is due; kNever without one.
  SimTime next_reply() const;
  /// Sends the reply that next_reply() tells of.
  void reply_in_time();

 private:
  struct Ends {
    Endpoint local;
    Endpoint peer;
    friend constexpr auto operator<=>(const Ends&, const Ends&) = default;
  };
  struct Socket {
    Descriptor descriptor;
    HostId host;
    ProcessId process;
    int family = 0;
    const ListenConfig* service = nullptr;  ///< Of a listener and of what it has accepted.
    bool listens = false;
    bool privileged = true;
    std::optional<std::size_t> calling;  ///< The call of the plan that is to be answered.
    std::vector<std::uint64_t> waiting;  ///< What is to be sent as soon as it is connected.
    Ends ends;                           ///< Of one that has called or was accepted.
    bool deaf = false;  ///< The peer has finished or reset it: there is nothing left to read.
    std::uint32_t unanswered = 0;
  };
  using Id = std::uint32_t;
  struct Named {
    Id id = 0;
    Ends ends;  ///< Known when it is gone, too.
  };
  struct Reply {
    SimTime at;
    Id socket = 0;
  };

  // calls.cpp
  Answer open(const PlannedCall& call, std::size_t number);
  Answer use(const PlannedCall& call);
  Answer bind_step(Socket& socket, const StepSpec& step);
  Answer listen_step(Socket& socket, const StepSpec& step, bool is_new);
  Answer connect_step(Socket& socket, const PlannedCall& call, std::size_t number, bool is_new);
  Id make(const PlannedCall& call);
  std::optional<Id> find(const SocketRef& ref) const;
  Answer send(Socket& socket, std::uint64_t bytes);
  void exit(ProcessRef process);

  // servers.cpp
  Answer listen_on(Socket& socket, const ListenConfig& service, bool bind_first);
  void accept_all(Id id);
  void finish_call(Id id);
  void read_all(Id id, SimTime now);
  void take_bytes(Id id, std::size_t bytes, SimTime now);
  void answer_request(Id id);
  void peer_finished(Id id);
  void close(Id id) { sockets_.erase(id); }

  Id add(ProcessRef owner, int family);
  Socket* find(Id id);
  const HostGroupSpec& group_of(HostId host) const;
  const ProcessSpec& spec_of(ProcessRef process) const;
  Answer bind_to(Socket& socket, const Endpoint& local) const;

  const ScenarioSpec* spec_;
  std::vector<NetworkNamespace>* spaces_;
  std::vector<std::string>* answers_;
  std::map<Id, Socket> sockets_;  ///< In the order in which they were made.
  Id last_id_ = 0;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Named> named_;  ///< By base and index.
  /// How long each request is that has not been read to its end, by the ends of its reader.
  std::map<Ends, std::deque<std::uint64_t>> requests_;
  std::vector<Reply> replies_;
};

/// "ok" for 0, or the name of an errno.
std::string name_of_errno(int error);

}  // namespace demuxsim::kernel
