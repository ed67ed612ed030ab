// What processes do by themselves when something has happened to their sockets: servers answer and
// close, clients call, wait and hang up, and both follow an announced port.
#include <algorithm>

#include "demuxsim/host/host.hpp"

namespace demuxsim {
namespace {

/// A client whose call failed waits at least this long before the next one.
constexpr Duration kRetryPause = std::chrono::milliseconds{1};

}  // namespace

/// Processes hear what came about in a step when the step's own work is done, so nothing they do
/// ever re-enters a connection.
void Host::drain() {
  while (!told_.empty()) {
    const ProcessEvent event = told_.front();
    told_.pop_front();
    if (event.tell == Tell::next) {
      const ProcessId process{event.subject};
      if (processes_[process.value].generation == event.generation) open_next(process);
      continue;
    }
    const Connection* connection = connections_.find({event.subject, event.generation});
    if (connection == nullptr || !connection->open) continue;
    if (connection->role == Role::server) {
      serve(event.subject, event);
    } else if (connection->first) {
      hear_introduction(event.subject, event);
    } else if (connection->role == Role::client) {
      act_as_client(event.subject, event);
    }
  }
}

void Host::serve(std::uint32_t slot, const ProcessEvent& event) {
  Connection& connection = connections_[slot];
  const ListenConfig& service = *connection.service;
  switch (event.tell) {
    case Tell::accepted:
      if (connection.first) announce(slot);
      break;
    case Tell::message:
      if (connection.first) break;
      if (service.reply_delay != Duration{0}) {
        connection.unanswered += event.count;
        for (std::uint32_t i = 0; i < event.count; ++i) wake_connection(slot, service.reply_delay);
        break;
      }
      for (std::uint32_t i = 0; i < event.count && service.reply_bytes != 0; ++i) {
        send_from(slot, service.reply_bytes);
      }
      if (service.close == CloseRule::after_reply) close_from(slot);
      break;
    case Tell::peer_finished:
      connection.answered = true;
      if (service.close != CloseRule::never && connection.unanswered == 0) close_from(slot);
      break;
    default:
      break;
  }
}

/// The wait before something that a connection's owner does by itself is over.
void Host::on_wakeup(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  if (connection.role == Role::server) {
    const ListenConfig& service = *connection.service;
    --connection.unanswered;
    if (service.reply_bytes != 0) send_from(slot, service.reply_bytes);
    const bool peer_finished = connection.answered && connection.unanswered == 0;
    if (service.close == CloseRule::after_reply ||
        (service.close == CloseRule::after_peer && peer_finished)) {
      close_from(slot);
    }
  } else if (connection.requests_left != 0) {
    send_request(slot);
  } else {
    close_from(slot);
  }
}

void Host::wake_connection(std::uint32_t slot, Duration wait) {
  schedule(later(now_, std::max(wait, Duration{1})), EventKind::connection_wakeup, slot,
           connections_.generation(slot));
}

/// Sends one, and sets the time of the next where that does not depend on the answer.
void Host::send_request(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  Process& self = processes_[connection.process.value];
  const ClientConfig& client = *kind_of(connection.process).client;
  if (connection.requests_left != ClientConfig::kEndlessRequests) --connection.requests_left;
  const bool more = connection.requests_left != 0;
  const bool is_answered = client.reply_bytes != 0;
  if (is_answered) ++connection.unanswered;
  send_from(slot, client.request_bytes);
  if (more && client.request_every != Duration{0}) {
    wake_connection(slot, client.request_every);
  } else if (more && client.request_mean_gap != Duration{0}) {
    wake_connection(slot, self.rng.exponential(client.request_mean_gap));
  } else if (!is_answered) {
    answer_received(slot, 0);
  }
}

/// All answers are there: hangs up after the last, or goes on to the next request.
void Host::answer_received(std::uint32_t slot, std::uint32_t count) {
  Connection& connection = connections_[slot];
  const ClientConfig& client = *kind_of(connection.process).client;
  connection.unanswered -= std::min(connection.unanswered, count);
  if (connection.requests_left == 0) {
    if (connection.unanswered == 0) hang_up(slot);
    return;
  }
  const bool by_clock =
      client.request_every != Duration{0} || client.request_mean_gap != Duration{0};
  if (by_clock) return;
  const bool at_random = client.request_mean_think != Duration{0};
  Rng& rng = processes_[connection.process.value].rng;
  wake_connection(slot,
                  at_random ? rng.exponential(client.request_mean_think) : client.request_think);
}

void Host::act_as_client(std::uint32_t slot, const ProcessEvent& event) {
  Connection& connection = connections_[slot];
  const ClientConfig& client = *kind_of(connection.process).client;
  switch (event.tell) {
    case Tell::connected:
      if (client.request_bytes == 0) {
        hang_up(slot);
      } else {
        connection.requests_left = client.requests;
        send_request(slot);
      }
      break;
    case Tell::message:
      answer_received(slot, event.count);
      break;
    case Tell::peer_finished:
      exchange_done(slot, Duration{0});
      close_from(slot);
      break;
    default:
      break;
  }
}

/// The answer is complete: close now or later, and on to the next connection.
void Host::hang_up(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  if (connection.answered) return;
  const ClientConfig& client = *kind_of(connection.process).client;
  exchange_done(slot, Duration{0});
  if (!client.close) return;
  if (client.hold == Duration{0}) {
    close_from(slot);
  } else {
    wake_connection(slot, client.hold);
  }
}

/// A client that makes its calls one after the other begins the next one, at the earliest after
/// `pause`. Only the first word on a connection counts.
void Host::exchange_done(std::uint32_t slot, Duration pause) {
  Connection& connection = connections_[slot];
  if (connection.answered) return;
  connection.answered = true;
  const ProcessId process = connection.process;
  const ClientConfig& client = *kind_of(process).client;
  if (client.every != Duration{0} || client.mean_gap != Duration{0}) return;
  const Duration wait = std::max(client.think, pause);
  if (wait == Duration{0}) {
    told_.push_back({process.value, processes_[process.value].generation, Tell::next});
  } else {
    wake_process(process, wait);
  }
}

/// A server that only introduces: a fresh port for the conversation, its number to the client.
void Host::announce(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  const Result<std::uint32_t, Errno> listener = open_announced(connection);
  if (!listener) {
    abort_connection(slot);
    return;
  }
  const Stream message = Stream::announcing(passives_[*listener].local.port);
  connection.tcp.set_stream(message);
  send_from(slot, message.announcement_bytes());
  close_from(slot);
}

/// A caller on the port that serves only to get in touch: it dials the port it is told, and hangs
/// up when the server has.
void Host::hear_introduction(std::uint32_t slot, const ProcessEvent& event) {
  if (event.tell == Tell::announced) {
    dial_announced(slot, Port{static_cast<std::uint16_t>(event.count)});
  } else if (event.tell == Tell::peer_finished) {
    if (connections_[slot].calling) connection_failed(slot, Errno::econnreset);
    close_from(slot);
  }
}

/// The client has read the port: the conversation is a connection of its own.
void Host::dial_announced(std::uint32_t slot, Port port) {
  Connection& introduction = connections_[slot];
  introduction.calling = false;
  introduction.answered = true;
  ConnectOptions options;
  options.target = {introduction.remote_address, port};
  options.from_address = addresses_[introduction.local_address];
  options.name = introduction.name.conversation();
  const Result<SocketHandle, Errno> called = call(introduction.process, options, introduction.role);
  if (const auto queued = to_send_.find(key_of(options.name)); queued != to_send_.end()) {
    const std::vector<std::uint64_t> sends = std::move(queued->second);
    to_send_.erase(queued);
    for (const std::uint64_t bytes : sends) {
      if (called) send_from(called->slot, bytes);
    }
  }
  if (!called && introduction.role == Role::client) {
    introduction.answered = false;
    exchange_done(slot, kRetryPause);
  }
}

void Host::start_process(ProcessId process) {
  Process& self = processes_[process.value];
  self.running = true;
  const ProcessTemplate& kind = kind_of(process);
  for (const ListenConfig& service : kind.listens) {
    static_cast<void>(listen_now(process, service, {}, {}));
  }
  if (!kind.client) return;
  self.opened = 0;
  self.rng = Rng(seed_, {StreamKind::behaviour, id_.value, process.value});
  if (kind.client->mean_gap != Duration{0}) {
    wake_process(process, self.rng.exponential(kind.client->mean_gap));
  } else {
    open_next(process);
  }
}

/// Opens the next connection of a client, and sets the time of the one after where that does not
/// depend on this one.
void Host::open_next(ProcessId process) {
  Process& self = processes_[process.value];
  const ClientConfig& client = *kind_of(process).client;
  if (!self.running || self.opened == client.times) return;
  ++self.opened;
  ConnectOptions options;
  options.target = client.target;
  options.set_up = client.set_up;
  const bool called = call(process, options, Role::client).has_value();
  if (client.every != Duration{0}) {
    wake_process(process, client.every);
  } else if (client.mean_gap != Duration{0}) {
    wake_process(process, self.rng.exponential(client.mean_gap));
  } else if (!called) {
    wake_process(process, std::max(client.think, kRetryPause));
  }
}

void Host::client_lost(std::uint32_t slot) {
  if (connections_[slot].role == Role::client) exchange_done(slot, kRetryPause);
}

void Host::wake_process(ProcessId process, Duration wait) {
  const Process& self = processes_[process.value];
  if (self.opened == kind_of(process).client->times) return;
  // Two arrivals in one nanosecond are one nanosecond apart.
  schedule(later(now_, std::max(wait, Duration{1})), EventKind::process_wakeup, process.value,
           self.generation);
}

}  // namespace demuxsim
