#include "demuxsim/tcp/push_marks.hpp"

#include <cstdint>
#include <vector>

#include "demuxsim/core/random.hpp"
#include "demuxsim/tcp/connection.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

/// Both ends of an established connection.
struct Pair {
  TcpConfig config;
  TcpConnection client = TcpConnection::open({}, config, Family::ipv4);
  TcpConnection server = establish();

  TcpConnection establish() {
    Segment segment;
    segment.source = segment.destination = IpAddress::ipv4(1);
    REQUIRE(client.next_segment(kStart, config, segment));
    TcpConnection opened = TcpConnection::open_from_syn(segment, {}, config);
    REQUIRE(opened.next_segment(kStart, config, segment));
    client.on_segment(kStart, segment, config);
    REQUIRE(client.next_segment(kStart, config, segment));
    opened.on_segment(kStart, segment, config);
    return opened;
  }
  std::vector<Segment> due(TcpConnection& end, SimTime now = kStart) {
    std::vector<Segment> segments;
    Segment segment;
    segment.source = segment.destination = IpAddress::ipv4(1);
    while (end.next_segment(now, config, segment)) segments.push_back(segment);
    return segments;
  }
};

}  // namespace

TEST_CASE("marks are found and passed in order", "[tcp]") {
  PushMarks marks;
  CHECK(marks.last() == 0);
  std::vector<std::uint64_t> ends;
  Rng rng(1, {StreamKind::test});
  std::uint64_t end = 0;
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t bytes = 1 + rng.below(10);
    marks.add(bytes);
    ends.push_back(end += bytes);
  }
  REQUIRE(marks.last() == end);
  std::uint32_t count = 0;
  for (std::uint64_t position = 1; position <= end; ++position) {
    const bool is_mark = ends[count] == position;
    if (is_mark) ++count;
    CHECK(marks.count_until(position) == count);
    CHECK(marks.is_mark(position) == is_mark);
    if (position % 7 == 0) marks.pass(position);
  }
  marks.pass(end);
  CHECK(marks.last() == 0);
  CHECK(marks.count_until(0) == 100);
}

TEST_CASE("sends that wait go together, and each is counted where it ends", "[tcp][MUST-60]") {
  Pair pair;
  pair.client.send(100);
  pair.client.send(2000);
  pair.client.send(1);
  pair.client.send(2);
  const std::vector<Segment> sent = pair.due(pair.client);
  REQUIRE(sent.size() == 2);
  const std::uint16_t bytes[] = {1460, 643};
  const bool push[] = {false, true};
  const std::uint32_t complete[] = {1, 3};
  for (std::size_t i = 0; i < sent.size(); ++i) {
    CHECK(sent[i].payload_bytes == bytes[i]);
    CHECK(sent[i].has(flag::kPsh) == push[i]);
    CHECK(pair.server.on_segment(kStart, sent[i], pair.config).delivered_sends == complete[i]);
  }
}

TEST_CASE("the end of a send survives loss and other cuts", "[tcp]") {
  Pair pair;
  pair.client.send(100);
  std::vector<Segment> sent = pair.due(pair.client);
  pair.client.send(50);
  sent.push_back(pair.due(pair.client).at(0));
  // The first is lost; the second waits, and comes twice.
  CHECK(pair.server.on_segment(kStart, sent[1], pair.config).delivered_sends == 0);
  CHECK(pair.server.on_segment(kStart, sent[1], pair.config).delivered_sends == 0);
  const SimTime later_on = pair.client.deadline();
  pair.client.on_deadline(later_on, pair.config);
  sent = pair.due(pair.client, later_on);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].payload_bytes == 150);
  CHECK(sent[0].has(flag::kPsh));
  CHECK(pair.server.on_segment(later_on, sent[0], pair.config).delivered_sends == 2);
  CHECK(pair.server.on_segment(later_on, sent[0], pair.config).delivered_sends == 0);
}
