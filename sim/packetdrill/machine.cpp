#include "packetdrill/machine.hpp"

namespace demuxsim::packetdrill {

Machine::Machine(const HostConfig& config, const IpAddress& address)
    : kind_{config, {{}}, {0}}, host_(HostId{0}, kind_, {address}, 1, EventOrigin(1), output_) {
  call([](Host& host, SimTime now) { host.start(now); });
}

void Machine::settle() {
  for (const Segment& segment : output_.segments) sent_.push_back({now_, segment});
  for (const Event& event : output_.events) events_.push(event);
  output_.segments.clear();
  output_.events.clear();
  output_.trace.flush();
}

bool Machine::step(SimTime limit) {
  if (events_.empty() || events_.next_time() > limit) return false;
  const Event event = events_.pop();
  now_ = event.key.at;
  call([&](Host& host, SimTime now) { host.on_event(now, event); });
  return true;
}

void Machine::advance(SimTime at) {
  while (step(at)) {
  }
  now_ = at;
}

}  // namespace demuxsim::packetdrill
