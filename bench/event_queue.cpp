// The hold model: pop the next event, push it again a while later, with a constant number pending.
#include "demuxsim/core/event_queue.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <queue>
#include <string>
#include <type_traits>
#include <vector>

#include <benchmark/benchmark.h>

#include "demuxsim/core/random.hpp"

namespace {

using namespace demuxsim;

class OurQueue : public EventQueue {
 public:
  static constexpr const char* kName = "event_queue";
};

class StandardHeap {
 public:
  static constexpr const char* kName = "priority_queue";
  void push(const Event& event) { events_.push(event); }
  SimTime next_time() const { return events_.empty() ? kNever : events_.top().key.at; }
  Event pop() {
    const Event event = events_.top();
    events_.pop();
    return event;
  }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const { return a.key > b.key; }
  };
  std::priority_queue<Event, std::vector<Event>, Later> events_;
};

class StandardMultimap {
 public:
  static constexpr const char* kName = "multimap";
  void push(const Event& event) { events_.emplace(event.key, event); }
  SimTime next_time() const { return events_.empty() ? kNever : events_.begin()->first.at; }
  Event pop() {
    const Event event = events_.begin()->second;
    events_.erase(events_.begin());
    return event;
  }

 private:
  std::multimap<EventKey, Event> events_;
};

using Increments = std::vector<std::uint32_t>;
constexpr std::size_t kIncrements = 1 << 16;

template <class Draw>
Increments increments(Draw draw) {
  Rng random(1, {StreamKind::test});
  Increments made(kIncrements);
  for (std::uint32_t& increment : made) increment = 1 + static_cast<std::uint32_t>(draw(random));
  return made;
}

Increments exponential() {
  return increments([](Rng& random) { return random.exponential(Duration{10'000'000}).count(); });
}
Increments all_equal() {
  return increments([](Rng&) { return 1'000'000; });
}
Increments two_scales() {
  return increments([](Rng& random) { return random.below(10) == 0 ? 1'000'000'000 : 1'000; });
}
/// A small network: segments some milliseconds ahead, one timer in eight a second ahead.
Increments links_and_timers() {
  return increments([](Rng& random) {
    return random.below(8) == 0 ? 1'000'000'000 : 80'000 + random.below(10'000'000);
  });
}

constexpr std::int64_t kIdle = 1'000'000;

/// Arguments: events pending, and idle ones beside them that are never reached.
template <class Queue>
void hold(benchmark::State& state, Increments (*make_increments)()) {
  const Increments increments = make_increments();
  Queue queue;
  EventOrigin origin;
  Rng random(2, {StreamKind::test});
  const auto pending = static_cast<std::size_t>(state.range(0));
  for (std::size_t i = 0; i < pending; ++i) {
    const auto at = static_cast<std::int64_t>(random.below(increments[i % kIncrements]));
    queue.push({.key = {SimTime{Duration{at}}, origin.stamp()}});
  }
  for (std::int64_t i = 0; i < state.range(1); ++i) {
    const auto at = static_cast<std::int64_t>(random.below(1'000'000'000));
    queue.push({.key = {kNever - Duration{1 + at}, origin.stamp()}});
  }
  std::size_t step = 0;
  const auto turn = [&] {
    benchmark::DoNotOptimize(queue.next_time());
    Event event = queue.pop();
    event.key = {event.key.at + Duration{increments[step++ % kIncrements]}, origin.stamp()};
    queue.push(event);
  };
  for (std::size_t i = 0; i < std::max<std::size_t>(pending, 100'000); ++i) turn();
  for (auto _ : state) turn();
  state.SetItemsProcessed(state.iterations());
  if constexpr (std::is_same_v<Queue, OurQueue>) {
    state.counters["bytes/event"] = static_cast<double>(queue.storage_bytes()) /
                                    static_cast<double>(state.range(0) + state.range(1));
  }
}

struct Workload {
  std::string name;
  Increments (*make)();
};
const Workload kWorkloads[]{{"exponential", exponential},
                            {"equal", all_equal},
                            {"two_scales", two_scales},
                            {"links_and_timers", links_and_timers}};

template <class Queue>
void add(const Workload& workload, std::int64_t pending, std::int64_t idle) {
  const std::string name = std::string(Queue::kName) + "/" + workload.name;
  benchmark::RegisterBenchmark(name.c_str(), hold<Queue>, workload.make)
      ->Args({pending, idle})
      ->Iterations(1'000'000);
}

void add_all(const Workload& workload, std::int64_t pending, std::int64_t idle) {
  add<OurQueue>(workload, pending, idle);
  add<StandardHeap>(workload, pending, idle);
  add<StandardMultimap>(workload, pending, idle);
}

[[maybe_unused]] const bool registered = [] {
  for (const Workload& workload : kWorkloads) {
    for (const std::int64_t pending : {100, 1'000, 10'000, 100'000, 1'000'000}) {
      add_all(workload, pending, 0);
    }
  }
  add_all(kWorkloads[0], 1'000, kIdle);
  return true;
}();

}  // namespace
