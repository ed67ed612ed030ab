#include "demuxsim/core/ring.hpp"

#include <cstdint>
#include <deque>

#include "demuxsim/core/random.hpp"
#include "support/catch.hpp"

using demuxsim::Ring;
using demuxsim::Rng;

namespace {

void check_same(const Ring<std::uint64_t>& ring, const std::deque<std::uint64_t>& model) {
  REQUIRE(ring.size() == model.size());
  REQUIRE(ring.empty() == model.empty());
  if (model.empty()) return;
  REQUIRE(ring.front() == model.front());
  REQUIRE(ring.back() == model.back());
  for (std::size_t i = 0; i < model.size(); ++i) REQUIRE(ring[i] == model[i]);
}

}  // namespace

TEST_CASE("a ring is first in, first out", "[core][ring]") {
  Ring<int> ring;
  CHECK(ring.empty());
  for (int i = 1; i <= 3; ++i) ring.push_back(i);
  CHECK(ring.size() == 3);
  CHECK(ring.front() == 1);
  CHECK(ring.back() == 3);
  CHECK(ring[1] == 2);
  ring.pop_front();
  CHECK(ring.front() == 2);
  ring.front() = 20;
  ring[1] = 30;
  CHECK(ring.front() == 20);
  CHECK(ring.back() == 30);
  ring.clear();
  CHECK(ring.empty());
  ring.push_back(7);
  CHECK(ring.front() == 7);
  CHECK(ring.back() == 7);
}

TEST_CASE("a ring agrees with std::deque, growing at every offset", "[core][ring]") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    CAPTURE(seed);
    Rng random(seed);
    Ring<std::uint64_t> ring;
    std::deque<std::uint64_t> model;
    for (int i = 0; i < 400; ++i) {
      if (model.empty() || random.below(10) < 6) {
        const std::uint64_t value = random.next();
        ring.push_back(value);
        model.push_back(value);
      } else {
        ring.pop_front();
        model.pop_front();
      }
      check_same(ring, model);
    }
  }
}

TEST_CASE("a ring that stays small does not move", "[core][ring]") {
  Ring<std::uint64_t> ring;
  for (std::uint64_t i = 0; i < 4; ++i) ring.push_back(i);
  const std::uint64_t* lowest = &ring[0];
  const std::uint64_t* highest = &ring[3];
  for (std::uint64_t i = 4; i < 1'000; ++i) {
    ring.pop_front();
    ring.push_back(i);
    REQUIRE(ring.front() == i - 3);
    REQUIRE(&ring.back() >= lowest);
    REQUIRE(&ring.back() <= highest);
  }
}
