// Small random scenarios against the laws of a host: every byte in order, once, to the process that
// owns the socket; no 4-tuple and no port twice; nothing left behind when all is closed.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "demuxsim/core/check.hpp"
#include "demuxsim/core/random.hpp"
#include "demuxsim/scenario/run.hpp"
#include "support/catch.hpp"

using namespace demuxsim;
using namespace std::chrono_literals;

namespace {

constexpr SimTime kCallersEnd = kStart + 20s;
constexpr SimTime kServersEnd = kStart + 40s;
constexpr Port kWeb{80};

std::uint64_t seed_of_this_run = 0;
void print_seed() {
  std::fprintf(stderr, "seed %llu\n", static_cast<unsigned long long>(seed_of_this_run));
}

/// What one run draws. Whole kinds of trouble are off in some.
class Draft {
 public:
  /// Every host has the processes `server`, `browser` (a client by itself) and `shell` (driven by
  /// the timeline), in this order.
  enum Process : std::uint32_t { server, browser, shell, process_count };

  Draft(std::uint64_t seed, bool orderly) : rng_(seed, {StreamKind::test, 7}), orderly_(orderly) {
    spec.seed = seed;
    host_count_ = static_cast<std::uint32_t>(2 + rng_.below(4));
    set_up_ = static_cast<SetUp>(rng_.below(3));
    follow_ = orderly || rng_.chance({1, 2});
    draw_network();
    for (std::uint32_t i = 0; i < host_count_; ++i) add_host(i);
    spec.host_count = host_count_;
    const std::uint64_t sockets = 1 + rng_.below(10);
    for (std::uint64_t i = 0; i < sockets; ++i) add_socket();
    if (!orderly && rng_.chance({1, 3})) add_exit();
    if (!orderly && rng_.chance({1, 3})) add_reboot();
    add_end();
    trouble_network();
  }

  ScenarioSpec spec;
  bool servers_exit = false;
  bool reboots = false;
  bool loses() const {
    const LinkSpec& link = spec.network.shared;
    return link.loss.numerator != 0 || link.corrupt.numerator != 0 || breaks_;
  }

 private:
  std::uint64_t upto(std::uint64_t most) { return rng_.below(most + 1); }
  Duration some(Duration most) {
    return Duration{static_cast<std::int64_t>(upto(static_cast<std::uint64_t>(most.count())))};
  }
  SimTime some_time() { return kStart + some(8s); }
  IpAddress address_of(std::uint32_t host) const { return IpAddress::ipv4(0x0a000001 + host); }
  HostId some_host() { return HostId{static_cast<std::uint32_t>(rng_.below(host_count_))}; }
  /// Whom `caller` calls: also itself. Where a server switches ports only others: it may switch to
  /// a port that its caller still has in TIME-WAIT, and then the two send each other
  /// acknowledgements until that is over, a million each second where they are a microsecond apart.
  IpAddress some_target(std::uint32_t caller) {
    if (set_up_ != SetUp::switch_port) return address_of(some_host().value);
    const auto step = static_cast<std::uint32_t>(1 + rng_.below(host_count_ - 1));
    return address_of((caller + step) % host_count_);
  }

  void draw_network() {
    LinkSpec& link = spec.network.shared;
    link.delay = 1ms + some(60ms);
    if (rng_.chance({1, 2})) link.rate = {100'000 + rng_.below(10'000'000)};
    if (rng_.chance({1, 2})) link.loss = {rng_.below(orderly_ ? 11 : 21), 100};
  }

  /// By a stream of its own.
  void trouble_network() {
    Rng rng(spec.seed, {StreamKind::test, 8});
    LinkSpec& link = spec.network.shared;
    if (rng.chance({1, 3}))
      link.jitter = Duration{static_cast<std::int64_t>(rng.below(20'000'000))};
    for (Ratio* const share : {&link.duplicate, &link.reorder, &link.corrupt}) {
      if (rng.chance({1, 4})) *share = {rng.below(11), 100};
    }
    breaks_ = rng.chance({1, 4});
    if (!breaks_) return;
    const SimTime at = kStart + Duration{static_cast<std::int64_t>(rng.below(8'000'000'000))};
    const bool parts = rng.chance({1, 2});
    for (const bool over : {false, true}) {
      const StepAction action = parts ? (over ? StepAction::heal : StepAction::partition)
                                      : (over ? StepAction::link_up : StepAction::link_down);
      StepSpec& step = add_step(action, over ? at + 1500ms : at);
      step.by.host = HostId{0};
      if (!parts || !over) step.groups.push_back({{0, 1}});
      if (parts && !over) step.groups.push_back({{1, host_count_ - 1}});
    }
  }

  HostConfig draw_config() {
    HostConfig config;
    config.tcp.msl = 50ms + some(2s);
    config.tcp.rto_initial = config.tcp.rto_min = 100ms + some(900ms);
    config.tcp.rto_max = 4s;
    config.tcp.syn_retries = orderly_ ? 30 : static_cast<std::uint32_t>(upto(4));
    config.tcp.data_retries = orderly_ ? 40 : static_cast<std::uint32_t>(1 + upto(5));
    config.tcp.mss = static_cast<std::uint16_t>(200 + rng_.below(1261));
    config.tcp.window = static_cast<std::uint16_t>(500 + rng_.below(65'000));
    config.tcp.iss = rng_.chance({1, 4}) ? IssMode::zero : IssMode::rfc6528;
    const auto ports = static_cast<std::uint16_t>(orderly_ ? 200 : rng_.below(6));
    config.ephemeral.range = {Port{50'000}, Port{static_cast<std::uint16_t>(50'000 + ports)}};
    config.ephemeral.pick = kPortPicks[rng_.below(kPortPicks.size())];
    config.algorithm = *parse_algorithm(rng_.chance({1, 2}) ? "open" : "linear");
    config.follow_port_switch = follow_;
    return config;
  }

  ListenConfig draw_service() {
    ListenConfig service;
    service.local = {{}, kWeb};
    service.backlog = static_cast<std::uint32_t>(orderly_ ? 128 : upto(4));
    service.set_up = set_up_;
    service.reply_bytes = rng_.chance({1, 3}) ? 0 : rng_.below(6000);
    service.reuse_address = rng_.chance({1, 2});
    if (orderly_) return service;
    service.close = static_cast<CloseRule>(rng_.below(3));
    service.accept = !rng_.chance({1, 8});
    return service;
  }

  ClientConfig draw_client(std::uint32_t host) {
    ClientConfig client;
    client.target = {some_target(host), kWeb};
    client.set_up = set_up_;
    client.times = upto(5);
    client.request_bytes = rng_.below(4000);
    client.reply_bytes = rng_.chance({1, 2}) ? 0 : 1000;
    if (rng_.chance({1, 3})) client.every = 1ms + some(500ms);
    if (rng_.chance({1, 3})) client.hold = some(1s);
    if (rng_.chance({1, 3})) client.think = some(1s);
    client.close = rng_.chance({3, 4});
    return client;
  }

  void add_host(std::uint32_t index) {
    HostGroupSpec host;
    host.name = "h" + std::to_string(index);
    host.first = HostId{index};
    host.addresses = {address_of(index)};
    host.config = draw_config();
    host.processes.resize(process_count);
    host.processes[server].name = "server";
    host.processes[server].listens = {draw_service()};
    host.processes[browser].name = "browser";
    if (!orderly_ && rng_.chance({1, 2})) host.processes[browser].client = draw_client(index);
    host.processes[shell].name = "shell";
    spec.hosts.push_back(std::move(host));
  }

  StepSpec& add_step(StepAction action, SimTime at) {
    StepSpec step;
    step.action = action;
    step.at = at;
    spec.steps.push_back(step);
    return spec.steps.back();
  }

  /// A connection of the timeline, and what is done with it.
  void add_socket() {
    const SocketName name{static_cast<std::uint32_t>(spec.socket_names.size()), SocketName::kNone};
    spec.socket_names.push_back("s" + std::to_string(name.base));
    SimTime at = some_time();
    StepSpec& connect = add_step(StepAction::connect, at);
    connect.by = {some_host(), ProcessId{shell}};
    connect.as = name;
    const bool closed_port = !orderly_ && rng_.chance({1, 10});
    connect.target = {some_target(connect.by.host.value), closed_port ? Port{81} : kWeb};
    connect.set_up = set_up_;
    if (!orderly_ && rng_.chance({1, 6})) {
      connect.from_port = Port{static_cast<std::uint16_t>(50'000 + upto(3))};
      connect.reuse_address = rng_.chance({1, 2});
    }
    if (orderly_) at += 5min;  // The handshake is over, whatever was lost.
    for (std::uint64_t left = upto(5); left > 0; --left) {
      at += some(800ms);
      add_use(name, at, orderly_ ? StepAction::send : draw_use());
    }
    if (orderly_) add_use(name, at + 5min, StepAction::shutdown_write);
  }

  StepAction draw_use() {
    const std::uint64_t die = rng_.below(20);
    if (die == 0) return StepAction::abort;
    if (die < 4) return StepAction::close;
    return die < 7 ? StepAction::shutdown_write : StepAction::send;
  }

  void add_use(SocketName name, SimTime at, StepAction action) {
    StepSpec& step = add_step(action, at);
    step.socket.name = name;
    step.socket.peer = !orderly_ && rng_.chance({1, 4});
    step.bytes = rng_.chance({1, 5}) ? rng_.below(60'000) : rng_.below(2000);
  }

  void add_exit() {
    add_step(StepAction::exit, some_time()).by = {
        some_host(), ProcessId{static_cast<std::uint32_t>(rng_.below(process_count))}};
  }

  void add_reboot() {
    reboots = true;
    add_step(StepAction::reboot, some_time()).by.host = some_host();
  }

  /// Callers end; servers, too, unless what they have accepted ends by itself.
  void add_end() {
    if (orderly_) return;
    const bool patient = std::all_of(spec.hosts.begin(), spec.hosts.end(), [](const auto& host) {
      const ListenConfig& service = host.processes[server].listens[0];
      return service.accept && service.close != CloseRule::never;
    });
    servers_exit = !patient || rng_.chance({1, 2});
    for (std::uint32_t host = 0; host < host_count_; ++host) {
      for (const Process process : {browser, shell}) {
        add_step(StepAction::exit, kCallersEnd).by = {HostId{host}, ProcessId{process}};
      }
      if (!servers_exit) continue;
      add_step(StepAction::exit, kServersEnd).by = {HostId{host}, ProcessId{server}};
    }
  }

  Rng rng_;
  bool orderly_;
  std::uint32_t host_count_ = 0;
  SetUp set_up_ = SetUp::same_port;
  bool follow_ = false;
  bool breaks_ = false;
};

/// Follows the trace with a model of its own and complains where they part.
class Laws : public TraceSink {
 public:
  void consume(std::span<const TraceRecord> records) override {
    for (const TraceRecord& record : records) {
      switch (record.kind) {
        case TraceKind::port:
          note_port(record);
          break;
        case TraceKind::state:
          note_state(record);
          break;
        case TraceKind::call:
          note_call(record);
          break;
        case TraceKind::demux:
          note_lookup(record);
          break;
        case TraceKind::segment_dropped:
          drops.insert(record.reason);
          break;
        default:
          break;
      }
    }
  }

  const std::set<std::uint16_t>& held(HostId host) { return held_[host.value]; }
  std::uint64_t sent_bytes = 0;
  std::vector<std::string> broken;
  /// What has been seen at all: a law that nothing puts to the test is no law.
  std::set<LookupRule> rules;
  std::set<DropReason> drops;
  std::set<std::pair<SocketCall, Errno>> answers;

 private:
  using Ends = std::tuple<std::uint32_t, Endpoint, Endpoint>;
  static Ends ends_of(const TraceRecord& record) {
    return {record.host.value, record.segment.from(), record.segment.to()};
  }
  void complain(const TraceRecord& record, const std::string& what) {
    broken.push_back(what + " at " + std::to_string(record.at.time_since_epoch().count()) + " ns");
  }

  void note_port(const TraceRecord& record) {
    std::set<std::uint16_t>& held = held_[record.host.value];
    const std::uint16_t port = record.segment.source_port.value;
    const std::pair holder{record.host.value, port};
    if (record.port_action == PortAction::released) {
      if (held.erase(port) == 0) complain(record, "a port is released that nobody holds");
      own_.erase(holder);
      return;
    }
    const bool fresh = held.insert(port).second;
    const bool by_number = record.port_action == PortAction::bound;
    const bool server = record.process == ProcessId{Draft::server};
    const auto own = own_.find(holder);
    // What a server is given is for one conversation alone. Callers share what they are given; what
    // they hold by number, too, with SO_REUSEADDR, but only with each other.
    const bool shares = !server && (own == own_.end() || (by_number && !own->second));
    if (!fresh && !shares) complain(record, "a port is held twice");
    if (server || by_number) own_[holder] = server;
  }

  void note_state(const TraceRecord& record) {
    if (record.segment.destination_port == Port{}) return;  // A listener.
    const auto from = static_cast<TcpState>(record.from);
    const auto to = static_cast<TcpState>(record.to);
    const bool begins = from == TcpState::closed || from == TcpState::listen;
    const auto [at, fresh] = states_.try_emplace(ends_of(record), to, record.process);
    // One that followed a port switch goes on under other ends, and leaves the old in SYN-SENT.
    if (begins && !fresh && at->second.first != TcpState::syn_sent) {
      complain(record, "two connections with the same ends");
    }
    if (!begins && fresh && from != TcpState::syn_sent) {
      complain(record, "a connection out of nothing");
    }
    if (!begins && !fresh && at->second.first != from) complain(record, "a state is skipped");
    at->second = {to, record.process};
    // A child whose caller is gone falls back to LISTEN.
    if (to == TcpState::closed || to == TcpState::listen) states_.erase(at);
  }

  void note_call(const TraceRecord& record) {
    answers.insert({record.call, record.result});
    if (record.call == SocketCall::send && record.result == Errno::ok) sent_bytes += record.amount;
    if (record.call == SocketCall::exit) exited_.insert({record.host.value, record.process.value});
  }

  void note_lookup(const TraceRecord& record) {
    rules.insert(record.rule);
    if (record.rule != LookupRule::exact_4_tuple || record.segment.payload_bytes == 0) return;
    const Ends ends{record.host.value, record.segment.to(), record.segment.from()};
    const auto known = states_.find(ends);
    if (known == states_.end()) return;
    const ProcessId owner = known->second.second;
    const bool left = !record.process && exited_.count({record.host.value, owner.value}) != 0;
    if (record.process != owner && !left) complain(record, "data for another process");
  }

  std::map<std::uint32_t, std::set<std::uint16_t>> held_;
  std::map<std::pair<std::uint32_t, std::uint16_t>, bool> own_;  ///< By a server, or by number.
  std::map<Ends, std::pair<TcpState, ProcessId>> states_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> exited_;
};

TcpState state_of(const SocketRow& row) { return static_cast<TcpState>(row.state); }

/// No two connections of a host have the same ends, and no port with a socket is free.
void check_tables(Simulation& simulation) {
  for (std::uint32_t i = 0; i < simulation.host_count(); ++i) {
    const Host& host = simulation.host(HostId{i});
    std::set<std::pair<Endpoint, Endpoint>> ends;
    for (const SocketRow& row : host.sockets(simulation.now())) {
      if (!host.port_in_use(row.local.port)) FAIL("a socket on a free port");
      if (row.peer.port == Port{}) continue;
      if (!ends.insert({row.local, row.peer}).second) FAIL("two connections with the same ends");
    }
  }
}

/// What may remain: listeners of living servers. Where a reset can be lost, or a host forget, RFC
/// 9293 also lets a peer wait for ever for what will never come.
void check_end(Simulation& simulation, const Draft& draft, Laws& laws) {
  const bool forgotten = draft.loses() || draft.reboots;
  for (std::uint32_t i = 0; i < simulation.host_count(); ++i) {
    const Host& host = simulation.host(HostId{i});
    std::set<std::uint16_t> ports;
    for (const SocketRow& row : host.sockets(simulation.now())) {
      ports.insert(row.local.port.value);
      CAPTURE(i, to_string(row.local), to_string(row.peer), name_of(state_of(row)));
      const bool listens = state_of(row) == TcpState::listen && !draft.servers_exit;
      const bool waits =
          forgotten && (state_of(row) == TcpState::fin_wait_2 ||
                        (state_of(row) == TcpState::established && !draft.servers_exit));
      CHECK((listens || waits));
      if (!waits) continue;
      const HostId peer = simulation.host_of(row.peer.address);
      CHECK_FALSE(simulation.host(peer).connection(simulation.now(), row.peer, row.local));
    }
    CHECK(laws.held(HostId{i}) == ports);
  }
}

/// Runs to the end in slices of about `slice` events; false if there is no end.
bool run_to_end(ScenarioRun& run, std::uint64_t slice, bool look) {
  for (std::uint64_t events = 0; events < 2'000'000; events += slice) {
    if (run.advance(slice)) return true;
    if (look) check_tables(run.simulation());
  }
  return false;
}

void check_laws(const Draft& draft, Laws& laws) {
  ScenarioRun run(draft.spec);
  run.simulation().trace().attach(laws, TraceKinds::happenings());
  REQUIRE(run_to_end(run, 37, true));
  const RunTotals totals = run.simulation().totals();
  CHECK(run.simulation().next_time() == kNever);
  CHECK(run.end() < kStart + 1h);
  CHECK(totals.bytes_misdelivered == 0);
  CHECK(totals.bytes_delivered <= laws.sent_bytes);
  CHECK(laws.broken == std::vector<std::string>{});
  check_end(run.simulation(), draft, laws);

  ScenarioRun again(draft.spec);
  REQUIRE(run_to_end(again, 1'000'000, false));
  const RunTotals repeated = again.simulation().totals();
  CHECK(repeated.fingerprint == totals.fingerprint);
  CHECK(repeated.events == totals.events);
  CHECK(again.end() == run.end());
}

}  // namespace

TEST_CASE("random scenarios keep the laws of a host") {
  set_check_reporter(print_seed);
  Laws seen;
  for (std::uint64_t seed = 1; seed <= 6000; ++seed) {
    CAPTURE(seed);
    seed_of_this_run = seed;
    Laws laws;
    check_laws(Draft(seed, false), laws);
    seen.rules.merge(laws.rules);
    seen.drops.merge(laws.drops);
    seen.answers.merge(laws.answers);
  }
  set_check_reporter(nullptr);
  using enum LookupRule;
  CHECK(seen.rules ==
        std::set{exact_4_tuple, listener_address, listener_any, time_wait, port_switch, no_match});
  CHECK(seen.drops == std::set{DropReason::loss, DropReason::link_down, DropReason::partition,
                               DropReason::backlog_full, DropReason::no_port, DropReason::checksum,
                               DropReason::unacceptable});
  using enum Errno;
  for (const Errno answer :
       {ok, eaddrinuse, eaddrnotavail, ebadf, econnaborted, econnrefused, econnreset, etimedout}) {
    CAPTURE(name_of(answer));
    CHECK(seen.answers.count({SocketCall::connect, answer}) == 1);
  }
}

TEST_CASE("all that is sent arrives where both sides close in good order") {
  set_check_reporter(print_seed);
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    seed_of_this_run = seed;
    const Draft draft(seed, true);
    Laws laws;
    ScenarioRun run(draft.spec);
    run.simulation().trace().attach(laws, TraceKinds::happenings());
    REQUIRE(run_to_end(run, 1000, true));
    CHECK(run.simulation().totals().bytes_misdelivered == 0);
    CHECK(run.simulation().totals().bytes_delivered == laws.sent_bytes);
    CHECK(laws.broken == std::vector<std::string>{});
    check_end(run.simulation(), draft, laws);
  }
  set_check_reporter(nullptr);
}
