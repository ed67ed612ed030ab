#include "demuxsim/demux/sequent_chains.hpp"

#include "support/catch.hpp"
#include "support/walked.hpp"

namespace demuxsim {
namespace {

SequentChains<FourTuple4, PortHash> fifty() {
  SequentChains<FourTuple4, PortHash> table(DemuxConfig{{}, 10});
  for (std::uint16_t port = 0; port < 50; ++port) table.insert(tuple(port), port);
  return table;
}

}  // namespace

TEST_CASE("each chain remembers what was last found in it", "[demux]") {
  auto table = fifty();
  CHECK(table.find(tuple(3)).examined == 5);
  CHECK(table.find(tuple(4)).examined == 5);
  CHECK(table.find(tuple(3)).examined == 1);
  CHECK(table.find(tuple(4)).examined == 1);
  CHECK(table.find(tuple(43)).examined == 2);
  CHECK(table.find(tuple(3)).examined == 6);
  CHECK(table.find(tuple(3)).value == 3);
  CHECK(table.find(tuple(53)).examined == 6);
  CHECK(table.find(tuple(3)).examined == 1);  // A miss is not remembered.
}

TEST_CASE("a chain forgets an entry that is erased, and no other", "[demux]") {
  auto table = fifty();
  table.find(tuple(3));
  table.erase(tuple(13));
  CHECK(table.find(tuple(3)).examined == 1);
  table.erase(tuple(3));
  CHECK(table.find(tuple(3)).examined == 3);
  table.insert(tuple(63), 63);  // In the place of the one before.
  CHECK_FALSE(table.find(tuple(3)));
  CHECK(table.find(tuple(63)).examined == 1);
}

TEST_CASE("a walk through sequent tells of the chain, its cache and its entries", "[demux]") {
  auto table = fifty();
  CHECK(walked(table, tuple(33)) == "chain 3/10, compare 43, compare 33!");
  table.find(tuple(3));
  CHECK(walked(table, tuple(3)) == "chain 3/10, cache 3!");
  CHECK(walked(table, tuple(33)) == "chain 3/10, cache 3, compare 43, compare 33!");
  CHECK(walked(table, tuple(33)) == "chain 3/10, cache 3, compare 43, compare 33!");
  CHECK(walked(SequentChains<FourTuple4, PortHash>(), tuple(20)) == "chain 1/19");
}

}  // namespace demuxsim
