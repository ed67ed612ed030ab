#include "demuxsim/demux/rss_queues.hpp"

#include <vector>

#include "demuxsim/demux/linear_list.hpp"
#include "demuxsim/demux/send_receive_list.hpp"
#include "support/catch.hpp"
#include "support/walked.hpp"

namespace demuxsim {
namespace {

template <class Table = LinearList<FourTuple4>>
using Queues = RssQueues<FourTuple4, Table>;

/// The arriving segment 66.9.149.187:2794 -> 161.142.100.80:1766, whose hash Microsoft publishes as
/// 0x51ccc178: entry 0x78 of the indirection table.
constexpr FourTuple4 kPublished{0xa18e6450, 0x420995bb, 1766, 2794};

}  // namespace

TEST_CASE("the indirection table names the queues in turn", "[demux]") {
  for (std::uint32_t count = 1; count <= 128; ++count) {
    std::vector<int> entries(count);
    for (std::uint32_t hash = 0; hash < 128; ++hash) {
      REQUIRE(rss_queue_of(hash, count) == hash % count);
      REQUIRE(rss_queue_of(hash | 0xffffff80, count) == hash % count);
      ++entries[rss_queue_of(hash, count)];
    }
    REQUIRE(entries.front() - entries.back() <= 1);
    REQUIRE(entries.back() >= 1);
  }
}

TEST_CASE("the published hash of a segment as it arrives chooses the queue", "[demux]") {
  CHECK(Queues<>(128, {}).queue_of(kPublished) == 0x78);
  CHECK(Queues<>(7, {}).queue_of(kPublished) == 0x78 % 7);
  CHECK(Queues<>(1, {}).queue_of(kPublished) == 0);
  CHECK(walked(Queues<>(7, {}), kPublished) == "queue 1/7");
}

TEST_CASE("each queue is a table of its own", "[demux]") {
  Queues<> queues(4, {});
  CHECK(queues.memory_bytes() == 0);
  CHECK_FALSE(queues.find(tuple(1)));
  CHECK_FALSE(queues.erase(tuple(1)));
  std::vector<std::uint32_t> lengths(4);
  for (std::uint16_t port = 0; port < 400; ++port) {
    CHECK(queues.insert(tuple(port), port));
    const DemuxResult found = queues.find(tuple(port));
    CHECK(found.examined == 1);
    CHECK(found.value == port);
    ++lengths[queues.queue_of(tuple(port))];
  }
  CHECK_FALSE(queues.insert(tuple(5), 99));
  CHECK(queues.size() == 400);
  for (const std::uint32_t length : lengths) CHECK(length > 70);
  for (std::uint16_t port = 1000; port < 1020; ++port) {
    CHECK(queues.find(tuple(port)).examined == lengths[queues.queue_of(tuple(port))]);
  }
  CHECK(queues.erase(tuple(5)));
  CHECK(queues.size() == 399);
}

TEST_CASE("what is sent is noted by the queue that receives", "[demux]") {
  Queues<SendReceiveList<FourTuple4>> queues(8, {});
  queues.note_sent(tuple(0));
  for (std::uint16_t port = 0; port < 200; ++port) queues.insert(tuple(port), port);
  for (std::uint16_t port = 0; port < 200; ++port) {
    queues.note_sent(tuple(port));
    CHECK(queues.find(tuple(port)).examined <= 2);
  }
}

}  // namespace demuxsim
