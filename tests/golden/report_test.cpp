// The reports of a made-up run, byte for byte. With DEMUXSIM_ACCEPT set, the files are written
// instead of compared.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "demuxsim/report/explain.hpp"
#include "demuxsim/report/jsonl.hpp"
#include "demuxsim/report/sockets.hpp"
#include "demuxsim/report/text.hpp"
#include "golden/report_story.hpp"
#include "support/catch.hpp"

using namespace demuxsim;
using namespace demuxsim::test;

namespace {

void check_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(DEMUXSIM_SOURCE_DIR) + "/tests/golden/" + name;
  if (std::getenv("DEMUXSIM_ACCEPT") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  std::ostringstream expected;
  expected << file.rdbuf();
  CHECK(text == expected.str());
}

const ExpectationResult kHeld{kStart + std::chrono::milliseconds{39}, 24, true,
                              "port web:80 of class well-known", "well-known"};
const ExpectationResult kFailed{kStart + std::chrono::milliseconds{39}, 22, false,
                                "socket \"a1\" in state ESTABLISHED", "SYN-SENT"};

Summary summary_of_story() {
  Summary summary;
  summary.at = kStart + std::chrono::seconds{62};
  summary.events = 1234;
  summary.segments = 17;
  summary.connections = 1;
  summary.expectations = 2;
  summary.failed_expectations = 1;
  summary.fingerprint = 0x0123456789abcdef;
  return summary;
}

template <class Sink>
void tell(Sink& sink, const Story& story) {
  sink.consume(story.records);
  sink.expectation(kHeld);
  sink.expectation(kFailed);
  sink.summary(summary_of_story());
}

std::string text_of(const TextOptions& options) {
  const Story story = whole_story();
  std::string text;
  ByteSink out(text);
  TextSink sink(story.directory, out, options);
  tell(sink, story);
  out.flush();
  return text;
}

SocketRow row(TcpState state, const Endpoint& local, const Endpoint& peer) {
  SocketRow row;
  row.state = static_cast<std::uint8_t>(state);
  row.local = local;
  row.peer = peer;
  return row;
}

std::vector<SocketRow> some_sockets() {
  std::vector<SocketRow> rows;
  const Endpoint web = at("10.0.0.1", 80);
  rows.push_back(row(TcpState::listen, {{}, Port{80}}, {}));
  rows.back().process = Story::kNginx;
  rows.back().fd = 3;
  rows.back().receive_queue = 1;
  rows.back().send_queue = 128;
  rows.push_back(row(TcpState::established, web, at("10.0.0.11", 49152)));
  rows.back().process = Story::kNginx;
  rows.back().fd = 4;
  rows.back().socket = Story::kA1;
  rows.back().send_queue = 1460;
  rows.back().timer = TimerKind::retransmit;
  rows.back().timer_left = std::chrono::milliseconds{200};
  rows.push_back(row(TcpState::syn_received, web, at("10.0.0.11", 49153)));
  rows.push_back(row(TcpState::time_wait, web, at("10.0.0.12", 49152)));
  rows.back().timer = TimerKind::time_wait;
  rows.back().timer_left = std::chrono::milliseconds{64'500};
  rows.push_back(row(TcpState::established, at("2001:db8::1", 80), at("2001:db8::b", 40000)));
  rows.back().process = Story::kWorker2;
  rows.back().fd = 12;
  rows.push_back(row(TcpState::closed, at("10.0.0.1", 8080), {}));
  rows.back().process = Story::kNginx;
  rows.back().fd = 5;
  return rows;
}

}  // namespace

TEST_CASE("the text report", "[report]") {
  check_golden("report_text.txt", text_of({.file = "web.yaml"}));
}

TEST_CASE("the text report with absolute numbers and more of each segment", "[report]") {
  check_golden("report_text_verbose.txt",
               text_of({.absolute_seq = true, .verbose = true, .file = "web.yaml"}));
}

TEST_CASE("the text report in colour", "[report]") {
  check_golden("report_text_colour.txt", text_of({.colour = true, .file = "web.yaml"}));
}

TEST_CASE("the report as JSON Lines", "[report]") {
  const Story story = whole_story();
  std::string text;
  ByteSink out(text);
  JsonlSink sink(story.directory, out);
  tell(sink, story);
  out.flush();
  check_golden("report.jsonl", text);
}

TEST_CASE("the explanation", "[report]") {
  const Story story = whole_story();
  std::string text;
  ByteSink out(text);
  ExplainOptions options;
  options.service_name = [](Port port) { return std::string_view(port.value == 80 ? "http" : ""); };
  ExplainSink sink(story.directory, out, options);
  sink.consume(story.records);
  out.flush();
  check_golden("report_explain.txt", text);
}

TEST_CASE("the socket tables", "[report]") {
  const Story story;
  const std::vector<SocketRow> rows = some_sockets();
  const HostSockets tables[] = {{Story::kWeb, rows}, {Story::kAlice, {}}};
  std::string text, with_timers, json, jsonl;
  ByteSink text_out(text), timers_out(with_timers), json_out(json), jsonl_out(jsonl);
  write_sockets(text_out, tables, story.directory);
  write_sockets(timers_out, tables, story.directory, {.timers = true});
  write_sockets_jsonl(jsonl_out, kStart + Duration{40}, tables, story.directory);
  write_sockets_json(json_out, kStart + Duration{40}, tables, story.directory);
  for (ByteSink* out : {&text_out, &timers_out, &json_out, &jsonl_out}) out->flush();
  check_golden("report_sockets.txt", text);
  check_golden("report_sockets_timers.txt", with_timers);
  check_golden("report_sockets.json", json);
  check_golden("report_sockets.jsonl", jsonl);
}
