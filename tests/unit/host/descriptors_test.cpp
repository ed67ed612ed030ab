#include "demuxsim/host/descriptors.hpp"

#include <initializer_list>
#include <set>
#include <vector>

#include "demuxsim/core/random.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

/// The rule itself: the lowest number that is free.
class Model {
 public:
  std::int32_t allocate() {
    const std::int32_t fd = *free_.begin();
    free_.erase(free_.begin());
    if (free_.empty()) free_.insert(fd + 1);
    return fd;
  }
  void release(std::int32_t fd) { free_.insert(fd); }

 private:
  std::set<std::int32_t> free_{DescriptorTable::kFirst};  ///< The last: all from there on.
};

}  // namespace

TEST_CASE("a new descriptor is the lowest that is free, at first 3") {
  DescriptorTable table;
  for (const std::int32_t fd : {3, 4, 5, 6}) CHECK(table.allocate() == fd);
  table.release(4);
  table.release(3);
  CHECK(table.size() == 2);
  CHECK(table.allocate() == 3);
  CHECK(table.allocate() == 4);
  CHECK(table.allocate() == 7);
}

TEST_CASE("descriptors agree with an ordered set") {
  Rng rng(1, {StreamKind::test});
  for (const std::uint64_t most : std::initializer_list<std::uint64_t>{3, 64, 65, 4096, 5000}) {
    DescriptorTable table;
    Model model;
    std::vector<std::int32_t> taken;
    for (int i = 0; i < 30'000; ++i) {
      // In waves, so that the table fills up and runs empty.
      const bool fill = rng.below(10) < (i / 7000 % 2 == 0 ? 7u : 3u);
      if (taken.empty() || (fill && taken.size() < most)) {
        const std::int32_t fd = table.allocate();
        REQUIRE(fd == model.allocate());
        taken.push_back(fd);
      } else {
        std::int32_t& chosen = taken[rng.below(taken.size())];
        table.release(chosen);
        model.release(chosen);
        chosen = taken.back();
        taken.pop_back();
      }
      REQUIRE(table.size() == taken.size());
    }
  }
}

TEST_CASE("the lowest free one is found among full words of every level") {
  DescriptorTable table;
  constexpr std::int32_t kCount = 64 * 64 * 64 + 70;
  for (std::int32_t i = 0; i < kCount; ++i) REQUIRE(table.allocate() == i + 3);
  for (const std::int32_t fd : {kCount + 2, 64 * 64 + 3, 66, 3}) table.release(fd);
  for (const std::int32_t fd : {3, 66, 64 * 64 + 3, kCount + 2, kCount + 3}) {
    CHECK(table.allocate() == fd);
  }
}
