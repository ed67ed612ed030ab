#include "demuxsim/stress/stress_cell.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/core.h>

#include "demuxsim/core/check.hpp"
#include "demuxsim/stress/colliding_keys.hpp"

namespace demuxsim {
namespace {

/// Insertions of one advance().
constexpr std::uint32_t kInsertions = 1024;
/// Tables whose insertions take no more are built, however large.
constexpr std::uint64_t kFewSteps = 32;
/// Where this many keys have been examined, there have been look-ups enough.
constexpr std::uint64_t kEnoughExamined = 10'000'000;

template <class Table>
constexpr bool kHasBatch = requires(Table& table, std::span<const FourTuple4> keys,
                                    std::span<DemuxResult> answers) {
  table.find_batch(keys, answers);
};

/// Calls f with the table itself, so that a loop over look-ups asks once which one it is.
template <class Table, class F>
void with_innermost(Table& table, F&& f) {
  if constexpr (requires { table.visit([](auto&) {}); }) {
    table.visit([&](auto& inner) { with_innermost(inner, f); });
  } else {
    f(table);
  }
}

template <class Table>
void perform_calls(Table& table, const TableCalls& calls, std::vector<DemuxResult>& answers) {
  for (std::size_t i = 0; i < calls.calls.size(); ++i) {
    switch (calls.calls[i]) {
      case TableCall::find:
        answers[i] = table.find(calls.keys[i]);
        break;
      case TableCall::note_sent:
        table.note_sent(calls.keys[i]);
        break;
      case TableCall::insert:
        table.insert(calls.keys[i], calls.numbers[i]);
        break;
      case TableCall::erase:
        table.erase(calls.keys[i]);
        break;
    }
  }
}

double median_of(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Rng rng_of(const StressCellConfig& config) {
  return Rng(config.seed, {StreamKind::test, static_cast<std::uint32_t>(config.traffic)});
}

}  // namespace

StressCell::StressCell(const StressCellConfig& config, StressClock clock)
    : config_(config), clock_(clock), table_(config.algorithm, config.seed) {}

bool StressCell::advance() {
  switch (phase_) {
    case Phase::attack:
      attack();
      break;
    case Phase::build:
      build();
      break;
    case Phase::warm_up:
    case Phase::measure:
      look_up();
      break;
    case Phase::done:
      break;
  }
  return phase_ == Phase::done;
}

void StressCell::attack() {
  phase_ = Phase::build;
  if (config_.traffic != TrafficKind::hash_flood) return;
  auto keys = colliding_keys(config_.algorithm, config_.connections);
  if (!keys) return skip(std::move(keys.error()));
  keys_ = std::move(*keys);
}

void StressCell::build() {
  const auto first = static_cast<std::uint32_t>(table_.size());
  const std::uint32_t end = first + std::min(kInsertions, config_.connections - first);
  for (std::uint32_t i = first; i < end; ++i) {
    const bool inserted = table_.insert(first_key(keys_, i), i);
    DEMUXSIM_CHECK(inserted);
  }
  if (end < config_.connections) {
    if (steps_left_to_build() <= config_.most_steps_to_build) return;
    return skip(fmt::format("too slow to build: an insertion takes over {} steps at {} connections",
                            std::max(kFewSteps, config_.most_steps_to_build / config_.connections),
                            end));
  }
  result_.bytes_per_entry = static_cast<double>(table_.memory_bytes()) / config_.connections;
  traffic_.emplace(config_.traffic, config_.connections, keys_, rng_of(config_));
  phase_ = Phase::warm_up;
}

/// Each insertion looks in vain for its key first; if what is missing went like the next few.
std::uint64_t StressCell::steps_left_to_build() const {
  constexpr std::uint32_t kTried = 16;
  const auto size = static_cast<std::uint32_t>(table_.size());
  const std::uint32_t left = config_.connections - size;
  std::uint64_t steps = 0;
  for (std::uint32_t i = size; i < size + std::min(kTried, left); ++i) {
    table_.walk(first_key(keys_, i), [&](const LookupStep&, const FourTuple4*) { ++steps; });
  }
  return steps <= kFewSteps * kTried ? 0 : steps * left / kTried;
}

void StressCell::look_up() {
  traffic_->next(kStretch, calls_);
  answers_.assign(calls_.calls.size(), {});
  with_innermost(table_, [&](auto& table) { perform(table); });
  ++stretches_;
  check_answers();
  if (examined_.size() >= kLookUps || examined_sum_ >= kEnoughExamined) finish_phase();
}

/// Every second stretch goes to find_batch: the same keys would be near the processor the second
/// time.
template <class Table>
void StressCell::perform(Table& table) {
  const auto look_ups =
      static_cast<double>(std::count(calls_.calls.begin(), calls_.calls.end(), TableCall::find));
  const bool alone = is_look_ups_alone(config_.traffic);
  if constexpr (kHasBatch<Table>) {
    if (alone && stretches_ % 2 == 1) {
      const Duration start = clock_();
      table.find_batch(calls_.keys, answers_);
      batch_ns_.push_back(static_cast<double>((clock_() - start).count()) / look_ups);
      return;
    }
  }
  const Duration start = clock_();
  if (alone) {
    for (std::size_t i = 0; i < calls_.keys.size(); ++i) answers_[i] = table.find(calls_.keys[i]);
  } else {
    perform_calls(table, calls_, answers_);
  }
  ns_.push_back(static_cast<double>((clock_() - start).count()) / look_ups);
}

void StressCell::check_answers() {
  for (std::size_t i = 0; i < calls_.calls.size(); ++i) {
    if (calls_.calls[i] != TableCall::find) continue;
    DEMUXSIM_CHECK(answers_[i].value == calls_.numbers[i]);
    examined_.push_back(answers_[i].examined);
    examined_sum_ += answers_[i].examined;
  }
}

void StressCell::finish_phase() {
  if (phase_ == Phase::warm_up) {
    examined_.clear();
    examined_sum_ = 0;
    stretches_ = 0;
    ns_.clear();
    batch_ns_.clear();
    phase_ = Phase::measure;
    return;
  }
  summarize();
  phase_ = Phase::done;
}

void StressCell::summarize() {
  result_.look_ups = examined_.size();
  result_.ns = median_of(ns_);
  if (!batch_ns_.empty()) result_.batch_ns = median_of(batch_ns_);
  std::sort(examined_.begin(), examined_.end());
  result_.examined = {static_cast<double>(examined_sum_) / static_cast<double>(examined_.size()),
                      examined_[(examined_.size() * 99 + 99) / 100 - 1], examined_.back()};
}

void StressCell::skip(std::string why) {
  result_.skipped = std::move(why);
  phase_ = Phase::done;
}

}  // namespace demuxsim
