#include "demuxsim/demux/send_receive_list.hpp"

#include "support/catch.hpp"
#include "support/walked.hpp"

namespace demuxsim {
namespace {

/// 10 stands first, 1 last.
SendReceiveList<FourTuple4> ten() {
  SendReceiveList<FourTuple4> list;
  for (std::uint16_t port = 1; port <= 10; ++port) list.insert(tuple(port), port);
  return list;
}

}  // namespace

TEST_CASE("send-receive looks at what was received, then at what was sent", "[demux]") {
  SendReceiveList<FourTuple4> list = ten();
  CHECK(list.find(tuple(2)).examined == 9);
  list.note_sent(tuple(3));
  CHECK(walked(list, tuple(2)) == "received 2!");
  CHECK(walked(list, tuple(3)) == "received 2, sent 3!");
  CHECK(walked(list, tuple(9)) == "received 2, sent 3, compare 10, compare 9!");
  CHECK(list.find(tuple(2)).examined == 1);
  CHECK(list.find(tuple(3)).examined == 2);
  CHECK(list.find(tuple(3)).value == 3);
}

TEST_CASE("what is found where it was sent is the one received last, too", "[demux]") {
  SendReceiveList<FourTuple4> list = ten();
  list.find(tuple(2));
  list.note_sent(tuple(3));
  list.find(tuple(3));
  CHECK(list.find(tuple(3)).examined == 1);
  CHECK(list.find(tuple(2)).examined == 1 + 9);  // Both caches hold the same: looked at once.
  CHECK(walked(list, tuple(9)) == "received 2, sent 3, compare 10, compare 9!");
}

TEST_CASE("an entry in both caches of send-receive is examined once", "[demux]") {
  SendReceiveList<FourTuple4> list = ten();
  list.note_sent(tuple(5));
  CHECK(walked(list, tuple(5)) == "sent 5!");
  list.find(tuple(5));
  CHECK(walked(list, tuple(10)) == "received 5, compare 10!");
  CHECK(list.find(tuple(10)).examined == 2);
}

TEST_CASE("send-receive forgets in both caches what is erased", "[demux]") {
  SendReceiveList<FourTuple4> list = ten();
  list.find(tuple(5));
  list.note_sent(tuple(5));
  list.erase(tuple(5));
  CHECK_FALSE(list.find(tuple(5)));
  CHECK(list.find(tuple(5)).examined == 9);
  list.insert(tuple(5), 55);
  CHECK(list.find(tuple(5)).value == 55);
}

TEST_CASE("sending on a connection that is not there is not remembered", "[demux]") {
  SendReceiveList<FourTuple4> list = ten();
  list.note_sent(tuple(4));
  list.note_sent(tuple(99));
  list.insert(tuple(99), 99);
  CHECK(walked(list, tuple(99)) == "sent 4, compare 99!");
}

}  // namespace demuxsim
