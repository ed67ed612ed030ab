#include "demuxsim/scenario/run.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "build.hpp"
#include "judge.hpp"
#include "observer.hpp"
#include "timeline.hpp"

namespace demuxsim {
namespace {

std::string seconds(SimTime at) {
  const auto ns = at.time_since_epoch().count();
  return fmt::format("{}.{:09} s", ns / 1'000'000'000, ns % 1'000'000'000);
}

}  // namespace

/// The parts that know each other by address.
struct ScenarioRun::Parts {
  Parts(const ScenarioSpec& spec, const Simulation& simulation, const Directory& directory)
      : names(spec),
        observer(spec, names, simulation, directory),
        timeline(spec, names, observer) {}
  SocketNames names;
  Observer observer;
  Timeline timeline;
};

ScenarioRun::ScenarioRun(const ScenarioSpec& spec)
    : spec_(&spec),
      templates_(build_templates(spec)),
      directory_(build_directory(spec)),
      simulation_(std::make_unique<Simulation>(build_topology(spec), build_hosts(spec, templates_),
                                               spec.seed)),
      parts_(std::make_unique<Parts>(spec, *simulation_, directory_)) {
  for (std::uint32_t i = 0; i < spec.expects.size(); ++i) {
    if (spec.expects[i].at) timed_.push_back(i);
  }
  std::stable_sort(timed_.begin(), timed_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return *spec.expects[a].at < *spec.expects[b].at;
  });
  verdicts_.resize(spec.expects.size());
}

ScenarioRun::~ScenarioRun() = default;

void ScenarioRun::start() {
  started_ = true;
  if (const TraceKinds kinds = parts_->observer.kinds(); kinds.any()) {
    simulation_->trace().attach(parts_->observer, kinds);
  }
  simulation_->set_action_handler(parts_->timeline);
  parts_->timeline.start(*simulation_);
  simulation_->start();
}

bool ScenarioRun::advance(std::uint64_t most_events, SimTime limit) {
  if (over_) return true;
  if (!started_) start();
  limit = std::min(limit, spec_->until.value_or(kNever));
  const std::uint64_t last = simulation_->events() + most_events;
  for (;;) {
    const std::uint64_t left = last - simulation_->events();
    const bool timed = next_timed_ < timed_.size();
    const SimTime stop = timed ? std::min(*spec_->expects[timed_[next_timed_]].at, limit)
                         : limit == kNever ? patience_end_
                                           : limit;
    if (!simulation_->run_until(stop, left)) return false;
    if (!timed && stop == patience_end_ && limit == kNever) {
      if (goes_on()) continue;
      break;
    }
    // Later expectations are not reached where nothing is left to happen, unless `until` says so.
    const bool done = simulation_->next_time() == kNever && limit == kNever;
    if (timed && stop == *spec_->expects[timed_[next_timed_]].at && !done) {
      judge_at(timed_[next_timed_++]);
    } else if (done || !timed || stop == limit) {
      break;
    }
  }
  finish(limit);
  return true;
}

/// Without `until` a run would never end while connections are kept alive, or a window is probed
/// that nobody opens: it does when for a day nothing else has happened.
bool ScenarioRun::goes_on() {
  if (simulation_->next_time() == kNever) return false;
  const std::uint64_t progress = simulation_->progress();
  const bool quiet = progress == progress_ && !simulation_->has_deeds_pending();
  progress_ = progress;
  patience_end_ = later(patience_end_, kPatience);
  return !quiet;
}

Finding ScenarioRun::finding(std::uint32_t expect) const {
  return judge({*spec_, *simulation_, directory_, parts_->names, parts_->observer}, expect);
}

void ScenarioRun::judge_at(std::uint32_t expect) {
  simulation_->trace().flush();
  const Finding found = finding(expect);
  const ExpectSpec& spec = spec_->expects[expect];
  verdicts_[expect] = {spec.span, spec.at.value_or(end_), found.held, spec.text, found.found};
}

/// Judges what has no time, and says of the rest that it was not reached.
void ScenarioRun::finish(SimTime limit) {
  over_ = true;
  end_ = limit != kNever ? limit : simulation_->last_happening();
  simulation_->trace().flush();
  for (std::uint32_t i = 0; i < spec_->expects.size(); ++i) {
    if (!spec_->expects[i].at) judge_at(i);
  }
  for (std::size_t i = 0; i < timed_.size(); ++i) {
    const ExpectSpec& spec = spec_->expects[timed_[i]];
    if (*spec.at > end_) {
      verdicts_[timed_[i]] = {spec.span, end_, false, spec.text,
                              fmt::format("not reached: the run ended at {}", seconds(end_))};
    } else if (i >= next_timed_) {
      judge_at(timed_[i]);
    }
  }
  for (std::uint32_t i = 0; i < spec_->steps.size(); ++i) {
    const StepSpec& step = spec_->steps[i];
    if (!step.expect) continue;
    const Finding found = parts_->observer.answers(i);
    verdicts_.push_back({step.span, end_, found.held,
                         fmt::format("the answer {}", name_of(*step.expect)), found.found});
  }
  std::stable_sort(verdicts_.begin(), verdicts_.end(),
                   [](const Verdict& a, const Verdict& b) { return a.span.line < b.span.line; });
}

}  // namespace demuxsim
