#include "demuxsim/tcp/reassembly.hpp"

#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr Stream kOne{1};
constexpr Stream kTwo{2};

Text text(std::uint32_t begin, std::uint32_t bytes, Stream stream = kOne, bool fin = false) {
  return {{begin}, bytes, stream, 0, fin};
}

}  // namespace

TEST_CASE("A range waits until the gap before it is filled") {
  Reassembly held;
  held.add(text(200, 50));
  CHECK_FALSE(held.take({100}));
  const auto first = held.take({200});
  REQUIRE(first);
  CHECK(first->begin.value == 200);
  CHECK(first->bytes == 50);
  CHECK(held.empty());
}

TEST_CASE("Neighbours and overlaps of one stream become one range") {
  Reassembly held;
  held.add(text(200, 50));
  held.add(text(300, 50));
  held.add(text(240, 80));
  held.add(text(200, 10));
  REQUIRE(held.ranges().size() == 1);
  CHECK(held.ranges()[0].begin.value == 200);
  CHECK(held.ranges()[0].bytes == 150);
}

TEST_CASE("What came first stays, under its own stream") {
  Reassembly held;
  held.add(text(200, 50, kOne));
  held.add(text(180, 100, kTwo));
  REQUIRE(held.ranges().size() == 3);
  CHECK(held.ranges()[0].stream == kTwo);
  CHECK(held.ranges()[0].bytes == 20);
  CHECK(held.ranges()[1].stream == kOne);
  CHECK(held.ranges()[1].bytes == 50);
  CHECK(held.ranges()[2].begin.value == 250);
  CHECK(held.ranges()[2].bytes == 30);
}

TEST_CASE("What lies in the past is dropped or cut") {
  Reassembly held;
  held.add(text(100, 50));
  held.add(text(200, 50));
  const auto rest = held.take({220});
  REQUIRE(rest);
  CHECK(rest->begin.value == 220);
  CHECK(rest->bytes == 30);
  CHECK(held.empty());
}

TEST_CASE("A FIN waits for its place, and the first one counts") {
  Reassembly held;
  held.add(text(300, 0, kOne, true));
  held.add(text(350, 0, kOne, true));
  CHECK_FALSE(held.empty());
  CHECK(held.has_fin_at({300}));
  CHECK_FALSE(held.has_fin_at({350}));
  CHECK_FALSE(held.take({299}));
}

TEST_CASE("Ranges may lie across the end of the number space") {
  Reassembly held;
  held.add(text(0xffff'fff0, 8));
  held.add(text(4, 10));
  held.add(text(0xffff'fff8, 12));
  REQUIRE(held.ranges().size() == 1);
  const auto all = held.take({0xffff'fff0});
  REQUIRE(all);
  CHECK(all->bytes == 30);
}
