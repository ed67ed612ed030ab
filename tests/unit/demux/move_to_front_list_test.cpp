#include "demuxsim/demux/move_to_front_list.hpp"

#include <algorithm>
#include <vector>

#include "support/catch.hpp"
#include "support/walked.hpp"

namespace demuxsim {
namespace {

std::vector<std::uint32_t> order(const MoveToFrontList<FourTuple4>& list) {
  std::vector<std::uint32_t> values;
  list.for_each([&](const FourTuple4&, std::uint32_t value) { values.push_back(value); });
  return values;
}

}  // namespace

TEST_CASE("what is found moves to the front and nothing else does", "[demux]") {
  MoveToFrontList<FourTuple4> list;
  for (std::uint16_t port = 1; port <= 5; ++port) CHECK(list.insert(tuple(port), port));
  CHECK(order(list) == std::vector<std::uint32_t>{5, 4, 3, 2, 1});
  CHECK(list.find(tuple(2)).examined == 4);
  CHECK(order(list) == std::vector<std::uint32_t>{2, 5, 4, 3, 1});
  CHECK(list.find(tuple(2)).examined == 1);
  CHECK(list.find(tuple(1)).examined == 5);
  CHECK(order(list) == std::vector<std::uint32_t>{1, 2, 5, 4, 3});
  CHECK(list.find(tuple(9)).examined == 5);
  list.note_sent(tuple(3));
  CHECK_FALSE(list.insert(tuple(3), 33));
  CHECK(walked(list, tuple(2)) == "compare 1, compare 2!");
  CHECK(order(list) == std::vector<std::uint32_t>{1, 2, 5, 4, 3});
  CHECK(list.erase(tuple(5)));
  CHECK(order(list) == std::vector<std::uint32_t>{1, 2, 4, 3});
}

TEST_CASE("the list is in the order of the last look-ups, whatever came and went", "[demux]") {
  Rng rng(4, {StreamKind::test});
  MoveToFrontList<FourTuple4> list;
  std::vector<std::uint32_t> model;  // Front first.
  for (int step = 0; step < 20'000; ++step) {
    const auto port = static_cast<std::uint16_t>(rng.below(100));
    const auto place = std::find(model.begin(), model.end(), port);
    if (place == model.end()) {
      REQUIRE(list.insert(tuple(port), port));
      model.insert(model.begin(), port);
    } else if (rng.below(3) == 0) {
      REQUIRE(list.erase(tuple(port)));
      model.erase(place);
    } else {
      REQUIRE(list.find(tuple(port)).examined == place - model.begin() + 1);
      std::rotate(model.begin(), place, place + 1);
    }
    REQUIRE(order(list) == model);
  }
}

}  // namespace demuxsim
