// The host under test and its clock: the script is all the network it has.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "demuxsim/core/event_queue.hpp"
#include "demuxsim/host/host.hpp"

namespace demuxsim::packetdrill {

class Machine {
 public:
  static constexpr ProcessId kProcess{0};
  struct Sent {
    SimTime at;
    Segment segment;
  };

  Machine(const HostConfig& config, const IpAddress& address);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  SimTime now() const { return now_; }
  const Host& host() const { return host_; }
  HostConfig& config() { return kind_.config; }
  const HostConfig& config() const { return kind_.config; }
  TraceRecorder& trace() { return output_.trace; }

  /// use(host, now), for calls that may send or schedule something.
  template <class Use>
  decltype(auto) call(Use&& use) {
    const Settle settle{*this};
    return std::forward<Use>(use)(host_, now_);
  }
  void receive(const Segment& segment) {
    call([&](Host& host, SimTime now) { host.on_segment(now, segment); });
  }
  /// The next thing that is due happens, if it is due by then; false if nothing is.
  bool step(SimTime limit);
  /// All that is due up to `at` happens, and it is `at`. Precondition: that is not earlier than
  /// now.
  void advance(SimTime at);
  /// A service for listen, which lasts as long as the host.
  ListenConfig& add_service() { return services_.emplace_back(); }
  /// What the host has sent since it was asked last.
  std::vector<Sent> take_sent() { return std::exchange(sent_, {}); }

 private:
  /// What the host has done goes to its place, whatever way its call ends.
  struct Settle {
    Machine& machine;
    ~Settle() { machine.settle(); }
  };
  void settle();

  HostTemplate kind_;
  HostOutput output_;
  std::deque<ListenConfig> services_;
  Host host_;
  EventQueue events_;
  SimTime now_ = kStart;
  std::vector<Sent> sent_;
};

}  // namespace demuxsim::packetdrill
