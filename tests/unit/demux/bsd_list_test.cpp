#include "demuxsim/demux/bsd_list.hpp"

#include "support/catch.hpp"
#include "support/walked.hpp"

namespace demuxsim {
namespace {

/// 10 stands first, 1 last.
BsdList<FourTuple4> ten() {
  BsdList<FourTuple4> list;
  for (std::uint16_t port = 1; port <= 10; ++port) list.insert(tuple(port), port);
  return list;
}

}  // namespace

TEST_CASE("bsd examines one for the connection that was found last", "[demux]") {
  BsdList<FourTuple4> list = ten();
  CHECK(list.find(tuple(1)).examined == 10);  // Nothing is remembered yet.
  CHECK(list.find(tuple(1)).examined == 1);
  CHECK(list.find(tuple(1)).value == 1);
  CHECK(list.find(tuple(10)).examined == 2);
  CHECK(list.find(tuple(1)).examined == 11);
  CHECK(list.find(tuple(10)).examined == 2);
}

TEST_CASE("a segment for nobody leaves the cache of bsd as it is", "[demux]") {
  BsdList<FourTuple4> list = ten();
  list.find(tuple(4));
  CHECK(list.find(tuple(99)).examined == 11);
  CHECK_FALSE(list.find(tuple(99)));
  CHECK(list.find(tuple(4)).examined == 1);
}

TEST_CASE("bsd forgets a connection that is erased", "[demux]") {
  BsdList<FourTuple4> list = ten();
  list.find(tuple(4));
  CHECK(list.erase(tuple(4)));
  CHECK_FALSE(list.find(tuple(4)));
  CHECK(list.find(tuple(4)).examined == 9);
  CHECK(list.insert(tuple(4), 44));
  CHECK(list.find(tuple(4)).examined == 1);
  CHECK(list.find(tuple(4)).value == 44);
  list.erase(tuple(7));  // Another one.
  CHECK(list.find(tuple(4)).examined == 1);
}

TEST_CASE("sending and inserting leave the cache of bsd as it is", "[demux]") {
  BsdList<FourTuple4> list = ten();
  list.find(tuple(4));
  list.note_sent(tuple(5));
  list.insert(tuple(11), 11);
  CHECK_FALSE(list.insert(tuple(4), 99));
  CHECK(list.find(tuple(4)).value == 4);
  CHECK(list.find(tuple(4)).examined == 1);
  CHECK(list.find(tuple(5)).examined == 1 + 7);
}

TEST_CASE("a walk through bsd tells of the cache and the list", "[demux]") {
  BsdList<FourTuple4> list = ten();
  CHECK(walked(list, tuple(9)) == "compare 10, compare 9!");
  list.find(tuple(4));
  CHECK(walked(list, tuple(4)) == "received 4!");
  CHECK(walked(list, tuple(9)) == "received 4, compare 10, compare 9!");
}

}  // namespace demuxsim
