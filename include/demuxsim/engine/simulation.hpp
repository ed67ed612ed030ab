// One run: hosts, links and the event list, and the loop that moves time. A value; there is nothing
// global, and two simulations can run side by side.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "demuxsim/core/event_queue.hpp"
#include "demuxsim/host/host.hpp"
#include "demuxsim/net/link.hpp"
#include "demuxsim/net/routes.hpp"
#include "demuxsim/net/topology.hpp"

namespace demuxsim {

class Simulation;

/// Does what a timeline has scheduled.
class ActionHandler {
 public:
  virtual ~ActionHandler() = default;
  /// The action that was scheduled under `subject` is due at simulation.now().
  virtual void on_action(Simulation& simulation, std::uint32_t subject) = 0;
};

/// What a run adds up to.
struct RunTotals {
  std::uint64_t events = 0;
  std::uint64_t segments = 0;     ///< Delivered to a host.
  std::uint64_t connections = 0;  ///< That were established.
  std::uint64_t bytes_delivered = 0;
  std::uint64_t bytes_misdelivered = 0;
  std::uint64_t fingerprint = 0;
};

class Simulation {
 public:
  /// Two processes of one host are this far apart.
  static constexpr Duration kLoopbackDelay = std::chrono::microseconds{1};

  /// A host of the run; `kind` outlives it.
  struct HostPlan {
    const HostTemplate* kind = nullptr;
    std::vector<IpAddress> addresses;
  };

  /// Precondition: topology has hosts.size() hosts, with the same addresses.
  Simulation(const Topology& topology, std::vector<HostPlan> hosts, std::uint64_t seed);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Lets every process begin, in the order of hosts. To be called once, before the run.
  void start();
  /// Has `handler` do `subject` on behalf of `host` at a time that is yet to come.
  void schedule_action(SimTime at, HostId host, std::uint32_t subject);
  void set_action_handler(ActionHandler& handler) { handler_ = &handler; }

  /// Handles the events up to and at `limit`, but about `most_events` at the most. True when all of
  /// them are done; now() is then `limit`, or the last event's time if nothing is left to happen.
  bool run_until(SimTime limit, std::uint64_t most_events = ~std::uint64_t{0});
  /// Handles the next event. Precondition: next_time() is not kNever.
  void step();
  /// Sends and schedules what a call on a host has brought about.
  void flush(HostId host);

  std::uint32_t node_count() const { return static_cast<std::uint32_t>(nodes_.size()); }
  /// The links of the topology.
  std::uint32_t link_count() const { return first_loopback_; }
  struct LinkEnds {
    NodeId from;
    NodeId to;  ///< None: over the shared switch.
  };
  LinkEnds ends_of(LinkId link) const { return link_ends_[link.value]; }
  /// Cuts one direction of a link, or mends it. What is in flight is lost. A host's link to a
  /// shared switch has both directions: what reaches the host while it is down is lost, too. Routes
  /// stay as they are.
  void take_down(LinkId link);
  void bring_up(LinkId link);
  /// Keeps apart nodes whose groups differ, by NodeId; 0 is in no group and reaches all. No link
  /// between them carries anything, nor does the shared switch. An empty list ends the partition.
  void part(std::vector<std::uint32_t> groups) { groups_ = std::move(groups); }

  SimTime now() const { return now_; }
  /// The time of the last event of which something came.
  SimTime last_happening() const { return last_happening_; }
  SimTime next_time() const { return queue_.next_time(); }
  Host& host(HostId id) { return hosts_[id.value]; }
  const Host& host(HostId id) const { return hosts_[id.value]; }
  std::uint32_t host_count() const { return static_cast<std::uint32_t>(hosts_.size()); }
  /// The host that has this address, or none.
  HostId host_of(const IpAddress& address) const { return routes_.host_of(address); }
  /// The nodes that a segment from the host to an address of another visits, the host first, as far
  /// as there is a way. A shared switch is no node.
  std::vector<NodeId> way(HostId from, const IpAddress& destination);
  TraceRecorder& trace() { return output_.trace; }
  std::uint64_t events() const { return events_; }
  /// Grows with every deed of a process or the timeline, every byte delivered and every connection
  /// made; not by keep-alives and probes of closed windows.
  std::uint64_t progress() const;
  /// Whether a process or the timeline is still to do something.
  bool has_deeds_pending() const { return deeds_pending_ != 0; }
  RunTotals totals() const;

 private:
  bool take_arrivals(LinkId link);
  void arrive(LinkId link, const Segment& segment);
  void forward(NodeId node, Segment segment);
  void send(HostId host, const Segment& segment);
  DropReason transmit(LinkId link, const Segment& segment);
  /// Where the link brings a segment to; none: to nobody.
  NodeId arrival_of(LinkId link, const Segment& segment) const;
  bool has_obstacles() const { return links_down_ != 0 || !groups_.empty(); }
  bool is_parted(LinkId link, NodeId to) const;
  bool is_lost_on_arrival(LinkId link, NodeId to, const Segment& segment);
  bool is_address_of(NodeId router, const IpAddress& address) const;
  IcmpError report_of(NodeId router, DropReason reason, const Segment& segment);
  void report(NodeId router, IcmpError error, const Segment& segment);
  void push(const Event& event);
  void schedule_head(LinkId link);
  void record_drop(const Segment& segment, DropReason reason);
  LinkId loopback_of(HostId host) const { return {first_loopback_ + host.value}; }

  Routes routes_;
  bool shared_switch_ = false;
  std::vector<NodeKind> nodes_;
  std::vector<LinkEnds> link_ends_;  ///< Of each link of the topology.
  std::vector<Topology::RouterAddress> router_addresses_;
  std::vector<Link> links_;  ///< Those of the topology, then a loopback for each host.
  std::uint32_t first_loopback_ = 0;
  std::uint32_t links_down_ = 0;
  std::vector<std::uint32_t> groups_;  ///< Of a partition, by node; empty without one.
  HostOutput output_;
  std::deque<Host> hosts_;
  std::vector<EventOrigin> actions_;  ///< Of each host.
  EventQueue queue_;
  ActionHandler* handler_ = nullptr;
  SimTime now_ = kStart;
  SimTime last_happening_ = kStart;
  std::uint64_t events_ = 0;
  std::uint64_t deeds_pending_ = 0;
  std::uint64_t deeds_done_ = 0;
};

}  // namespace demuxsim
