#include "demuxsim/report/stats.hpp"

#include "golden/report_story.hpp"
#include "support/catch.hpp"

using namespace demuxsim;
using namespace demuxsim::test;

namespace {

constexpr std::uint32_t kAlone = 1000;
const Endpoint kWebEnd = at("10.0.0.1", 80);
const Endpoint kAliceEnd = at("10.0.0.11", 49152);

StatsSink counted(const Story& story, std::uint32_t most_alike = kAlone) {
  StatsSink sink(story.directory, most_alike);
  sink.consume(story.records);
  return sink;
}

void lookup(Story& story, const Segment& segment, LookupRule rule, ProcessId process,
            std::uint32_t connections = 1) {
  story.received(segment).demux(segment, rule, connections, 0).by(process);
}

/// What became of the only connection of alice's browser, by name.
std::string fates(const Story& story) {
  const StatsSink sink = counted(story);
  const StatsRow& row = sink.hosts()[Story::kAlice.value].processes[0].row;
  std::string text;
  for (std::size_t i = 0; i < row.connections.size(); ++i) {
    for (std::uint64_t n = 0; n < row.connections[i]; ++n) {
      text += std::string(text.empty() ? "" : " ") + std::string(kConnectionFateNames[i]);
    }
  }
  return text;
}

Story& changes(Story& story, std::initializer_list<TcpState> states) {
  for (const TcpState* from = states.begin(); from + 1 != states.end(); ++from) {
    story.state(kAliceEnd, kWebEnd, *from, from[1]).by(Story::kBrowser);
  }
  return story;
}

}  // namespace

TEST_CASE("segments count for whom the look-up names, or for nobody", "[stats]") {
  Story story;
  const Segment data = story.segment(kAliceEnd, kWebEnd, flag::kPsh | flag::kAck, 1, 1, 200);
  const Segment stray = story.segment(kAliceEnd, kWebEnd, flag::kSyn, 0);
  story.when(0, Story::kAlice).sent(data).by(Story::kBrowser).sent(stray);
  story.when(10, Story::kWeb);
  lookup(story, data, LookupRule::exact_4_tuple, Story::kNginx, 3);
  lookup(story, stray, LookupRule::no_match, {}, 7);
  const StatsSink sink = counted(story);
  const HostStats& web = sink.hosts()[0];
  CHECK(web.processes[0].row.in.segments == 1);
  CHECK(web.processes[0].row.in.payload_bytes == 200);
  CHECK(web.processes[0].row.in.ip_bytes == 240);
  CHECK(web.processes[0].row.examined.sum() == 3);
  CHECK(web.nobody.in.segments == 1);
  CHECK(web.nobody.in.ip_bytes == 44);
  CHECK(web.nobody.lookups[static_cast<std::size_t>(LookupRule::no_match)] == 1);
  const StatsRow total = web.total();
  CHECK(total.in.segments == 2);
  CHECK(total.examined.max() == 7);
  CHECK(sink.hosts()[1].processes[0].row.out.segments == 1);
  CHECK(sink.hosts()[1].nobody.out.segments == 1);
}

TEST_CASE("a SYN that opens TIME-WAIT anew is one segment and two look-ups", "[stats]") {
  Story story;
  const Segment syn = story.segment(kAliceEnd, kWebEnd, flag::kSyn, 0);
  story.when(0, Story::kWeb);
  lookup(story, syn, LookupRule::time_wait, {});
  story.demux(syn, LookupRule::listener_any, 0, 1).by(Story::kNginx);
  const StatsSink sink = counted(story);
  const HostStats& web = sink.hosts()[0];
  CHECK(web.nobody.in.segments == 0);
  CHECK(web.nobody.in.ip_bytes == 0);
  CHECK(web.processes[0].row.in.segments == 1);
  CHECK(web.total().examined.count() == 2);
}

TEST_CASE("what became of a connection", "[stats]") {
  using enum TcpState;
  Story story;
  story.when(5, Story::kAlice);
  const Segment reset = story.segment(kWebEnd, kAliceEnd, flag::kRst, 0);
  SECTION("opened, and closed in order") {
    changes(story, {closed, syn_sent, established, fin_wait_1, fin_wait_2, time_wait});
    CHECK(fates(story) == "active");
  }
  SECTION("called") {
    changes(story, {listen, syn_received, established});
    CHECK(fates(story) == "passive");
  }
  SECTION("both called") {
    changes(story, {closed, syn_sent, syn_received, established});
    CHECK(fates(story) == "active");
    changes(story, {listen, syn_received, established});  // The same ends, later.
    CHECK(fates(story) == "active passive");
  }
  SECTION("refused") {
    changes(story, {closed, syn_sent});
    lookup(story, reset, LookupRule::exact_4_tuple, Story::kBrowser);
    changes(story, {syn_sent, closed});
    story.records.back().result = Errno::econnrefused;
    story.call(SocketCall::connect, Story::kBrowser, Errno::econnrefused);
    CHECK(fates(story) == "refused");
  }
  SECTION("no answer") {
    changes(story, {closed, syn_sent, closed});
    story.records.back().result = Errno::etimedout;
    story.call(SocketCall::connect, Story::kBrowser, Errno::etimedout);
    CHECK(fates(story) == "timed-out");
  }
  SECTION("reset, even where nobody waits for it any more") {
    changes(story, {closed, syn_sent, established, fin_wait_1});
    lookup(story, reset, LookupRule::exact_4_tuple, Story::kBrowser);
    changes(story, {fin_wait_1, closed});
    CHECK(fates(story) == "active reset");
  }
  SECTION("half-open, and reset") {
    changes(story, {listen, syn_received});
    lookup(story, reset, LookupRule::exact_4_tuple, Story::kBrowser);
    changes(story, {syn_received, listen});
    CHECK(fates(story) == "reset");
  }
  SECTION("given up by its own process, after a reset that did not count") {
    changes(story, {closed, syn_sent, established});
    lookup(story, reset, LookupRule::exact_4_tuple, Story::kBrowser);
    story.call(SocketCall::abort, Story::kBrowser);
    changes(story, {established, closed});
    CHECK(fates(story) == "active");
  }
  SECTION("not begun") {
    story.call(SocketCall::connect, Story::kBrowser, Errno::eaddrnotavail);
    story.call(SocketCall::connect, Story::kBrowser, Errno::eacces);
    story.call(SocketCall::bind, Story::kBrowser, Errno::eaddrinuse);
    CHECK(fates(story) == "no-port failed");
  }
}

TEST_CASE("a port is in use once, for who took it first, until it is released", "[stats]") {
  Story story;
  const ProcessId curl{1};
  story.when(0, Story::kAlice).port(PortAction::allocated, 50'000, Story::kBrowser).amount(3);
  story.port(PortAction::bound, 50'000, curl);
  story.when(1, Story::kAlice).port(PortAction::bound, 80, curl);
  story.when(2, Story::kAlice).port(PortAction::released, 50'000, {});
  story.port(PortAction::released, 50'000, {});  // Nobody knows it any more.
  const StatsSink sink = counted(story);
  const HostStats& alice = sink.hosts()[1];
  const PortStats& browser = alice.processes[0].row.ports;
  CHECK(browser.allocated == 1);
  CHECK(browser.looked_at == 3);
  CHECK(browser.in_use == 0);
  CHECK(browser.most_in_use == 1);
  CHECK(alice.processes[1].row.ports.bound == 2);
  CHECK(alice.processes[1].row.ports.in_use == 1);
  CHECK(alice.most_ports == 2);
  CHECK(alice.total().ports.most_in_use == 2);
  CHECK(alice.ports_now == PortCounts{1, 0, 0});
  CHECK(alice.ports.points().size() == 3);
}

TEST_CASE("segments dropped count for the host of the record, or for strangers", "[stats]") {
  Story story;
  const Segment lost = story.segment(kAliceEnd, kWebEnd, flag::kSyn, 0);
  story.when(0, Story::kAlice).dropped(lost, DropReason::loss);
  story.when(1, HostId{}).dropped(lost, DropReason::no_route);
  const StatsSink sink = counted(story);
  CHECK(sink.hosts()[1].dropped[static_cast<std::size_t>(DropReason::loss)] == 1);
  CHECK(sink.dropped_of_strangers()[static_cast<std::size_t>(DropReason::no_route)] == 1);
}

TEST_CASE("large groups are one row each", "[stats]") {
  Story story;
  story.directory = {};
  story.directory.add({"client", 3, true, "open", {{"app", 1, false}, {"worker", 4, true}}});
  story.directory.add({"server", 2, true, "open", {{"worker", 2, true}}});
  const Segment data = story.segment(kAliceEnd, kWebEnd, flag::kAck, 1, 1, 10);
  for (std::uint32_t host = 0; host < 3; ++host) {
    story.when(host, HostId{host});
    for (std::uint32_t process = 0; process < 5; ++process) {
      story.sent(data).by(ProcessId{process});
    }
  }
  story.when(9, HostId{4}).sent(data).by(ProcessId{1});
  const StatsSink sink = counted(story, 2);
  REQUIRE(sink.hosts().size() == 3);
  const HostStats& client = sink.hosts()[0];
  CHECK(client.name == "client.*");
  CHECK(client.count == 3);
  REQUIRE(client.processes.size() == 2);
  CHECK(client.processes[0].row.out.segments == 3);
  CHECK(client.processes[1].name == "worker.*");
  CHECK(client.processes[1].count == 4);
  CHECK(client.processes[1].row.out.segments == 12);
  CHECK(sink.hosts()[2].name == "server.1");
  CHECK(sink.hosts()[2].processes[1].name == "worker.1");
  CHECK(sink.hosts()[2].processes[1].row.out.segments == 1);
}
