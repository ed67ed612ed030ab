#include "demuxsim/demux/hashed_chains.hpp"

#include "support/catch.hpp"
#include "support/walked.hpp"

namespace demuxsim {

TEST_CASE("a look-up examines its own chain, newest first", "[demux]") {
  HashedChains<FourTuple4, PortHash> table(DemuxConfig{{}, 10});
  CHECK(table.memory_bytes() == 0);
  for (std::uint16_t port = 0; port < 50; ++port) CHECK(table.insert(tuple(port), port));
  CHECK_FALSE(table.insert(tuple(3), 99));
  CHECK(table.find(tuple(43)).examined == 1);
  CHECK(table.find(tuple(3)).examined == 5);
  CHECK(table.find(tuple(3)).examined == 5);  // It learns nothing.
  CHECK(table.find(tuple(53)).examined == 5);
  CHECK_FALSE(table.find(tuple(53)));
  CHECK(table.erase(tuple(33)));
  CHECK(table.find(tuple(3)).examined == 4);
  CHECK(walked(table, tuple(13)) == "chain 3/10, compare 43, compare 23, compare 13!");
}

TEST_CASE("there are 19 chains unless told otherwise", "[demux]") {
  HashedChains<FourTuple4, PortHash> table;
  CHECK(walked(table, tuple(20)) == "chain 1/19");
  table.insert(tuple(1), 1);
  CHECK(walked(table, tuple(20)) == "chain 1/19, compare 1");
}

}  // namespace demuxsim
