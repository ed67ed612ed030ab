#include "demuxsim/core/slot_map.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "demuxsim/core/random.hpp"
#include "support/catch.hpp"

using demuxsim::Handle;
using demuxsim::Rng;
using demuxsim::SlotMap;

namespace {

/// Counts how many of its kind are alive.
struct Counted {
  explicit Counted(int* alive_count, std::string text = "")
      : alive(alive_count), name(std::move(text)) {
    ++*alive;
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --*alive; }
  int* alive;
  std::string name;
};

struct alignas(64) Line {
  std::uint64_t value = 7;
};

template <class T, class Tag>
std::vector<std::uint32_t> slots_of(const SlotMap<T, Tag>& map) {
  std::vector<std::uint32_t> slots;
  map.for_each([&](std::uint32_t slot, const T&) { slots.push_back(slot); });
  return slots;
}

}  // namespace

TEST_CASE("an empty slot map finds nothing", "[core][slot_map]") {
  SlotMap<int, struct SomeTag> map;
  CHECK(map.empty());
  CHECK(map.size() == 0);
  CHECK(map.find({}) == nullptr);
  CHECK(map.find({0, 0}) == nullptr);
  CHECK(map.find({0, 1}) == nullptr);
  CHECK(map.find({5, 1}) == nullptr);
  CHECK(slots_of(map).empty());
  CHECK_FALSE(Handle<struct SomeTag>{});
}

TEST_CASE("slots count up from 0 and objects keep their addresses", "[core][slot_map]") {
  SlotMap<std::uint64_t> map;
  std::vector<const std::uint64_t*> addresses;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    REQUIRE(map.emplace(i * 3U) == i);
    addresses.push_back(&map[i]);
  }
  REQUIRE(map.size() == 10'000);
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    REQUIRE(&map[i] == addresses[i]);
    REQUIRE(map[i] == i * 3U);
  }
  CHECK(std::set<const std::uint64_t*>(addresses.begin(), addresses.end()).size() == 10'000);
}

TEST_CASE("emplace without arguments gives a fresh value", "[core][slot_map]") {
  SlotMap<int> map;
  map.emplace(41);
  map.erase(0);
  REQUIRE(map.emplace() == 0);
  CHECK(map[0] == 0);
}

TEST_CASE("a slot freed last is used first", "[core][slot_map]") {
  SlotMap<int> map;
  for (int i = 0; i < 6; ++i) map.emplace(i);
  map.erase(1);
  map.erase(4);
  map.erase(2);
  CHECK(map.size() == 3);
  CHECK(slots_of(map) == std::vector<std::uint32_t>{0, 3, 5});
  CHECK(map.emplace(10) == 2);
  CHECK(map.emplace(11) == 4);
  CHECK(map.emplace(12) == 1);
  CHECK(map.emplace(13) == 6);
  CHECK(slots_of(map) == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6});
}

TEST_CASE("a stale handle finds nothing", "[core][slot_map]") {
  SlotMap<int> map;
  const Handle<int> first = map.handle(map.emplace(1));
  REQUIRE(map.find(first) != nullptr);
  CHECK(*map.find(first) == 1);
  CHECK(map.generation(first.slot) == first.generation);

  map.erase(first.slot);
  CHECK(map.find(first) == nullptr);
  CHECK(map.find({first.slot, map.generation(first.slot)}) == nullptr);

  const Handle<int> second = map.handle(map.emplace(2));
  CHECK(second.slot == first.slot);
  CHECK(second.generation != first.generation);
  CHECK(map.find(first) == nullptr);
  CHECK(*map.find(second) == 2);
}

TEST_CASE("objects are built once and destroyed once", "[core][slot_map]") {
  int alive = 0;
  {
    SlotMap<Counted> map;
    for (int i = 0; i < 100; ++i) map.emplace(&alive, "a name too long for a short string");
    CHECK(alive == 100);
    for (std::uint32_t i = 0; i < 100; i += 2) map.erase(i);
    CHECK(alive == 50);
    map.for_each([&](std::uint32_t slot, Counted&) { map.erase(slot); });
    CHECK(alive == 0);
    CHECK(map.empty());
    for (int i = 0; i < 30; ++i) map.emplace(&alive);
    CHECK(alive == 30);
  }
  CHECK(alive == 0);
}

TEST_CASE("a moved slot map keeps addresses and handles", "[core][slot_map]") {
  int alive = 0;
  SlotMap<Counted> from;
  const std::uint32_t slot = from.emplace(&alive, "kept");
  const Counted* address = &from[slot];
  const Handle<Counted> handle = from.handle(slot);

  SlotMap<Counted> to;
  to.emplace(&alive, "dropped");
  to = std::move(from);
  CHECK(alive == 1);
  CHECK(to.find(handle) == address);
  CHECK(to[slot].name == "kept");
}

TEST_CASE("alignment of the objects is kept", "[core][slot_map]") {
  SlotMap<Line> map;
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t slot = map.emplace();
    REQUIRE(reinterpret_cast<std::uintptr_t>(&map[slot]) % alignof(Line) == 0);
    REQUIRE(map[slot].value == 7);
  }
}

TEST_CASE("a slot map agrees with std::map under random use", "[core][slot_map]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    Rng random(seed);
    SlotMap<std::uint64_t> map;
    std::map<std::uint32_t, std::uint64_t> model;
    std::vector<std::pair<Handle<std::uint64_t>, std::uint64_t>> given;
    const std::uint64_t share_of_erasure = 1 + random.below(9);
    for (int i = 0; i < 3'000; ++i) {
      if (random.below(10) >= share_of_erasure || model.empty()) {
        const std::uint64_t value = random.next();
        const std::uint32_t slot = map.emplace(value);
        REQUIRE(model.emplace(slot, value).second);
        given.emplace_back(map.handle(slot), value);
      } else {
        const auto victim = model.lower_bound(
            static_cast<std::uint32_t>(random.below(model.rbegin()->first + std::uint64_t{1})));
        map.erase(victim->first);
        model.erase(victim);
      }
    }
    REQUIRE(map.size() == model.size());
    auto expected = model.begin();
    map.for_each([&](std::uint32_t slot, std::uint64_t value) {
      REQUIRE(slot == expected->first);
      REQUIRE(value == expected->second);
      ++expected;
    });
    REQUIRE(expected == model.end());
    std::size_t found = 0;
    for (const auto& [handle, value] : given) {
      const std::uint64_t* object = map.find(handle);
      if (object == nullptr) continue;
      REQUIRE(*object == value);
      ++found;
    }
    REQUIRE(found == model.size());
  }
}
