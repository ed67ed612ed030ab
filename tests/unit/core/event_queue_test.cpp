#include "demuxsim/core/event_queue.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "demuxsim/core/random.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

SimTime at(std::int64_t nanoseconds) { return kStart + Duration{nanoseconds}; }

Event event_at(std::int64_t nanoseconds, std::uint64_t order = 0) {
  return {.key = {at(nanoseconds), order}};
}

std::vector<EventKey> drain(EventQueue& queue) {
  std::vector<EventKey> keys;
  while (!queue.empty()) {
    const SimTime expected = queue.next_time();
    keys.push_back(queue.pop().key);
    REQUIRE(keys.back().at == expected);
    REQUIRE(queue.now() == expected);
  }
  return keys;
}

/// Whether a check stops a program that does this.
template <class Action>
bool is_stopped(Action action) {
  constexpr int kStopped = 42;
  const pid_t child = fork();
  if (child == 0) {
    close(STDERR_FILENO);
    set_check_reporter([] { _exit(kStopped); });
    action();
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == kStopped;
}

}  // namespace

TEST_CASE("a new event queue is empty and stands at the start", "[core][event_queue]") {
  const EventQueue queue;
  CHECK(queue.empty());
  CHECK(queue.size() == 0);
  CHECK(queue.now() == kStart);
  CHECK(queue.next_time() == kNever);
}

TEST_CASE("events leave in order of time and keep what they carry", "[core][event_queue]") {
  EventQueue queue;
  queue.push({{at(300), 1}, 3, 33, 333, EventKind::connection_timer});
  queue.push({{at(100), 2}, 1, 11, 111, EventKind::link_head});
  queue.push({{at(200), 3}, 2, 22, 222, EventKind::time_wait});
  CHECK(queue.size() == 3);
  CHECK(queue.next_time() == at(100));
  CHECK(queue.now() == kStart);

  CHECK(queue.pop().target == 1);
  CHECK(queue.now() == at(100));
  const Event second = queue.pop();
  CHECK(second.target == 2);
  CHECK(second.subject == 22);
  CHECK(second.generation == 222);
  CHECK(second.kind == EventKind::time_wait);
  CHECK(queue.size() == 1);
  CHECK(queue.pop().target == 3);
  CHECK(queue.empty());
  CHECK(queue.next_time() == kNever);
  CHECK(queue.now() == at(300));
}

TEST_CASE("at one time the smaller order comes first, in whatever order they were pushed",
          "[core][event_queue]") {
  for (const std::uint64_t count : {2U, 5U, 16U, 17U, 32U, 33U, 64U, 65U, 1'000U, 20'000U}) {
    CAPTURE(count);
    for (const std::uint64_t step : {std::uint64_t{1}, count - 1, count / 2 * 2 + 1}) {
      EventQueue queue;
      for (std::uint64_t i = 0; i < count; ++i)
        queue.push(event_at(77, i * step % count << 32 | i));
      const std::vector<EventKey> keys = drain(queue);
      REQUIRE(keys.size() == count);
      REQUIRE(std::is_sorted(keys.begin(), keys.end()));
    }
  }
}

TEST_CASE("events at the start are taken until the first pop", "[core][event_queue]") {
  EventQueue queue;
  queue.push(event_at(0, 5));
  CHECK(queue.next_time() == kStart);
  queue.push(event_at(0, 4));
  queue.push(event_at(1, 3));
  CHECK(queue.pop().key == EventKey{kStart, 4});
  CHECK(queue.now() == kStart);
  queue.push(event_at(1, 2));
  CHECK(drain(queue) == std::vector<EventKey>{{kStart, 5}, {at(1), 2}, {at(1), 3}});
}

TEST_CASE("an event that is not later than the present stops the program", "[core][event_queue]") {
  EventQueue queue;
  CHECK(is_stopped([&] { queue.pop(); }));
  CHECK(is_stopped([&] { queue.push(event_at(-1)); }));
  CHECK(is_stopped([&] { queue.push({.key = {kNever, 0}}); }));
  queue.push(event_at(0));
  queue.push(event_at(9));
  queue.pop();
  CHECK(is_stopped([&] { queue.push(event_at(0)); }));
  queue.pop();
  CHECK(is_stopped([&] { queue.push(event_at(8)); }));
  CHECK(is_stopped([&] { queue.push(event_at(9)); }));
  CHECK_FALSE(is_stopped([&] { queue.push(event_at(10)); }));
}

TEST_CASE("times up to the last nanosecond before kNever are kept apart", "[core][event_queue]") {
  const std::int64_t never = kNever.time_since_epoch().count();
  EventQueue queue;
  std::vector<EventKey> expected;
  for (std::uint64_t i = 0; i < 200; ++i) {
    expected.push_back({at(never - 200 + static_cast<std::int64_t>(i)), i});
  }
  for (int bit = 0; bit < 62; ++bit) expected.push_back({at(std::int64_t{1} << bit), 0});
  for (const EventKey& key : expected) queue.push({.key = key});
  std::sort(expected.begin(), expected.end());
  CHECK(drain(queue) == expected);
  CHECK(queue.now() == at(never - 1));
}

TEST_CASE("a look at the next event leaves room before it", "[core][event_queue]") {
  EventQueue queue;
  queue.push(event_at(10, 1));
  CHECK(queue.pop().key.order == 1);
  for (std::int64_t i = 0; i < 500; ++i) queue.push(event_at(1'000'000'000 + i));
  CHECK(queue.next_time() == at(1'000'000'000));
  // Each of these is earlier than all before it.
  for (std::int64_t i = 900; i > 10; --i) {
    queue.push(event_at(i));
    REQUIRE(queue.next_time() == at(i));
  }
  const std::vector<EventKey> keys = drain(queue);
  CHECK(keys.size() == 1390);
  CHECK(std::is_sorted(keys.begin(), keys.end()));
}

TEST_CASE("a crowd pushed right before the next events finds its place", "[core][event_queue]") {
  // The first bucket is small and wide, so all that follows lands in the sorted batch and spills.
  for (const std::int64_t spacing : {0, 1, 7, 1'000}) {
    CAPTURE(spacing);
    EventQueue queue;
    for (std::uint64_t i = 0; i < 5; ++i) queue.push(event_at(1'000'000'000, i));
    queue.push(event_at(990'000'000));
    CHECK(queue.pop().key.at == at(990'000'000));
    for (std::int64_t i = 0; i < 3'000; ++i) {
      const std::int64_t scattered = i * 1'597 % 3'000;
      queue.push(event_at(990'000'001 + scattered * spacing, static_cast<std::uint64_t>(10 + i)));
    }
    const std::vector<EventKey> keys = drain(queue);
    CHECK(keys.size() == 3'005);
    CHECK(std::is_sorted(keys.begin(), keys.end()));
  }
}

TEST_CASE("a crowd behind others of the present instant does not overtake them",
          "[core][event_queue]") {
  EventQueue queue;
  for (std::uint64_t i = 0; i < 32; ++i) queue.push(event_at(5'000, i));
  REQUIRE(queue.pop().key.order == 0);
  for (std::uint64_t i = 0; i < 500; ++i) {
    queue.push(event_at(5'001 + static_cast<std::int64_t>(i % 3), 100 + i));
  }
  const std::vector<EventKey> keys = drain(queue);
  REQUIRE(keys.size() == 531);
  CHECK(keys.front() == EventKey{at(5'000), 1});
  CHECK(std::is_sorted(keys.begin(), keys.end()));
}

TEST_CASE("a queue drained to the end goes on from there", "[core][event_queue]") {
  EventQueue queue;
  std::int64_t now = 0;
  for (std::int64_t round = 0; round < 60; ++round) {
    for (std::int64_t i = 1; i <= 100; ++i) queue.push(event_at(now + (i << (round % 50))));
    const std::vector<EventKey> keys = drain(queue);
    REQUIRE(keys.size() == 100);
    REQUIRE(std::is_sorted(keys.begin(), keys.end()));
    now = keys.back().at.time_since_epoch().count();
    REQUIRE(queue.next_time() == kNever);
    if (round == 49) now = 0, queue = EventQueue();
  }
}

TEST_CASE("storage is used again and stays close to the events", "[core][event_queue]") {
  Rng random(1);
  const auto hold = [&](EventQueue& queue, int operations) {
    for (int i = 0; i < operations; ++i) {
      Event event = queue.pop();
      event.key.at += random.exponential(Duration{1'000'000}) + Duration{1};
      queue.push(event);
    }
  };
  EventQueue queue;
  constexpr std::uint64_t kPending = 100'000;
  for (std::uint64_t i = 0; i < kPending; ++i) {
    queue.push(event_at(random.exponential(Duration{1'000'000}).count(), i));
  }
  hold(queue, 300'000);
  const std::size_t warm = queue.storage_bytes();
  CHECK(warm < kPending * 40);
  hold(queue, 300'000);
  CHECK(queue.storage_bytes() <= warm + warm / 50);

  EventQueue small;
  for (std::uint64_t i = 0; i < 100; ++i) small.push(event_at(1, i));
  hold(small, 100'000);
  CHECK(small.storage_bytes() < 200'000);
}

TEST_CASE("a crowd at one instant takes extra room only while it is sorted",
          "[core][event_queue]") {
  constexpr std::uint64_t kCrowd = 50'000;
  EventQueue queue;
  for (std::uint64_t i = 0; i < kCrowd; ++i) queue.push(event_at(1'000, i));
  const std::size_t filled = queue.storage_bytes();
  queue.pop();
  CHECK(queue.storage_bytes() > filled + kCrowd * 30);
  drain(queue);
  queue.push(event_at(2'000));
  queue.pop();
  CHECK(queue.storage_bytes() <= filled);
}

TEST_CASE("a moved queue goes on where it was", "[core][event_queue]") {
  EventQueue from;
  for (std::int64_t i = 0; i < 1'000; ++i) from.push(event_at(1 + i * 31 % 1'000 * 1'000));
  for (int i = 0; i < 100; ++i) from.pop();
  EventQueue to = std::move(from);
  CHECK(to.now() == at(99'001));
  const std::vector<EventKey> keys = drain(to);
  CHECK(keys.size() == 900);
  CHECK(std::is_sorted(keys.begin(), keys.end()));
}
