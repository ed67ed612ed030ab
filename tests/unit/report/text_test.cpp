#include "demuxsim/report/text.hpp"

#include "golden/report_story.hpp"
#include "support/catch.hpp"

using namespace demuxsim;
using namespace demuxsim::test;

namespace {

std::string text_of(const Directory& directory, const std::vector<TraceRecord>& records) {
  std::string text;
  ByteSink out(text);
  TextSink sink(directory, out);
  sink.consume(records);
  out.flush();
  return text;
}

std::string seconds(std::int64_t nanoseconds) {
  std::string text;
  append_time(text, kStart + Duration{nanoseconds});
  return text;
}

std::string flags(unsigned bits) {
  std::string text;
  append_flags(text, static_cast<std::uint8_t>(bits));
  return text;
}

}  // namespace

TEST_CASE("the three lines that the product's page shows", "[report]") {
  Story story;
  story.directory = {};
  for (const char* host : {"web", "alice", "bob"}) {
    story.directory.add({host, 1, false, "open", {{"nginx", 1, false}}});
  }
  const Endpoint web = at("10.0.0.1", 80);
  const Endpoint alice = at("10.0.0.11", 49152);
  const Segment syn = story.segment(alice, web, flag::kSyn, 123'456);
  story.when(10'003, Story::kWeb).received(syn);
  story.demux(syn, LookupRule::listener_any, 0, 1).by(Story::kNginx, 3);
  story.state(web, alice, TcpState::listen, TcpState::syn_received);
  CHECK(text_of(story.directory, story.records) ==
        "0.010003  web    10.0.0.11:49152 > 10.0.0.1:80  Flags [S], seq 0, win 65535, length 0\n"
        "0.010003  web    demux  4-tuple: none; listener *:80 -> nginx (pid 101, fd 3)  "
        "[listener-any, examined 0+1]\n"
        "0.010003  web    state  10.0.0.1:80 - 10.0.0.11:49152  LISTEN -> SYN-RECEIVED\n");
}

TEST_CASE("times are cut off, not rounded", "[report]") {
  CHECK(seconds(0) == "0.000000");
  CHECK(seconds(999) == "0.000000");
  CHECK(seconds(1'999'999'999) == "1.999999");
  CHECK(seconds(86'400'000'000'000) == "86400.000000");
}

TEST_CASE("flags stand in tcpdump's order", "[report]") {
  CHECK(flags(flag::kSyn) == "[S]");
  CHECK(flags(flag::kSyn | flag::kAck) == "[S.]");
  CHECK(flags(flag::kAck) == "[.]");
  CHECK(flags(flag::kPsh | flag::kAck) == "[P.]");
  CHECK(flags(flag::kFin | flag::kPsh | flag::kAck) == "[FP.]");
  CHECK(flags(flag::kRst | flag::kAck) == "[R.]");
  CHECK(flags(flag::kAck | flag::kUrg) == "[.U]");
  CHECK(flags(0) == "[none]");
}

TEST_CASE("names cannot speak to the terminal", "[report]") {
  std::string text;
  append_name(text,
              "a\x1b[31m\x7f\xc2\x9b"
              "caf\xc3\xa9\xff");
  CHECK(text == "a?[31m??caf\xc3\xa9?");
}

TEST_CASE("a name longer than the column moves its own line only", "[report]") {
  Story story;
  story.directory = {};
  story.directory.add({"web", 1, false, "open", {}});
  story.directory.add({std::string(40, 'x'), 1, false, "open", {}});
  story.when(0, Story::kWeb).call(SocketCall::reboot, {});
  story.when(0, Story::kAlice).call(SocketCall::reboot, {});
  CHECK(text_of(story.directory, story.records) ==
        "0.000000  web" + std::string(23, ' ') + "call   reboot() = ok\n" + "0.000000  " +
            std::string(40, 'x') + "  call   reboot() = ok\n");
}
