// The life of one connection: open, a request and a reply of 1 KiB, close. First TCP alone, then
// with all that two hosts do for it, without a network or an event list in between.
#include "demuxsim/tcp/connection.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

#include <benchmark/benchmark.h>

#include "demuxsim/host/host.hpp"

namespace {

using namespace demuxsim;
using namespace std::chrono_literals;

constexpr std::uint64_t kBytes = 1024;

void count(benchmark::State& state, std::uint64_t segments) {
  state.counters["segments/s"] =
      benchmark::Counter(static_cast<double>(segments), benchmark::Counter::kIsRate);
}

/// Hands over what `from` has to send; returns how many segments that were.
std::uint64_t pass(TcpConnection& from, TcpConnection& to, const TcpConfig& config) {
  std::uint64_t segments = 0;
  Segment segment;
  while (from.next_segment(kStart, config, segment)) {
    to.on_segment(kStart, segment, config);
    ++segments;
  }
  return segments;
}

std::uint64_t settle(TcpConnection& a, TcpConnection& b, const TcpConfig& config) {
  std::uint64_t segments = 0;
  for (std::uint64_t passed = 1; passed != 0; segments += passed) {
    passed = pass(a, b, config) + pass(b, a, config);
  }
  return segments;
}

void life_in_tcp(benchmark::State& state) {
  const TcpConfig config;
  std::uint64_t segments = 0;
  std::uint32_t iss = 0;
  for (auto _ : state) {
    TcpConnection client = TcpConnection::open({iss += 70'000}, config, Family::ipv4);
    Segment syn;
    client.next_segment(kStart, config, syn);
    TcpConnection server = TcpConnection::open_from_syn(syn, {iss + 1}, config);
    segments += 1 + settle(client, server, config);
    client.send(kBytes);
    segments += settle(client, server, config);
    server.send(kBytes);
    segments += settle(client, server, config);
    client.shutdown_write();
    segments += settle(client, server, config);
    server.shutdown_write();
    segments += settle(client, server, config);
    if (server.state() != TcpState::closed) state.SkipWithError("the connection does not end");
    benchmark::DoNotOptimize(client);
  }
  count(state, segments);
}
BENCHMARK(life_in_tcp);

/// A server on port 80 and a client without a life of its own, next to each other.
class TwoHosts {
 public:
  TwoHosts() : server_kind_(kind()), client_kind_(kind()) {
    service_.local = {{}, Port{80}};
    service_.reply_bytes = kBytes;
    static_cast<void>(server_.listen(kStart, ProcessId{0}, service_, {}));
  }

  /// One connection, from connect to the end of TIME-WAIT. Returns the segments it took.
  std::uint64_t live() {
    ConnectOptions call;
    call.target = {kServer, Port{80}};
    const auto socket = client_.connect(now_, ProcessId{0}, call);
    std::uint64_t segments = settle();
    client_.send(now_, *socket, kBytes);
    segments += settle();
    client_.close(now_, *socket);
    segments += settle();
    end_time_wait();
    return segments;
  }
  bool is_clean() const {
    return server_.sockets(now_).size() == 1 && client_.sockets(now_).empty() &&
           client_.counters().bytes_misdelivered + server_.counters().bytes_misdelivered == 0;
  }

 private:
  static constexpr IpAddress kServer = IpAddress::ipv4(0x0a000001);
  static constexpr IpAddress kClient = IpAddress::ipv4(0x0a000002);
  static HostTemplate kind() {
    HostTemplate made;
    made.kinds.resize(1);
    made.processes = {0};
    return made;
  }

  std::uint64_t settle() {
    std::uint64_t segments = 0;
    while (!output_.segments.empty()) {
      sent_.swap(output_.segments);
      for (const Segment& segment : sent_) {
        (segment.destination == kServer ? server_ : client_).on_segment(now_, segment);
      }
      segments += sent_.size();
      sent_.clear();
    }
    return segments;
  }
  /// The host asks for one event of this kind; the others come to nothing.
  void end_time_wait() {
    for (const Event& event : output_.events) {
      if (event.kind != EventKind::time_wait) continue;
      now_ = event.key.at;
      client_.on_event(now_, event);
      break;
    }
    output_.events.clear();
  }

  HostTemplate server_kind_;
  HostTemplate client_kind_;
  ListenConfig service_;
  HostOutput output_;
  Host server_{HostId{0}, server_kind_, {kServer}, 1, EventOrigin(0), output_};
  Host client_{HostId{1}, client_kind_, {kClient}, 1, EventOrigin(1), output_};
  std::vector<Segment> sent_;
  SimTime now_ = kStart;
};

void life_in_two_hosts(benchmark::State& state) {
  TwoHosts hosts;
  std::uint64_t segments = 0;
  for (auto _ : state) segments += hosts.live();
  if (!hosts.is_clean()) state.SkipWithError("the connections do not end");
  count(state, segments);
}
BENCHMARK(life_in_two_hosts);

}  // namespace
