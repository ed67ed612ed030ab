// A scenario as it runs: the simulation built from a spec, its timeline, and the verdict on what it
// expects.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "demuxsim/engine/simulation.hpp"
#include "demuxsim/scenario/spec.hpp"
#include "demuxsim/trace/directory.hpp"

namespace demuxsim {

/// What became of one expectation, or of the `expect` of one step.
struct Verdict {
  SourceSpan span;
  SimTime at;  ///< When it was decided.
  bool held = false;
  std::string what;   ///< What was expected.
  std::string found;  ///< What was there.
};

struct Finding;

class ScenarioRun {
 public:
  /// `spec` is one that load() has given, and outlives the run.
  explicit ScenarioRun(const ScenarioSpec& spec);
  ~ScenarioRun();

  /// For attaching sinks, before the first advance(), and for questions.
  Simulation& simulation() { return *simulation_; }
  const Directory& directory() const { return directory_; }

  /// Goes on for about `most_events` events. True when the run is over: nothing is left to happen,
  /// or `limit` (the scenario's `until`, if that is earlier) has come. Verdicts are then complete.
  bool advance(std::uint64_t most_events, SimTime limit = kNever);

  /// When it ended: the last thing that happened, or its `until`. Precondition: it is over.
  SimTime end() const { return end_; }
  /// In the order of the file. Empty until the run is over.
  std::span<const Verdict> verdicts() const {
    return over_ ? std::span<const Verdict>(verdicts_) : std::span<const Verdict>();
  }
  bool is_over() const { return over_; }

 private:
  struct Parts;

  static constexpr Duration kPatience = std::chrono::hours{24};

  void start();
  bool goes_on();
  Finding finding(std::uint32_t expect) const;
  void judge_at(std::uint32_t expect);
  void finish(SimTime limit);

  const ScenarioSpec* spec_;
  std::vector<HostTemplate> templates_;
  Directory directory_;
  std::unique_ptr<Simulation> simulation_;
  std::unique_ptr<Parts> parts_;
  std::vector<std::uint32_t> timed_;  ///< Expectations with a time, in its order.
  std::size_t next_timed_ = 0;
  std::vector<Verdict> verdicts_;
  SimTime end_ = kStart;
  SimTime patience_end_ = kStart + kPatience;  ///< When it is asked next whether it goes on.
  std::uint64_t progress_ = 0;                 ///< Of the simulation, when that was asked last.
  bool started_ = false;
  bool over_ = false;
};

}  // namespace demuxsim
