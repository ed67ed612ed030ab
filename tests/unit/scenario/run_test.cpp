// Verdicts of a run. The specs are made by hand, so what the loader does is not tested here.
#include "demuxsim/scenario/run.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace demuxsim;
using namespace std::chrono_literals;

namespace {

constexpr HostId kWebHost{0};
constexpr HostId kLaptop{1};
constexpr ProcessRef kNginx{kWebHost, ProcessId{0}};
constexpr ProcessRef kShell{kLaptop, ProcessId{0}};
constexpr Port kWeb{80};
constexpr IpAddress kWebAddress = IpAddress::ipv4(0x0a000001);
constexpr IpAddress kLaptopAddress = IpAddress::ipv4(0x0a000002);

/// Host `web` with `nginx` on port 80 and host `laptop` with `shell`, 10 ms apart. The socket `a`
/// of the shell calls nginx at 1 s.
class Scene {
 public:
  Scene() {
    ListenConfig service;
    service.local = {{}, kWeb};
    spec.hosts = {host("web", kWebHost, kWebAddress, "nginx"),
                  host("laptop", kLaptop, kLaptopAddress, "shell")};
    spec.hosts[0].processes[0].listens = {service};
    spec.hosts[1].config.ephemeral.range = {Port{50'000}, Port{50'009}};
    spec.host_count = 2;
    spec.network.shared.delay = 10ms;
  }

  SocketName name(const std::string& text) {
    spec.socket_names.push_back(text);
    return {static_cast<std::uint32_t>(spec.socket_names.size() - 1), SocketName::kNone};
  }
  /// A step at the end of the list.
  StepSpec& step(StepAction action, Duration at) {
    StepSpec made;
    made.action = action;
    made.at = kStart + at;
    made.span.line = ++line_;
    spec.steps.push_back(made);
    return spec.steps.back();
  }
  SocketName connect(Duration at, Port port = kWeb) {
    const SocketName made = name("s" + std::to_string(spec.socket_names.size()));
    StepSpec& call = step(StepAction::connect, at);
    call.by = kShell;
    call.as = made;
    call.target = {kWebAddress, port};
    return made;
  }
  StepSpec& use(StepAction action, Duration at, SocketName socket) {
    StepSpec& made = step(action, at);
    made.socket.name = socket;
    return made;
  }
  template <class What>
  void expect(What what, std::optional<Duration> at = {}) {
    ExpectSpec made;
    made.span.line = ++line_;
    made.text = "as the file has it";
    if (at) made.at = kStart + *at;
    made.what = std::move(what);
    spec.expects.push_back(std::move(made));
  }
  std::vector<Verdict> run() {
    ScenarioRun scenario(spec);
    while (!scenario.advance(3)) continue;
    return {scenario.verdicts().begin(), scenario.verdicts().end()};
  }
  /// The only verdict.
  Verdict verdict() {
    std::vector<Verdict> verdicts = run();
    REQUIRE(verdicts.size() == 1);
    return verdicts[0];
  }

  ScenarioSpec spec;

 private:
  static HostGroupSpec host(const std::string& name, HostId id, IpAddress address,
                            const std::string& process) {
    HostGroupSpec made;
    made.name = name;
    made.first = id;
    made.addresses = {address};
    made.config.tcp.msl = 1s;
    made.processes.resize(1);
    made.processes[0].name = process;
    return made;
  }
  std::uint32_t line_ = 0;
};

Bounds exactly(std::uint64_t count) { return {Ratio{count, 1}, Ratio{count, 1}}; }

void check(const Verdict& verdict, bool held, const std::string& found) {
  CHECK(verdict.held == held);
  CHECK(verdict.found == found);
}

/// Judges an answer that step `expected` should have had.
Verdict answer_of(Scene& scene, Errno expected, std::optional<Duration> within = {}) {
  scene.spec.steps.back().expect = expected;
  scene.spec.steps.back().within = within;
  return scene.verdict();
}

}  // namespace

TEST_CASE("a socket is judged by its ends and state") {
  Scene scene;
  SocketExpect expect;
  expect.socket.name = scene.connect(1s);
  SECTION("its state") {
    expect.state = TcpState::established;
    scene.expect(expect, 1030ms);
    check(scene.verdict(), true, "10.0.0.2:50000 - 10.0.0.1:80 ESTABLISHED");
    CHECK(scene.verdict().what == "as the file has it");
    CHECK(scene.verdict().at == kStart + 1030ms);
  }
  SECTION("another state") {
    expect.state = TcpState::established;
    scene.expect(expect, 1s);
    check(scene.verdict(), false, "10.0.0.2:50000 - 10.0.0.1:80 SYN-SENT");
  }
  SECTION("its ends") {
    expect.local = EndpointPattern{{kLaptopAddress}, Port{50'000}};
    expect.peer = EndpointPattern{{}, kWeb};
    scene.expect(expect);
    CHECK(scene.verdict().held);
  }
  SECTION("other ends") {
    expect.local = EndpointPattern{{kWebAddress}, Port{50'000}};
    scene.expect(expect);
    CHECK_FALSE(scene.verdict().held);
  }
  SECTION("the other end") {
    expect.socket.peer = true;
    expect.state = TcpState::established;
    scene.expect(expect);
    check(scene.verdict(), true, "10.0.0.1:80 - 10.0.0.2:50000 ESTABLISHED");
  }
  SECTION("not made yet") {
    expect.state = TcpState::closed;
    scene.expect(expect, 500ms);
    check(scene.verdict(), false, "no such socket so far");
  }
  SECTION("gone") {
    scene.use(StepAction::abort, 2s, expect.socket.name);
    expect.state = TcpState::closed;
    scene.expect(expect);
    check(scene.verdict(), true, "CLOSED (the socket is no more)");
  }
}

TEST_CASE("a port is judged by what is there") {
  Scene scene;
  PortExpect expect;
  expect.host = kWebHost;
  expect.port = kWeb;
  SECTION("who listens") {
    expect.port_class = PortClass::well_known;
    expect.state = TcpState::listen;
    expect.owner = kNginx;
    scene.expect(expect);
    check(scene.verdict(), true, "well-known, LISTEN by web/nginx");
  }
  SECTION("free") {
    expect.free = true;
    scene.expect(expect);
    check(scene.verdict(), false, "well-known, LISTEN by web/nginx");
    scene.spec.expects.clear();
    expect.port = Port{50'000};
    scene.expect(expect);
    check(scene.verdict(), true, "ephemeral, free");
  }
  SECTION("bound alone") {
    StepSpec& bind = scene.step(StepAction::bind, 1s);
    bind.by = kShell;
    bind.target = {{}, Port{7000}};
    bind.as = scene.name("bound");
    expect.host = kLaptop;
    expect.port = Port{7000};
    expect.bound = true;
    scene.expect(expect);
    check(scene.verdict(), true, "registered, bound by laptop/shell");
  }
  SECTION("not bound, but listening") {
    expect.bound = true;
    scene.expect(expect);
    CHECK_FALSE(scene.verdict().held);
  }
}

TEST_CASE("sockets, segments and calls are counted") {
  Scene scene;
  scene.connect(1s);
  scene.connect(1s);
  scene.connect(1s, Port{81});
  SocketFilter sockets;
  sockets.host = kWebHost;
  sockets.state = TcpState::established;
  SegmentFilter syns;
  syns.flags = flag::kSyn;
  syns.flags_clear = flag::kAck;
  SegmentFilter resets;
  resets.from_host = kWebHost;
  resets.from_port = Port{81};
  resets.flags = flag::kRst;
  CallFilter refused;
  refused.result = Errno::econnrefused;
  scene.expect(CountExpect{sockets, exactly(2)});
  scene.expect(CountExpect{sockets, exactly(3)});
  scene.expect(CountExpect{syns, exactly(3)});
  scene.expect(CountExpect{resets, {Ratio{1, 1}, {}}});
  scene.expect(CountExpect{resets, {Ratio{2, 1}, {}}});
  scene.expect(CountExpect{refused, exactly(1)});
  scene.expect(CountExpect{refused, {{}, Ratio{0, 1}}});
  const std::vector<Verdict> verdicts = scene.run();
  REQUIRE(verdicts.size() == 7);
  check(verdicts[0], true, "2");
  check(verdicts[1], false, "2");
  check(verdicts[2], true, "3");
  check(verdicts[3], true, "1");
  check(verdicts[4], false, "1");
  check(verdicts[5], true, "1");
  check(verdicts[6], false, "1");
}

TEST_CASE("dropped segments count only where drops are asked for") {
  Scene scene;
  scene.connect(1s);
  scene.spec.network.shared.loss = {1, 1};
  scene.spec.until = kStart + 1500ms;
  SegmentFilter lost;
  lost.dropped = DropReason::loss;
  scene.expect(CountExpect{lost, exactly(1)});
  scene.expect(CountExpect{SegmentFilter{}, exactly(0)});
  for (const Verdict& verdict : scene.run()) CHECK(verdict.held);
}

TEST_CASE("segments are judged by who got them, and why") {
  Scene scene;
  const SocketName socket = scene.connect(1s);
  scene.use(StepAction::send, 2s, socket).bytes = 10;
  SegmentExpect expect;
  expect.segment.from_socket = SocketRef{};
  expect.segment.from_socket->name = socket;
  expect.segment.data = true;
  expect.delivered_to = kNginx;
  expect.rule = LookupRule::exact_4_tuple;
  SECTION("right") {
    scene.expect(expect);
    check(scene.verdict(), true, "1 of 1");
  }
  SECTION("by another rule") {
    expect.rule = LookupRule::listener_any;
    scene.expect(expect);
    check(scene.verdict(), false, "1 of 1 otherwise; the first: web/nginx by exact-4-tuple");
  }
  SECTION("to nobody") {
    expect = {};
    expect.segment.to_port = Port{81};
    expect.to_nobody = true;
    scene.connect(3s, Port{81});
    scene.expect(expect);
    check(scene.verdict(), true, "1 of 1");
  }
  SECTION("not to nobody") {
    expect = {};
    expect.segment.to_port = kWeb;
    expect.to_nobody = true;
    scene.expect(expect);
    check(scene.verdict(), false, "3 of 3 otherwise; the first: web/nginx by listener-any");
  }
  SECTION("none") {
    expect.segment.to_port = Port{82};
    scene.expect(expect);
    check(scene.verdict(), false, "no such segment");
  }
}

TEST_CASE("a share is that of the connections accepted on a port") {
  Scene scene;
  scene.connect(1s);
  scene.connect(1s);
  scene.expect(ShareExpect{kNginx, kWeb, {Ratio{9, 10}, {}}});
  scene.expect(ShareExpect{kNginx, kWeb, {{}, Ratio{1, 2}}});
  scene.expect(ShareExpect{kNginx, Port{81}, {{}, Ratio{1, 2}}});
  const std::vector<Verdict> verdicts = scene.run();
  check(verdicts[0], true, "100% (2 of 2)");
  check(verdicts[1], false, "100% (2 of 2)");
  check(verdicts[2], false, "no connection was accepted on that port");
}

TEST_CASE("the keys that look-ups examine are counted and shared out") {
  Scene scene;
  scene.connect(1s);
  const auto add = [&](const SegmentFilter& filter, Bounds bounds) {
    ExaminedExpect expect;
    expect.segment = filter;
    expect.bounds = bounds;
    scene.expect(expect);
  };
  // The SYN finds a listener, and what follows the connection: one key each.
  SegmentFilter to_server;
  to_server.to_port = kWeb;
  add(to_server, {Ratio{1, 1}, Ratio{1, 1}});
  add(to_server, {Ratio{1001, 1000}, {}});
  to_server.after = kStart + 1h;
  add(to_server, {{}, Ratio{1, 1}});
  const std::vector<Verdict> verdicts = scene.run();
  CHECK(verdicts[0].held);
  CHECK(verdicts[0].found.starts_with("1.000 on average"));
  CHECK_FALSE(verdicts[1].held);
  check(verdicts[2], false, "no such segment was looked up");
}

TEST_CASE("connect has the answer that the network gives") {
  Scene scene;
  const Port closed{81};
  SECTION("ok, one round trip after the call") {
    scene.connect(1s);
    check(answer_of(scene, Errno::ok), true, "ok");
    check(answer_of(scene, Errno::ok, 20ms), true, "ok");
    check(answer_of(scene, Errno::ok, 19ms), false, "ok, too late");
    check(answer_of(scene, Errno::econnrefused), false, "ok");
    CHECK(scene.verdict().what == "the answer ECONNREFUSED");
  }
  SECTION("ECONNREFUSED from a closed port") {
    scene.connect(1s, closed);
    check(answer_of(scene, Errno::econnrefused), true, "ECONNREFUSED");
    check(answer_of(scene, Errno::ok), false, "ECONNREFUSED");
  }
  SECTION("ETIMEDOUT where nothing comes back") {
    scene.connect(1s);
    scene.spec.network.shared.loss = {1, 1};
    check(answer_of(scene, Errno::etimedout), true, "ETIMEDOUT");
    // 1 + 2 + 4 + 8 + 16 + 32 + 60 s: RFC 6298 with six retransmissions and at most 60 s.
    check(answer_of(scene, Errno::etimedout, 123s), true, "ETIMEDOUT");
    check(answer_of(scene, Errno::etimedout, 123s - 1ns), false, "ETIMEDOUT, too late");
  }
  SECTION("EADDRINUSE at once") {
    scene.connect(1s);
    scene.spec.steps.back().from_port = Port{7000};
    scene.connect(2s);
    scene.spec.steps.back().from_port = Port{7000};
    check(answer_of(scene, Errno::eaddrinuse, 0s), true, "EADDRINUSE");
  }
  SECTION("none when the run ends first") {
    scene.connect(1s);
    scene.spec.until = kStart + 1010ms;
    check(answer_of(scene, Errno::ok), false, "no answer yet");
    scene.spec.until = kStart + 900ms;
    check(answer_of(scene, Errno::ok), false, "not reached: the run ended before");
  }
}

TEST_CASE("a call on a connection that was reset answers so once, then EPIPE") {
  Scene scene;
  const SocketName socket = scene.connect(1s);
  StepSpec& abort = scene.use(StepAction::abort, 2s, socket);
  abort.socket.peer = true;
  for (const auto& [at, expected] : {std::pair{3s, Errno::econnreset}, std::pair{4s, Errno::epipe},
                                     std::pair{5s, Errno::epipe}}) {
    StepSpec& send = scene.use(StepAction::send, at, socket);
    send.bytes = 1;
    send.expect = expected;
  }
  const std::vector<Verdict> verdicts = scene.run();
  REQUIRE(verdicts.size() == 3);
  check(verdicts[0], true, "ECONNRESET");
  check(verdicts[1], true, "EPIPE");
  check(verdicts[2], true, "EPIPE");
}

TEST_CASE("every repetition of a step must have the answer") {
  Scene scene;
  scene.connect(1s);
  StepSpec& call = scene.spec.steps.back();
  call.times = 12;
  call.every = 1ms;
  call.numbered = true;
  // The range of the laptop has ten ports.
  check(answer_of(scene, Errno::ok), false, "10 of 12 as expected; first other: EADDRNOTAVAIL");
  scene.spec.steps.back().times = 10;
  check(answer_of(scene, Errno::ok), true, "ok");
}

TEST_CASE("what lies after the end was not reached, unless the end is given") {
  Scene scene;
  scene.connect(1s);
  CountExpect three{SocketFilter{}, exactly(3)};
  scene.expect(three, 5s);
  CHECK_FALSE(scene.verdict().held);
  CHECK(scene.verdict().found.find("not reached: the run ended at") == 0);
  scene.spec.until = kStart + 4s;
  check(scene.verdict(), false, "not reached: the run ended at 4.000000000 s");
  scene.spec.until = kStart + 5s;
  check(scene.verdict(), true, "3");
  scene.spec.until = kStart + 6s;
  check(scene.verdict(), true, "3");
  CHECK(scene.verdict().at == kStart + 5s);
}

TEST_CASE("verdicts come in the order of the file, whatever the times") {
  Scene scene;
  const CountExpect none{SocketFilter{}, exactly(99)};
  scene.expect(none, 900ms);
  scene.connect(1s);
  scene.spec.steps.back().expect = Errno::ok;
  scene.expect(none);
  scene.expect(none, 200ms);
  std::vector<std::uint32_t> lines;
  for (const Verdict& verdict : scene.run()) lines.push_back(verdict.span.line);
  CHECK(lines == std::vector<std::uint32_t>{1, 2, 3, 4});
}
