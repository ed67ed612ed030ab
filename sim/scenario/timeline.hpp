// Does the steps of a scenario when their time has come.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "demuxsim/engine/simulation.hpp"
#include "demuxsim/scenario/spec.hpp"
#include "observer.hpp"
#include "socket_names.hpp"

namespace demuxsim {

class Timeline final : public ActionHandler {
 public:
  Timeline(const ScenarioSpec& spec, const SocketNames& names, Observer& observer);

  /// Schedules the first turn of every step.
  void start(Simulation& simulation);
  void on_action(Simulation& simulation, std::uint32_t step) override;

 private:
  /// The answer to a step, or nothing where it comes later.
  std::optional<Errno> perform(Simulation& simulation, const StepSpec& step, std::uint64_t turn);
  Errno open(Simulation& simulation, const StepSpec& step, SocketName name, SocketHandle bound);
  Errno use(Simulation& simulation, const StepSpec& step, std::uint64_t turn);
  Errno use_without_connection(Simulation& simulation, const StepSpec& step, const SocketRef& ref);
  HostId host_of(const StepSpec& step) const;
  SocketHandle find(Simulation& simulation, const SocketRef& ref, HostId& host) const;

  const ScenarioSpec* spec_;
  const SocketNames* names_;
  Observer* observer_;
  std::vector<std::uint64_t> turns_;  ///< How often each step has been done.
};

}  // namespace demuxsim
