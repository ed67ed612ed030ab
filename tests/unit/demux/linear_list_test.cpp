#include "demuxsim/demux/linear_list.hpp"

#include <algorithm>
#include <vector>

#include "demuxsim/net/four_tuple.hpp"
#include "support/catch.hpp"

namespace demuxsim {
namespace {

FourTuple4 key(std::uint16_t port) { return {0x0a000001, 0x0a000002, 80, port}; }

}  // namespace

TEST_CASE("an empty linear list finds nothing and has allocated nothing", "[demux]") {
  LinearList<FourTuple4> list;
  CHECK(list.memory_bytes() == 0);
  CHECK_FALSE(list.find(key(1)));
  CHECK(list.find(key(1)).examined == 0);
  CHECK_FALSE(list.erase(key(1)));
}

TEST_CASE("the newest connection stands first", "[demux]") {
  LinearList<FourTuple4> list;
  for (std::uint16_t port = 1; port <= 10; ++port) CHECK(list.insert(key(port), port));
  CHECK_FALSE(list.insert(key(5), 99));
  CHECK(list.find(key(10)).examined == 1);
  CHECK(list.find(key(1)).examined == 10);
  CHECK(list.find(key(1)).value == 1);
  CHECK(list.find(key(99)).examined == 10);
  CHECK(list.erase(key(10)));
  CHECK(list.find(key(9)).examined == 1);
  CHECK(list.find(key(1)).examined == 9);
}

TEST_CASE("a hit examines as many keys as its place says, whatever came and went", "[demux]") {
  Rng rng(3, {StreamKind::test});
  LinearList<FourTuple4> list;
  std::vector<std::uint16_t> model;  // Front first.
  for (int step = 0; step < 20'000; ++step) {
    const auto port = static_cast<std::uint16_t>(rng.below(200));
    const auto place = std::find(model.begin(), model.end(), port);
    const DemuxResult found = list.find(key(port));
    REQUIRE(found.examined == (place - model.begin()) + (place == model.end() ? 0 : 1));
    REQUIRE(static_cast<bool>(found) == (place != model.end()));
    if (place == model.end()) {
      list.insert(key(port), port);
      model.insert(model.begin(), port);
    } else if (rng.below(2) == 0) {
      list.erase(key(port));
      model.erase(place);
    }
  }
  std::vector<std::uint16_t> order;
  list.for_each([&](const FourTuple4& each, std::uint32_t) { order.push_back(each.remote_port); });
  CHECK(order == model);
}

}  // namespace demuxsim
