// The network between the namespaces: that of a simulation of the scenario, with datagrams of the
// kernel on its links. So chance, queues and all that a network does to segments are the
// simulator's own; its hosts have no processes here, and do nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "demuxsim/engine/simulation.hpp"
#include "demuxsim/scenario/spec.hpp"
#include "demuxsim/trace/recorder.hpp"
#include "kernel/packet.hpp"

namespace demuxsim::kernel {

class Wire final : private TraceSink {
 public:
  explicit Wire(const ScenarioSpec& spec);

  /// A host sends.
  void send(SimTime now, HostId from, Packet packet);
  /// When something happens on the way next; kNever where nothing is.
  SimTime next() const;

  struct Arrival {
    HostId host;
    std::string bytes;
  };
  /// Lets happen what next() tells of. Nothing where that does not reach a host.
  std::optional<Arrival> step();

 private:
  void consume(std::span<const TraceRecord> records) override;
  void note_arrival(const TraceRecord& record);
  void run_to(SimTime now);

  HostTemplate nobody_;
  Simulation simulation_;
  Packet leaving_;                                        ///< The one that send() is about.
  std::unordered_map<std::uint64_t, std::string> bytes_;  ///< By id, of what is on its way.
  std::deque<Arrival> arrived_;                           ///< And not fetched by step() yet.
};

}  // namespace demuxsim::kernel
