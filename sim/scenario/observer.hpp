// Watches a run for the expectations that are about what happened, not about what there is: answers
// to calls, segments, shares. It sees records alone and asks for the kinds that it needs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/engine/simulation.hpp"
#include "demuxsim/scenario/spec.hpp"
#include "demuxsim/trace/directory.hpp"
#include "demuxsim/trace/recorder.hpp"
#include "socket_names.hpp"

namespace demuxsim {

/// Whether something was as expected, and what it was.
struct Finding {
  bool held = false;
  std::string found;
};

class Observer final : public TraceSink {
 public:
  /// All must outlive the observer.
  Observer(const ScenarioSpec& spec, const SocketNames& names, const Simulation& simulation,
           const Directory& directory);

  /// The kinds of records it needs for this scenario; none for most large ones.
  TraceKinds kinds() const { return kinds_; }
  void consume(std::span<const TraceRecord> records) override;

  /// A step with an `expect` is about to be done; `name` is that of the socket it opens.
  void expect_answer(const Simulation& simulation, std::uint32_t step, SocketName name);
  /// It was answered at once.
  void answered(const Simulation& simulation, std::uint32_t step, SocketName name, Errno answer);

  /// The findings on an expectation about segments, calls or shares, up to now.
  Finding count(std::uint32_t expect) const;
  Finding segments(std::uint32_t expect) const;
  Finding share(std::uint32_t expect) const;
  Finding examined(std::uint32_t expect) const;
  /// How the answers to a step with an `expect` were. To be asked when the run is over.
  Finding answers(std::uint32_t step) const;

 private:
  struct Call {
    std::uint32_t step = 0;
    SimTime at;
  };
  struct Answers {
    std::uint64_t asked = 0;
    std::uint64_t right = 0;
    std::string first_wrong;
  };
  struct Seen {
    std::uint64_t matched = 0;
    std::uint64_t wrong = 0;
    std::string first_wrong;
    /// Shares: connections accepted on the port by anybody. Examined: keys.
    std::uint64_t all = 0;
  };
  /// A segment at the end of its way: received and looked up, or dropped.
  struct Arrival {
    const TraceRecord* record;
    LookupRule rule;
    bool dropped;
  };

  static std::uint64_t key_of(SocketName name) {
    return std::uint64_t{name.base} << 32 | name.index;
  }
  void note_call(const TraceRecord& record);
  void note_arrival(const TraceRecord& record);
  void judge(const Call& call, Errno answer, SimTime at);
  bool matches(const SegmentFilter& filter, const TraceRecord& record) const;
  bool sent_by(const SocketRef& ref, const Segment& segment) const;
  bool matches(const CallFilter& filter, const TraceRecord& record) const;
  bool delivered_right(const SegmentExpect& expect, const TraceRecord& record) const;
  std::string receiver(const TraceRecord& record) const;

  const ScenarioSpec* spec_;
  const SocketNames* names_;
  const Simulation* simulation_;
  const Directory* directory_;
  TraceKinds kinds_;
  boost::unordered_flat_map<std::uint64_t, Call> pending_;  ///< By socket name.
  std::vector<Answers> answers_;                            ///< By step.
  std::vector<Seen> seen_;                                  ///< By expectation.
};

/// "*:80" and the like for messages; "at least 3".
std::string describe(const Bounds& bounds, bool percent);
bool within(const Bounds& bounds, std::uint64_t count, std::uint64_t of);

}  // namespace demuxsim
