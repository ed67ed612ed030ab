// Finds the sockets that a scenario names, while they exist and afterwards.
#pragma once

#include <optional>
#include <vector>

#include "demuxsim/engine/simulation.hpp"
#include "demuxsim/scenario/spec.hpp"

namespace demuxsim {

/// Where a socket of a scenario is: its host and its ends, which may be gone by now.
struct SocketPlace {
  HostId host;
  Endpoint local;
  Endpoint peer;
};

/// The name under which a host knows the socket of `ref`, or its other end.
inline SocketName name_in_records(const SocketRef& ref) {
  return ref.first ? ref.name.first() : ref.name;
}

/// Which process opened each name: that of the step that made it.
class SocketNames {
 public:
  explicit SocketNames(const ScenarioSpec& spec);

  ProcessRef opener(const SocketRef& ref) const { return openers_[ref.name.base]; }
  /// Whether the server it calls answers from another port.
  bool may_switch_port(const SocketRef& ref) const { return switches_[ref.name.base]; }
  /// The place of a socket, or nothing if it has not been made so far.
  std::optional<SocketPlace> place(const Simulation& simulation, const SocketRef& ref) const;
  /// Its row, while it exists.
  std::optional<SocketRow> row(const Simulation& simulation, const SocketRef& ref) const;

 private:
  std::vector<ProcessRef> openers_;  ///< By base.
  std::vector<bool> switches_;       ///< By base.
};

}  // namespace demuxsim
