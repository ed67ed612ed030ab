#include "demuxsim/demux/entry_chains.hpp"

#include <vector>

#include "support/catch.hpp"

namespace demuxsim {

TEST_CASE("entries stand newest first in their chains, and places are used again", "[demux]") {
  EntryChains<int> chains(2);
  const auto place_of = [&](std::uint32_t chain, int sought) {
    return chains.search(chain, [&](int here) { return here == sought; });
  };
  CHECK_FALSE(place_of(1, 5).found());
  CHECK(chains.memory_bytes() == 0);
  for (std::uint32_t i = 0; i < 6; ++i) chains.push_front(i % 2, static_cast<int>(i), 10 + i);
  CHECK(chains.value(place_of(1, 5).at) == 15);
  CHECK_FALSE(place_of(0, 5).found());
  CHECK(chains.value(place_of(0, 5).at) == DemuxResult::kNone);
  chains.move_to_front(1, place_of(1, 1));
  chains.erase(0, place_of(0, 2));
  const std::size_t bytes = chains.memory_bytes();
  chains.push_front(1, 7, 17);
  CHECK(chains.memory_bytes() == bytes);
  std::vector<int> order;
  chains.for_each([&](int stored, std::uint32_t) { order.push_back(stored); });
  CHECK(order == std::vector<int>{4, 0, 7, 1, 5, 3});
  CHECK(chains.size() == 6);
}

TEST_CASE("a power of two of chains takes the low bits of the hash", "[demux]") {
  CHECK(chain_of(0x1234'5678'9abc'def0, 256) == 0xf0);
  CHECK(chain_of(0x1'0000'0013, 19) == 0);
  CHECK(chain_of(~std::uint64_t{0}, 1) == 0);
}

}  // namespace demuxsim
