// Captured segments sorted into connections, with numbers counted from the initial ones, so that
// two runs that chose different numbers and ports can be laid side by side.
#pragma once

#include <set>
#include <span>
#include <vector>

#include "kernel/seen_run.hpp"

namespace demuxsim::kernel {

/// What has crossed the wire for one connection, or for none: a stray segment and its answer.
struct Conversation {
  Endpoint opener;  ///< Who sent the first segment ...
  Endpoint target;  ///< ... to whom.
  /// In the order in which they were sent; seq and ack are relative where the initial sequence
  /// number is known.
  std::vector<SeenSegment> segments;

  bool is_by_opener(const Segment& segment) const { return segment.from() == opener; }
};

/// In the order of their first segments. A SYN with a new number on a 4-tuple begins anew.
std::vector<Conversation> conversations_of(std::span<const SeenSegment> segments);

/// One connection in both runs; null: in the other one alone.
struct ConversationPair {
  const Conversation* simulated = nullptr;
  const Conversation* kernel = nullptr;
};

/// The connections that are one another's, in the order of the simulator's. Of those from one
/// address to one endpoint the first are each other's, and so on, whatever ports were chosen; but a
/// port that the scenario names (`named`) has to be the same.
std::vector<ConversationPair> pair_up(const std::vector<Conversation>& simulated,
                                      const std::vector<Conversation>& kernel,
                                      const std::set<Port>& named);

/// A made-up segment whose numbers, at this time, mean something to the connection of the
/// simulator's run, with numbers that mean the same to the kernel's.
Segment transplanted(const SeenSegment& made_up, std::span<const SeenSegment> simulated,
                     std::span<const SeenSegment> kernel);

}  // namespace demuxsim::kernel
