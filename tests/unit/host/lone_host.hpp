// A host alone: the test is the network and the event list.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "demuxsim/host/host.hpp"
#include "support/catch.hpp"

namespace lone_host {

using namespace demuxsim;
using namespace std::chrono_literals;

constexpr IpAddress kOwn = IpAddress::ipv4(0x0a000001);
constexpr IpAddress kSecond = IpAddress::ipv4(0x0a000002);
constexpr IpAddress kPeer = IpAddress::ipv4(0x0a000063);
constexpr Port kWeb{80};
constexpr ProcessId kServer{0};
constexpr ProcessId kUser{1};

/// A host with two addresses and two processes that do nothing by themselves.
class Bench {
 public:
  explicit Bench(HostConfig config = {}) : Bench(HostTemplate{config, {{}, {}}, {0, 1}}) {}
  explicit Bench(HostTemplate made)
      : kind(std::move(made)), host(HostId{0}, kind, {kOwn, kSecond}, 1, EventOrigin(1), output) {}

  /// Hands a segment of the peer to the host; what it answers is in sent().
  void receive(Segment segment) {
    output.segments.clear();
    host.on_segment(now, segment);
  }
  /// Lets time pass: what is due happens.
  void advance(Duration wait) {
    output.segments.clear();
    const SimTime until = now + wait;
    for (;;) {
      const auto next =
          std::min_element(output.events.begin(), output.events.end(),
                           [](const Event& a, const Event& b) { return a.key < b.key; });
      if (next == output.events.end() || next->key.at > until) break;
      const Event event = *next;
      output.events.erase(next);
      now = event.key.at;
      host.on_event(now, event);
    }
    now = until;
  }
  const std::vector<Segment>& sent() const { return output.segments; }
  /// The only segment that was sent.
  Segment answer() const {
    REQUIRE(sent().size() == 1);
    return sent().front();
  }
  std::vector<TcpState> states() const {
    std::vector<TcpState> states;
    for (const SocketRow& row : host.sockets(now)) {
      states.push_back(static_cast<TcpState>(row.state));
    }
    return states;
  }
  SocketHandle listen(const ListenConfig& service) {
    const auto made = host.listen(now, kServer, service, {});
    REQUIRE(made);
    return *made;
  }

  HostTemplate kind;
  HostOutput output;
  Host host;
  SimTime now = kStart + 1s;
};

inline Segment from_peer(std::uint16_t port, Port to, std::uint8_t flags, std::uint32_t seq,
                         std::uint32_t ack = 0) {
  Segment segment;
  segment.source = kPeer;
  segment.source_port = Port{port};
  segment.destination = kOwn;
  segment.destination_port = to;
  segment.flags = flags;
  segment.seq = {seq};
  segment.ack = {ack};
  segment.window = 60'000;
  return segment;
}

inline Segment syn(std::uint16_t port, std::uint32_t seq = 1000, Port to = kWeb) {
  return from_peer(port, to, flag::kSyn, seq);
}

/// The peer's answer to what the host has sent: acknowledges it.
inline Segment ack_of(const Segment& in, std::uint32_t seq, std::uint8_t flags = flag::kAck) {
  Segment out =
      from_peer(in.destination_port.value, in.source_port, flags, seq, in.seq.value + in.length());
  out.destination = in.source;
  return out;
}

inline ListenConfig service(SetUp set_up = SetUp::same_port) {
  ListenConfig made;
  made.local = {{}, kWeb};
  made.set_up = set_up;
  return made;
}

inline HostConfig narrow(std::uint16_t ports) {
  HostConfig config;
  config.ephemeral.range = {Port{50'000}, Port{static_cast<std::uint16_t>(49'999 + ports)}};
  return config;
}

/// The peer of port `port` has connected to the listener.
inline Segment establish(Bench& bench, std::uint16_t port, std::uint32_t seq = 1000) {
  bench.receive(syn(port, seq));
  const Segment syn_ack = bench.answer();
  REQUIRE(syn_ack.flags == (flag::kSyn | flag::kAck));
  bench.receive(ack_of(syn_ack, seq + 1));
  return syn_ack;
}

inline BindOptions at(Endpoint local) {
  BindOptions options;
  options.local = local;
  return options;
}

inline ConnectOptions to(Endpoint target) {
  ConnectOptions options;
  options.target = target;
  return options;
}

/// Ports that are in use, of all there are.
inline std::vector<std::uint16_t> ports_in_use(const Host& host) {
  std::vector<std::uint16_t> ports;
  for (std::uint32_t port = 1; port <= 65'535; ++port) {
    const auto number = static_cast<std::uint16_t>(port);
    if (host.port_in_use(Port{number})) ports.push_back(number);
  }
  return ports;
}

using Ports = std::vector<std::uint16_t>;
using States = std::vector<TcpState>;
using enum TcpState;

}  // namespace lone_host
