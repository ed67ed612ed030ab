// The verdict on expectations about what there is: sockets, ports, counts of sockets.
#pragma once

#include "demuxsim/engine/simulation.hpp"
#include "demuxsim/scenario/spec.hpp"
#include "demuxsim/trace/directory.hpp"
#include "observer.hpp"
#include "socket_names.hpp"

namespace demuxsim {

/// Everything a verdict needs.
struct Scene {
  const ScenarioSpec& spec;
  const Simulation& simulation;
  const Directory& directory;
  const SocketNames& names;
  const Observer& observer;
};

/// How things stand now with expectation number `expect` of the scenario.
Finding judge(const Scene& scene, std::uint32_t expect);

}  // namespace demuxsim
