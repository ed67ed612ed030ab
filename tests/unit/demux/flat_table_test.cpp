#include "demuxsim/demux/flat_table.hpp"

#include "support/catch.hpp"
#include "support/walked.hpp"

namespace demuxsim {

TEST_CASE("an empty flat table has allocated nothing", "[demux]") {
  FlatTable<FourTuple4> table;
  CHECK(table.memory_bytes() == 0);
  CHECK_FALSE(table.find(tuple(1)));
  CHECK_FALSE(table.erase(tuple(1)));
  CHECK(table.memory_bytes() == 0);
}

TEST_CASE("a flat table compares the key it finds and next to no other", "[demux]") {
  constexpr std::uint16_t kCount = 20'000;
  FlatTable<FourTuple4> table;
  for (std::uint16_t port = 0; port < kCount; ++port) CHECK(table.insert(tuple(port), port));
  CHECK_FALSE(table.insert(tuple(5), 99));
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  for (std::uint16_t port = 0; port < kCount; ++port) {
    hits += table.find(tuple(port)).examined;
    misses += table.find(tuple(static_cast<std::uint16_t>(port + kCount))).examined;
  }
  // A byte of the hash lets by one in 250 of at most 15 a group.
  CHECK(hits >= kCount);
  CHECK(hits < kCount * 106 / 100);
  CHECK(misses < kCount * 6 / 100);
  CHECK(table.memory_bytes() >= kCount * 17);
  CHECK(table.memory_bytes() < kCount * 17 * 5 / 2);
}

TEST_CASE("a flat table compares all keys of one hash", "[demux]") {
  struct SameHash {
    explicit SameHash(const HashConfig&) {}
    std::uint64_t operator()(const FourTuple4&) const { return 1; }
  };
  FlatTable<FourTuple4, SameHash> table;
  for (std::uint16_t port = 0; port < 100; ++port) table.insert(tuple(port), port);
  CHECK(table.find(tuple(999)).examined == 100);
  CHECK(table.erase(tuple(7)));
  CHECK(table.find(tuple(999)).examined == 99);
  table.insert(tuple(7), 77);
  CHECK(table.find(tuple(7)).value == 77);
}

TEST_CASE("a walk through a flat table tells what it compares", "[demux]") {
  FlatTable<FourTuple4> table;
  CHECK(walked(table, tuple(1)).empty());
  table.insert(tuple(1), 1);
  CHECK(walked(table, tuple(1)) == "compare 1!");
}

}  // namespace demuxsim
