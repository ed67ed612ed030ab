// What is kept of a run, short and long, and how records come together to moments.
#include "demuxsim/report/story.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace demuxsim;

namespace {

TraceRecord record(TraceKind kind, std::int64_t at_ns, std::uint32_t host, std::uint64_t id = 0) {
  TraceRecord made;
  made.kind = kind;
  made.at = kStart + Duration{at_ns};
  made.host = HostId{host};
  made.segment.id = id;
  return made;
}

/// Segments 1 to `count`, each sent and received.
Story run_of(std::uint64_t count, std::size_t most) {
  Story story(most);
  for (std::uint64_t id = 1; id <= count; ++id) {
    const auto at = static_cast<std::int64_t>(10 * id);
    const std::vector<TraceRecord> records = {record(TraceKind::segment_sent, at, 0, id),
                                              record(TraceKind::segment_received, at + 1, 1, id),
                                              record(TraceKind::demux, at + 1, 1, id),
                                              record(TraceKind::state, at + 1, 1)};
    story.consume(records);
  }
  story.finish();
  return story;
}

}  // namespace

TEST_CASE("a short story keeps everything") {
  const Story story = run_of(10, 10);
  CHECK(story.segments() == 10);
  CHECK(story.records().size() == 40);
  CHECK(story.moments().size() == 20);
  CHECK_FALSE(story.gap());
}

TEST_CASE("a long story keeps the first and the last segments, and says what is missing") {
  const Story story = run_of(100, 10);
  CHECK(story.segments() == 100);
  REQUIRE(story.gap());
  CHECK(story.gap().segments == 90);
  CHECK(story.gap().records + story.records().size() == 400);
  const StoryRecord& before = story.records()[story.gap().at - 1];
  const StoryRecord& after = story.records()[story.gap().at];
  CHECK(before.record.segment.id == 0);
  CHECK(before.record.at == kStart + Duration{51});
  CHECK(after.record.at > story.gap().to);
  CHECK(story.gap().from == kStart + Duration{60});
  std::uint64_t sent = 0;
  for (const StoryRecord& each : story.records()) {
    sent += each.record.kind == TraceKind::segment_sent ? 1u : 0u;
  }
  CHECK(sent == 10);
  CHECK(story.records().back().record.at == kStart + Duration{1001});
}

TEST_CASE("a story without segments is bounded, too") {
  Story story(10);
  for (std::int64_t at = 0; at < 10'000; ++at) {
    const TraceRecord call = record(TraceKind::call, at, 0);
    story.consume({&call, 1});
  }
  story.finish();
  CHECK(story.records().size() == 120);
  CHECK(story.gap().records == 9'880);
}

TEST_CASE("a look-up belongs to the arrival, another host's does not") {
  const TraceRecord arrival = record(TraceKind::segment_received, 5, 1, 7);
  CHECK_FALSE(begins_moment(arrival, record(TraceKind::demux, 5, 1, 7)));
  CHECK_FALSE(begins_moment(arrival, record(TraceKind::state, 5, 1)));
  CHECK_FALSE(begins_moment(arrival, record(TraceKind::segment_dropped, 5, 1, 7)));
  CHECK(begins_moment(arrival, record(TraceKind::segment_dropped, 5, 1, 8)));
  CHECK(begins_moment(arrival, record(TraceKind::state, 5, 2)));
  CHECK(begins_moment(arrival, record(TraceKind::state, 6, 1)));
  CHECK(begins_moment(arrival, record(TraceKind::call, 5, 1)));
}
