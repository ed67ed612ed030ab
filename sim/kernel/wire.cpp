#include "kernel/wire.hpp"

#include <algorithm>
#include <utility>

#include "scenario/build.hpp"

namespace demuxsim::kernel {
namespace {

constexpr SimTime kEnd = kNever - Duration{1};

/// What stands for a datagram in the simulation: a segment of the same length, whatever options
/// that has. It is a reset, which links do not care about and no host ever answers (RFC 9293
/// section 3.10.7.1).
Segment stand_in_for(const Packet& packet) {
  Segment segment = packet.segment;
  if (segment.icmp != IcmpError::none) return segment;
  segment.flags = flag::kRst;
  segment.payload_bytes = 0;
  segment.payload_bytes = static_cast<std::uint16_t>(packet.bytes.size() - segment.ip_bytes());
  return segment;
}

std::vector<Simulation::HostPlan> hosts_like(const HostTemplate& kind, std::uint32_t count) {
  return std::vector<Simulation::HostPlan>(count, Simulation::HostPlan{&kind, {}});
}

}  // namespace

Wire::Wire(const ScenarioSpec& spec)
    : simulation_(build_topology(spec), hosts_like(nobody_, spec.host_count), spec.seed) {
  // As long as something is to come, time passes in the simulation though nothing is on its way.
  simulation_.schedule_action(kEnd, HostId{0}, 0);
  simulation_.trace().attach(
      *this, TraceKinds{}.with(TraceKind::segment_sent).with(TraceKind::segment_received));
}

void Wire::send(SimTime now, HostId from, Packet packet) {
  // A forged source may be the destination; a host talks to itself without a network.
  if (simulation_.host_of(packet.segment.destination) == from) return;
  const Segment segment = stand_in_for(packet);
  leaving_ = std::move(packet);
  run_to(std::max(now, simulation_.now()));
  simulation_.host(from).inject(simulation_.now(), segment);
  simulation_.flush(from);
  simulation_.trace().flush();
}

SimTime Wire::next() const {
  if (!arrived_.empty()) return simulation_.now();
  return simulation_.next_time() == kEnd ? kNever : simulation_.next_time();
}

std::optional<Wire::Arrival> Wire::step() {
  if (arrived_.empty()) run_to(simulation_.next_time());
  if (arrived_.empty()) return std::nullopt;
  Arrival first = std::move(arrived_.front());
  arrived_.pop_front();
  return first;
}

void Wire::run_to(SimTime now) {
  simulation_.run_until(now);
  simulation_.trace().flush();
}

void Wire::consume(std::span<const TraceRecord> records) {
  for (const TraceRecord& record : records) {
    if (record.kind == TraceKind::segment_sent) {
      bytes_.emplace(record.segment.id, std::move(leaving_.bytes));
    } else if (record.kind == TraceKind::segment_received) {
      note_arrival(record);
    }
  }
}

/// What a router has to say comes from nobody, and is made here.
void Wire::note_arrival(const TraceRecord& record) {
  const auto found = bytes_.find(record.segment.id);
  std::string bytes = found != bytes_.end() ? found->second : make_packet(record.segment).bytes;
  if (record.segment.has_option(Segment::kDamaged)) bytes.back() = static_cast<char>(~bytes.back());
  arrived_.push_back({record.host, std::move(bytes)});
}

}  // namespace demuxsim::kernel
