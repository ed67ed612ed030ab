#include "socket_names.hpp"

namespace demuxsim {

SocketNames::SocketNames(const ScenarioSpec& spec)
    : openers_(spec.socket_names.size()), switches_(spec.socket_names.size()) {
  for (const StepSpec& step : spec.steps) {
    if (!step.as) continue;
    openers_[step.as.base] = step.by;
    switches_[step.as.base] = step.set_up == SetUp::switch_port;
  }
}

std::optional<SocketPlace> SocketNames::place(const Simulation& simulation,
                                              const SocketRef& ref) const {
  const HostId host = openers_[ref.name.base].host;
  if (!host) return std::nullopt;
  const auto ends = simulation.host(host).ends_of(name_in_records(ref));
  if (!ends) return std::nullopt;
  if (!ref.peer) return SocketPlace{host, ends->local, ends->peer};
  const HostId other = simulation.host_of(ends->peer.address);
  if (!other) return std::nullopt;
  return SocketPlace{other, ends->peer, ends->local};
}

std::optional<SocketRow> SocketNames::row(const Simulation& simulation,
                                          const SocketRef& ref) const {
  const std::optional<SocketPlace> at = place(simulation, ref);
  if (!at) return std::nullopt;
  const Host& host = simulation.host(at->host);
  return ref.peer ? host.connection(simulation.now(), at->local, at->peer)
                  : host.socket(simulation.now(), name_in_records(ref));
}

}  // namespace demuxsim
