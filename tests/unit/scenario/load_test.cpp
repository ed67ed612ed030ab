#include "demuxsim/scenario/load.hpp"

#include <chrono>
#include <string>

#include "support/catch.hpp"

namespace demuxsim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

ScenarioSpec loaded(const std::string& text, const LoadOptions& options = {}) {
  const SourceFile source{"a.yaml", "scenario: 1\n" + text};
  auto spec = load(source, options);
  if (!spec) FAIL(render(source, spec.error(), Color::off));
  return std::move(*spec);
}

std::string complaint(const std::string& text, const LoadOptions& options = {}) {
  const auto spec = load({"a.yaml", "scenario: 1\n" + text}, options);
  return spec ? "none" : spec.error().at(0).message;
}

IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }

const std::string kHosts =
    "hosts:\n"
    "  web:   {ip: 10.0.0.1, processes: {nginx: {listen: 80}, sh: {}}}\n"
    "  alice: {ip: 10.0.0.2, processes: {browser: {}, curl: {}}}\n";

TEST_CASE("hosts count first to last, and their addresses up") {
  const ScenarioSpec spec = loaded(
      "hosts:\n"
      "  a: {ip: 10.0.0.1}\n"
      "  b: {ip: [10.0.1.250, \"2001:db8::ffff\"], count: 10, processes: {p: {count: 3}, q: {}}}\n"
      "  c: {ip: 10.0.9.1, processes: {x: {}}}\n"
      "timeline:\n"
      "  - {at: 0, by: b.9/q, connect: \"c:1\"}\n"
      "  - {at: 0, by: c/x, connect: \"b.7:1\"}\n"
      "  - {at: 0, by: b.0/p.2, connect: \"10.0.2.3:1\"}\n");
  CHECK(spec.host_count == 12);
  CHECK(spec.hosts[1].first == HostId{1});
  CHECK(spec.hosts[1].numbered);
  CHECK(!spec.hosts[0].numbered);
  CHECK(spec.hosts[1].addresses == std::vector{ip("10.0.1.250"), ip("2001:db8::ffff")});
  CHECK(spec.steps[0].by == ProcessRef{HostId{10}, ProcessId{3}});
  CHECK(spec.steps[1].target == Endpoint{ip("10.0.2.1"), Port{1}});
  CHECK(spec.steps[2].by == ProcessRef{HostId{1}, ProcessId{2}});
}

TEST_CASE("a profile gives the defaults, a scenario changes them, a host changes both") {
  const ScenarioSpec spec = loaded(
      "profile: linux\n"
      "tcp: {msl: 5s, iss: zero}\n"
      "hosts:\n"
      "  a: {ip: 10.0.0.1}\n"
      "  b: {ip: 10.0.0.2, profile: textbook, tcp: {msl: 1s, mss: 1000}, demux: linear}\n"
      "  c: {ip: 10.0.0.3, ephemeral: {pick: random, reserved: [40000, 50000-50009]}}\n");
  const HostConfig& a = spec.hosts[0].config;
  CHECK(a.tcp.msl == seconds{5});
  CHECK(a.tcp.rto_min == milliseconds{200});
  CHECK(a.tcp.iss == IssMode::zero);
  CHECK(a.ephemeral.range == PortRange{Port{32768}, Port{60999}});
  CHECK(a.ephemeral.pick == PortPick::linux_hash);
  CHECK(!a.follow_port_switch);
  CHECK(to_string(a.algorithm) == "open");
  const HostConfig& b = spec.hosts[1].config;
  CHECK(b.tcp.msl == seconds{1});
  CHECK(b.tcp.rto_min == seconds{1});
  CHECK(b.tcp.mss == 1000);
  CHECK(b.tcp.iss == IssMode::zero);
  CHECK(b.ephemeral.range == kDynamicPorts);
  CHECK(b.follow_port_switch);
  CHECK(to_string(b.algorithm) == "linear");
  const EphemeralConfig& c = spec.hosts[2].config.ephemeral;
  CHECK(c.range == PortRange{Port{32768}, Port{60999}});
  CHECK(c.pick == PortPick::random);
  CHECK(c.reserved == PortSet{{Port{40000}, Port{40000}}, {Port{50000}, Port{50009}}});
}

/// How long a connect lasts that nobody answers.
Duration syn_patience(const TcpConfig& tcp) {
  Duration total{0};
  Duration wait = tcp.rto_initial;
  for (std::uint32_t i = 0; i <= tcp.syn_retries; ++i) {
    total += wait;
    wait = std::min(2 * wait, tcp.rto_max);
  }
  return total;
}

TEST_CASE("the profiles give up a SYN when FORMAT.md says", "[rfc9293-3.8.3]") {
  const auto patience = [](const char* profile) {
    return syn_patience(
        loaded(std::string("profile: ") + profile + "\nhosts: {a: {ip: 10.0.0.1}}\n")
            .hosts[0]
            .config.tcp);
  };
  CHECK(patience("rfc9293") == seconds{183});
  CHECK(patience("rfc9293") >= seconds{180});  // MUST-23.
  CHECK(patience("textbook") == seconds{183});
  CHECK(patience("linux") == seconds{127});
  CHECK(patience("freebsd") == seconds{63});
}

TEST_CASE("a listener is a port, a service, an address and a port, or a map") {
  const ScenarioSpec spec = loaded(
      "hosts:\n"
      "  web:\n"
      "    ip: [10.0.0.1, \"2001:db8::1\"]\n"
      "    processes:\n"
      "      a: {listen: [22, http, \"10.0.0.1:443\", \"[2001:db8::1]:443\", \"*:8080\"]}\n"
      "      b: {listen: {port: 53, address: 10.0.0.1, backlog: 7, reuse: [address, port],\n"
      "                   setup: switch-port, reply: 4KiB, close: never}}\n"
      "      c: {listen: {port: 9000, reuse: port}, count: 2, privileged: true}\n");
  const std::vector<ListenConfig>& a = spec.hosts[0].processes[0].listens;
  REQUIRE(a.size() == 5);
  CHECK(a[0].local == Endpoint{IpAddress{}, Port{22}});
  CHECK(a[1].local == Endpoint{IpAddress{}, Port{80}});
  CHECK(a[2].local == Endpoint{ip("10.0.0.1"), Port{443}});
  CHECK(a[3].local == Endpoint{ip("2001:db8::1"), Port{443}});
  CHECK(a[4].local == Endpoint{IpAddress{}, Port{8080}});
  CHECK(a[0].backlog == 128);
  CHECK(a[0].close == CloseRule::after_peer);
  const ListenConfig& b = spec.hosts[0].processes[1].listens[0];
  CHECK(b.local == Endpoint{ip("10.0.0.1"), Port{53}});
  CHECK(b.backlog == 7);
  CHECK(b.reuse_address);
  CHECK(b.reuse_port);
  CHECK(b.set_up == SetUp::switch_port);
  CHECK(b.reply_bytes == 4096);
  CHECK(b.close == CloseRule::never);
  CHECK(!spec.hosts[0].processes[2].listens[0].reuse_address);
  CHECK(spec.hosts[0].processes[2].privileged);
  CHECK(spec.hosts[0].processes[0].listen_spans.size() == 5);
}

TEST_CASE("a process may exist under some parameters only, and need not accept") {
  const std::string text =
      "params: {server: nginx}\n"
      "hosts:\n"
      "  web:\n"
      "    ip: 10.0.0.1\n"
      "    processes:\n"
      "      a: {listen: {port: 80, reply: 1B}, when: {server: nginx}}\n"
      "      b: {listen: {port: 80, reply: 2B, accept: false}, when: {server: other}}\n"
      "      c: {connect: {to: \"web:80\", times: forever}, when: {server: none}}\n"
      "      d: {connect: \"web:80\"}\n";
  const ScenarioSpec one = loaded(text);
  REQUIRE(one.hosts[0].processes.size() == 2);
  CHECK(one.hosts[0].processes[0].listens[0].accept);
  CHECK(one.hosts[0].processes[1].client->reply_bytes == 1);
  const ScenarioSpec other = loaded(text, {{{"server", "other"}}, {}, {}});
  REQUIRE(other.hosts[0].processes.size() == 2);
  CHECK(other.hosts[0].processes[0].name == "b");
  CHECK(!other.hosts[0].processes[0].listens[0].accept);
  CHECK(other.hosts[0].processes[1].client->reply_bytes == 2);
  CHECK(complaint(text + "      e: {listen: {port: 80, setpu: x}, when: {server: other}}\n") ==
        "unknown key 'setpu' in a listener");
}

TEST_CASE("a workload knows its target, and what will answer there") {
  const ScenarioSpec spec = loaded(
      "until: 1h\n"
      "hosts:\n"
      "  user:\n"
      "    ip: \"2001:db8::9\"\n"
      "    count: 3\n"
      "    processes:\n"
      "      a: {connect: \"web:http\"}\n"
      "      b: {connect: {to: \"web:81\", times: 5, request: 200B, hold: 1s, think: 2s, close: "
      "false}}\n"
      "      c: {connect: {to: \"[2001:db8::1]:80\", every: 10ms}}\n"
      "      d: {connect: {to: \"web:99\", arrivals: 1000/s}}\n"
      "      e: {connect: {to: \"web:80\", times: forever}}\n"
      "  web:\n"
      "    ip: [10.0.0.1, \"2001:db8::1\", \"2001:db8::2\"]\n"
      "    processes:\n"
      "      nginx: {listen: [{port: 80, reply: 1KiB, setup: announce},\n"
      "                       {port: 81, address: \"2001:db8::1\", reply: 2KiB}]}\n");
  const auto client = [&](std::size_t i) { return *spec.hosts[0].processes[i].client; };
  CHECK(client(0).target == Endpoint{ip("2001:db8::1"), Port{80}});
  CHECK(client(0).set_up == SetUp::announce);
  CHECK(client(0).reply_bytes == 1024);
  CHECK(client(0).times == 1);
  CHECK(client(0).close);
  CHECK(client(1).times == 5);
  CHECK(client(1).reply_bytes == 2048);
  CHECK(client(1).request_bytes == 200);
  CHECK(client(1).hold == seconds{1});
  CHECK(client(1).think == seconds{2});
  CHECK(!client(1).close);
  CHECK(client(2).times == ClientConfig::kEndless);
  CHECK(client(2).every == milliseconds{10});
  CHECK(client(3).mean_gap == milliseconds{1});
  CHECK(client(3).reply_bytes == 0);  // Nobody listens there, which is no mistake.
  CHECK(client(3).set_up == SetUp::same_port);
  CHECK(client(4).times == ClientConfig::kEndless);
}

TEST_CASE("of several listeners the one that will answer is asked") {
  const ScenarioSpec spec = loaded(
      "hosts:\n"
      "  web:\n"
      "    ip: [10.0.0.1, 10.0.0.2]\n"
      "    processes: {a: {listen: {port: 80, address: 10.0.0.2, setup: switch-port}}, b: {}}\n"
      "  bob: {ip: 10.0.0.9, processes: {x: {}}}\n"
      "timeline:\n"
      "  - {at: 1s, by: web/b, listen: {port: 80, address: 10.0.0.1, setup: announce}, as: l}\n"
      "  - {at: 0, by: web/b, bind: \"*:81\", as: b}\n"
      "  - {at: 1s, socket: b, listen: {setup: switch-port}}\n"
      "  - {at: 2s, by: bob/x, connect: \"web:80\"}\n"
      "  - {at: 2s, by: bob/x, connect: \"10.0.0.2:80\"}\n"
      "  - {at: 2s, by: bob/x, connect: \"web:81\"}\n"
      "  - {at: 2s, by: web/b, connect: \"127.0.0.1:81\"}\n");
  CHECK(spec.steps[3].set_up == SetUp::announce);
  CHECK(spec.steps[4].set_up == SetUp::switch_port);
  CHECK(spec.steps[5].set_up == SetUp::switch_port);
  CHECK(spec.steps[6].set_up == SetUp::switch_port);
  CHECK(spec.steps[2].listen.local == Endpoint{IpAddress{}, Port{81}});
  CHECK(spec.steps[2].by == ProcessRef{HostId{0}, ProcessId{1}});
}

TEST_CASE("steps say who acts, on which socket, and what the answer is") {
  const ScenarioSpec spec = loaded(
      kHosts +
      "timeline:\n"
      "  - {at: 1.5ms, by: alice/curl, connect: \"web:80\", from_port: 50000,\n"
      "     from_address: 10.0.0.2, reuse: address, as: a, expect: ECONNREFUSED, within: 1s}\n"
      "  - {at: 2ms, by: alice/curl, bind: \"*:0\", as: b}\n"
      "  - {at: 3ms, socket: b, connect: \"web:80\"}\n"
      "  - {at: 4ms, by: alice/curl, connect: \"web:80\", as: c, times: 5, every: 1ms}\n"
      "  - {at: 5ms, socket: a.peer, send: 200B}\n"
      "  - {at: 9ms, socket: c, send: 1B, times: 5, every: 1ms}\n"
      "  - {at: 9ms, socket: c.4.peer, shutdown: write}\n"
      "  - {at: 9ms, socket: a, close: true}\n"
      "  - {at: 9ms, socket: a, abort: true}\n"
      "  - {at: 9ms, exit: alice/curl}\n"
      "  - {at: 9ms, by: alice/browser, exit: true}\n"
      "  - {at: 9ms, reboot: web}\n");
  CHECK(spec.socket_names == std::vector<std::string>{"a", "b", "c"});
  const StepSpec& a = spec.steps[0];
  CHECK(a.at == kStart + std::chrono::microseconds{1500});
  CHECK(a.action == StepAction::connect);
  CHECK(a.by == ProcessRef{HostId{1}, ProcessId{1}});
  CHECK(a.target == Endpoint{ip("10.0.0.1"), Port{80}});
  CHECK(a.from_port == Port{50000});
  CHECK(a.from_address == ip("10.0.0.2"));
  CHECK(a.reuse_address);
  CHECK(a.as.base == 0);
  CHECK(a.as.index == SocketName::kNone);
  CHECK(a.expect == Errno::econnrefused);
  CHECK(a.within == seconds{1});
  CHECK(spec.steps[1].target == Endpoint{IpAddress{}, Port{0}});
  CHECK(spec.steps[2].by == a.by);
  CHECK(spec.steps[2].socket.name.base == 1);
  CHECK(spec.steps[3].numbered);
  CHECK(spec.steps[3].times == 5);
  CHECK(spec.steps[4].socket.peer);
  CHECK(spec.steps[4].bytes == 200);
  CHECK(spec.steps[5].socket.each);
  CHECK(spec.steps[5].socket.name.base == 2);
  CHECK(spec.steps[6].socket.name == SocketName{2, 4});
  CHECK(spec.steps[6].action == StepAction::shutdown_write);
  CHECK(spec.steps[7].action == StepAction::close);
  CHECK(spec.steps[8].action == StepAction::abort);
  CHECK(spec.steps[9].by == ProcessRef{HostId{1}, ProcessId{1}});
  CHECK(spec.steps[10].by == ProcessRef{HostId{1}, ProcessId{0}});
  CHECK(spec.steps[11].by.host == HostId{0});
}

TEST_CASE("an injected segment has the addresses of one family") {
  const ScenarioSpec spec = loaded(
      "hosts: {a: {ip: [\"2001:db8::1\", 10.0.0.1]}, b: {ip: [10.0.0.2, \"2001:db8::2\"]},\n"
      "        c: {ip: 10.0.0.3}}\n"
      "timeline:\n"
      "  - {at: 0, inject: {from: \"a:1\", to: \"b:80\", flags: [SYN, ACK], seq: 4294967295,\n"
      "                     ack: 7, window: 9, data: 10B}}\n"
      "  - {at: 0, by: c, inject: {from: \"10.0.0.1:5\", to: \"b:0\", flags: RST}}\n"
      "  - {at: 0, by: c, inject: {from: \"[2001:db8::7]:5\", to: \"b:80\"}}\n");
  const Segment& first = spec.steps[0].segment;
  CHECK(first.from() == Endpoint{ip("10.0.0.1"), Port{1}});
  CHECK(first.to() == Endpoint{ip("10.0.0.2"), Port{80}});
  CHECK(first.flags == (flag::kSyn | flag::kAck));
  CHECK(first.seq.value == 0xffff'ffff);
  CHECK(first.ack.value == 7);
  CHECK(first.window == 9);
  CHECK(first.payload_bytes == 10);
  CHECK(spec.steps[0].by.host == HostId{0});
  CHECK(spec.steps[1].by.host == HostId{2});
  CHECK(spec.steps[1].segment.from().address == ip("10.0.0.1"));
  CHECK(spec.steps[2].segment.destination == ip("2001:db8::2"));
}

TEST_CASE("expectations point at sockets, ports, counts, segments and shares") {
  const ScenarioSpec spec = loaded(
      kHosts +
      "timeline: [{at: 0, by: alice/curl, connect: \"web:80\", as: a}]\n"
      "expect:\n"
      "  - {at: 5ms, socket: a.peer, local: \"web:80\", peer: \"alice:*\", state: CLOSE-WAIT}\n"
      "  - {port: \"web:http\", class: well-known, state: free, owner: web/sh}\n"
      "  - {count: {host: web, process: nginx, local_port: 80, state: LISTEN}, equals: 1}\n"
      "  - count: {flags: [SYN], without: ACK, from: a, to: \"web:80\", data: false}\n"
      "    between: [1, 3]\n"
      "  - {count: {call: connect, result: ok, process: alice/curl}, at_most: 2}\n"
      "  - {segment: {from: alice, to: \"*:80\", dropped: loss}, delivered_to: nobody}\n"
      "  - {segment: {to: a}, delivered_to: alice/curl, rule: exact-4-tuple}\n"
      "  - {share: {process: web/nginx, port: 80}, at_least: 20%}\n");
  const auto& socket = std::get<SocketExpect>(spec.expects[0].what);
  CHECK(spec.expects[0].at == kStart + milliseconds{5});
  CHECK(socket.socket.peer);
  CHECK(socket.local->addresses == std::vector{ip("10.0.0.1")});
  CHECK(socket.local->port == Port{80});
  CHECK(!socket.peer->port);
  CHECK(socket.state == TcpState::close_wait);
  const auto& port = std::get<PortExpect>(spec.expects[1].what);
  CHECK(!spec.expects[1].at);
  CHECK(port.host == HostId{0});
  CHECK(port.port == Port{80});
  CHECK(port.free);
  CHECK(port.port_class == PortClass::well_known);
  CHECK(port.owner == ProcessRef{HostId{0}, ProcessId{1}});
  const auto& count = std::get<CountExpect>(spec.expects[2].what);
  const auto& sockets = std::get<SocketFilter>(count.what);
  CHECK(sockets.process == ProcessId{0});
  CHECK(sockets.state == TcpState::listen);
  CHECK(count.bounds.at_least == Ratio{1, 1});
  CHECK(count.bounds.at_most == Ratio{1, 1});
  const auto& range = std::get<CountExpect>(spec.expects[3].what);
  const auto& segments = std::get<SegmentFilter>(range.what);
  CHECK(segments.flags == flag::kSyn);
  CHECK(segments.flags_clear == flag::kAck);
  CHECK(segments.from_socket->name.base == 0);
  CHECK(segments.to_host == HostId{0});
  CHECK(segments.to_port == Port{80});
  CHECK(segments.data == false);
  CHECK(range.bounds.at_most == Ratio{3, 1});
  const auto& calls = std::get<CallFilter>(std::get<CountExpect>(spec.expects[4].what).what);
  CHECK(calls.call == SocketCall::connect);
  CHECK(calls.result == Errno::ok);
  CHECK(calls.host == HostId{1});
  CHECK(calls.process == ProcessId{1});
  const auto& lost = std::get<SegmentExpect>(spec.expects[5].what);
  CHECK(lost.to_nobody);
  CHECK(lost.segment.from_host == HostId{1});
  CHECK(!lost.segment.to_host);
  CHECK(lost.segment.to_port == Port{80});
  CHECK(lost.segment.dropped == DropReason::loss);
  const auto& delivered = std::get<SegmentExpect>(spec.expects[6].what);
  CHECK(delivered.delivered_to == ProcessRef{HostId{1}, ProcessId{1}});
  CHECK(delivered.rule == LookupRule::exact_4_tuple);
  const auto& share = std::get<ShareExpect>(spec.expects[7].what);
  CHECK(share.bounds.at_least == Ratio{1, 5});
  CHECK(!share.bounds.at_most);
  CHECK(spec.expects[3].text ==
        "{count: {flags: [SYN], without: ACK, from: a, to: web:80, data: false}, "
        "between: [1, 3]}");
  CHECK(spec.expects[3].span.line == 10);
}

TEST_CASE("a network is one switch, or nodes and links") {
  const ScenarioSpec shared =
      loaded(kHosts + "network: {delay: 10ms, rate: 100Mbit/s, loss: 1%, queue: 20 segments}\n");
  CHECK(shared.network.shared_switch);
  CHECK(shared.network.shared.delay == milliseconds{10});
  CHECK(shared.network.shared.rate.bits_per_s == 100'000'000);
  CHECK(shared.network.shared.loss == Ratio{1, 100});
  CHECK(shared.network.shared.queue_segments == 20);
  CHECK(loaded(kHosts).network.shared.delay == milliseconds{1});

  const NetworkSpec network =
      loaded(
          "hosts: {web: {ip: 10.1.0.1}, user: {ip: 10.2.0.1, count: 5}, peer: {ip: 10.3.0.1, "
          "count: 5}}\n"
          "network:\n"
          "  delay: 2ms\n"
          "  nodes:\n"
          "    r1: {kind: router, prefixes: [10.1.0.0/16, \"2001:db8::/32\"], default: r2}\n"
          "    r2: {kind: router}\n"
          "    sw: {kind: switch}\n"
          "  links:\n"
          "    - {between: [web, r1], delay: 1us}\n"
          "    - {between: [r1, r2], queue: 64KiB}\n"
          "    - {between: [r2, sw]}\n"
          "    - {between: [sw, user]}\n"
          "    - {between: [user, peer]}\n"
          "    - {between: [peer.4, sw]}\n")
          .network;
  CHECK(!network.shared_switch);
  REQUIRE(network.nodes.size() == 3);
  CHECK(network.nodes[0].router);
  CHECK(network.nodes[0].prefixes.size() == 2);
  CHECK(network.nodes[0].default_node == 12u);
  CHECK(!network.nodes[2].router);
  REQUIRE(network.cables.size() == 6);
  CHECK(network.cables[0].link.delay == std::chrono::microseconds{1});
  CHECK(network.cables[1].link.delay == milliseconds{2});
  CHECK(network.cables[1].link.queue_bytes == 65536);
  CHECK(network.cables[1].ends[0].first == 11);
  CHECK(network.cables[3].ends[1].first == 1);
  CHECK(network.cables[3].ends[1].count == 5);
  CHECK(network.cables[4].ends[1].first == 6);
  CHECK(network.cables[5].ends[0].first == 10);
  CHECK(network.cables[5].ends[0].count == 1);
}

TEST_CASE("the command line sets parameters, seed and end") {
  const std::string text =
      "seed: 5\nuntil: 1s\nparams: {style: same-port, n: 2}\n"
      "hosts:\n"
      "  web: {ip: 10.0.0.1, processes: {a: {listen: {port: 80, setup: \"${style}\"}}}}\n"
      "  bob: {ip: 10.0.0.2, count: \"${n}\", processes: {x: {}}}\n"
      "timeline:\n"
      "  - {at: 0, by: bob.0/x, connect: \"web:80\", as: a}\n"
      "  - {at: 1ms, socket: a.first, close: true, when: {style: announce}}\n"
      "  - {at: 1ms, by: bob.3/x, bind: 5, when: {n: 4}}\n"
      "expect:\n"
      "  - {socket: a, state: CLOSED, when: {style: [same-port, switch-port]}}\n";
  const ScenarioSpec plain = loaded(text);
  CHECK(plain.seed == 5);
  CHECK(plain.until == kStart + seconds{1});
  CHECK(plain.steps.size() == 1);
  CHECK(plain.expects.size() == 1);
  const ScenarioSpec other =
      loaded(text, {{{"style", "announce"}, {"n", "4"}}, 7, Duration{seconds{2}}});
  CHECK(other.seed == 7);
  CHECK(other.until == kStart + seconds{2});
  CHECK(other.steps.size() == 3);
  CHECK(other.steps[1].socket.first);
  CHECK(other.expects.empty());
  CHECK(other.host_count == 5);
  const std::vector<std::pair<std::string, std::string>> in_force{{"style", "announce"},
                                                                  {"n", "4"}};
  CHECK(other.params == in_force);
}

TEST_CASE("what `when` leaves out is still checked for keys and values") {
  const std::string begin = "params: {a: b}\n" + kHosts + "timeline:\n";
  CHECK(complaint(begin + "  - {at: 0, by: nobody/here, connect: \"gone:80\", when: {a: c}}\n") ==
        "none");
  CHECK(complaint(begin + "  - {at: 0, by: nobody/here, conect: \"gone:80\", when: {a: c}}\n") ==
        "unknown key 'conect' in a step");
  CHECK(complaint(begin + "  - {at: 0s0, by: nobody/here, connect: \"x:80\", when: {a: c}}\n") ==
        "unknown unit 's0' of a time");
}

TEST_CASE("a workload without end needs an end of the run, which may come from outside") {
  const std::string text =
      kHosts + "  x: {ip: 10.0.0.3, processes: {p: {connect: {to: \"web:80\", every: 1s}}}}\n";
  CHECK(complaint(text) == "this workload never ends, and neither does the scenario");
  CHECK(complaint(text, {{}, {}, Duration{seconds{5}}}) == "none");
}

TEST_CASE("millions of hosts, processes and connections are one line each") {
  const ScenarioSpec spec = loaded(
      "hosts:\n"
      "  web: {ip: 10.0.0.1, processes: {w: {count: 1000, listen: {port: 80, reuse: port}}}}\n"
      "  user:\n"
      "    ip: [11.0.0.1, \"2001:db8::1\"]\n"
      "    count: 9999999\n"
      "    processes: {p: {connect: {to: \"web:80\", times: 1000000000000}}}\n"
      "network:\n"
      "  nodes: {sw: {kind: switch}}\n"
      "  links: [{between: [web, sw]}, {between: [user, sw]}]\n"
      "timeline:\n"
      "  - {at: 0, by: user.9999998/p, connect: \"web:80\", as: a, times: 1000000, every: 1us}\n"
      "  - {at: 1s, socket: a, close: true, times: 1000000, every: 1us}\n");
  CHECK(spec.host_count == 10'000'000);
  CHECK(spec.hosts.size() == 2);
  CHECK(spec.hosts[1].processes.size() == 1);
  CHECK(spec.steps.size() == 2);
}

TEST_CASE("many different hosts and steps take time by their number, not its square") {
  std::string text = "hosts:\n";
  constexpr int kCount = 20'000;
  for (int i = 0; i < kCount; ++i) {
    const std::string address = "10." + std::to_string(i / 65536) + "." +
                                std::to_string(i / 256 % 256) + "." + std::to_string(i % 256);
    text += "  h" + std::to_string(i) + ": {ip: " + address +
            ", processes: {p: {listen: 80, connect: \"h" + std::to_string(kCount - 1 - i) +
            ":80\"}}}\n";
  }
  text += "timeline:\n";
  for (int i = 0; i < kCount; ++i) {
    text += "  - {at: " + std::to_string(i) + "ms, by: h" + std::to_string(i) +
            "/p, connect: \"h1:80\", as: s" + std::to_string(i) + "}\n";
  }
  CHECK(loaded(text).steps.size() == kCount);
}

TEST_CASE("a file that is wrong all over is not read to its end") {
  // Each of these takes a look through all services, hosts or keys for what was meant.
  std::string ports = "hosts: {a: {ip: 10.0.0.1, processes: {p: {listen: [";
  std::string names = "hosts:\n";
  std::string keys;
  for (int i = 0; i < 20'000; ++i) {
    const std::string number = std::to_string(i);
    ports += "htpp" + number + ", ";
    names += "  host" + number + ": {ip: 10.0." + std::to_string(i >> 8) + "." +
             std::to_string(i & 255) + "}\n";
    keys += "kye" + number + ": 1\n";
  }
  names += "timeline:\n";
  for (int i = 0; i < 20'000; ++i) names += "  - {at: 0, reboot: hots" + std::to_string(i) + "}\n";
  for (const std::string& text : {ports + "]}}}}\n", names, keys}) {
    const auto spec = load({"a.yaml", "scenario: 1\n" + text});
    REQUIRE(!spec.has_value());
    CHECK(spec.error().size() == 1000);
  }
}

TEST_CASE("errors are in order of place, at most a thousand, the plain ones first") {
  std::string text = "hosts: {a: {ip: 10.0.0.1}}\nexpect:\n";
  for (int i = 0; i < 5000; ++i) text += "  - {port: \"b:80\", state: free}\n";
  const auto spec = load({"a.yaml", "scenario: 1\n" + text}, {{{"gone", "1"}}, {}, {}});
  REQUIRE(!spec.has_value());
  const Diagnostics& all = spec.error();
  CHECK(all.size() == 1000);
  CHECK(!all[0].span);
  for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i - 1].span.line <= all[i].span.line);
}

}  // namespace
}  // namespace demuxsim
