// Two runs of one plan compared: calls, segments, tables of sockets.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "kernel/alignment.hpp"
#include "kernel/plan.hpp"
#include "kernel/seen_run.hpp"

namespace demuxsim::kernel {

struct ComparedCall {
  const PlannedCall* call = nullptr;
  std::string simulated;  ///< Empty: no answer.
  std::string kernel;
  bool agrees() const { return simulated == kernel; }
};

struct ComparedConversation {
  Endpoint opener;  ///< As the simulator has it, if it has.
  Endpoint target;
  Port kernel_port;  ///< Of the opener; the kernel chooses others.
  std::vector<AlignedSegment> segments;
};

/// Of a socket with the ports that the simulator chose for it.
struct ComparedSocket {
  SeenSocket socket;
  bool simulated = false;
  bool kernel = false;
  bool agrees() const { return simulated && kernel; }
};

struct ComparedTable {
  SimTime at;
  std::vector<ComparedSocket> sockets;
};

struct Comparison {
  std::vector<ComparedCall> calls;
  std::vector<ComparedConversation> conversations;
  std::vector<ComparedTable> tables;
  std::size_t segments = 0;   ///< Rows of segments.
  std::size_t explained = 0;  ///< Of them, those that differ for a known reason.
  std::size_t differences = 0;
};

/// `plan` outlives the comparison.
Comparison compare(const Plan& plan, const SeenRun& simulated, const SeenRun& kernel);

}  // namespace demuxsim::kernel
