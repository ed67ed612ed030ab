// The stepper's tables are those that the hosts have.
#include "cli/step_tables.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "demuxsim/scenario/load.hpp"
#include "demuxsim/scenario/run.hpp"
#include "support/catch.hpp"

namespace demuxsim::cli {
namespace {

std::string text_of(HostId host, TcpState state, const Endpoint& local, const Endpoint& peer,
                    std::int32_t fd) {
  return fmt::format("host {} {} {} {} fd {}", host.value, name_of(state), to_string(local),
                     to_string(peer), fd);
}

std::vector<std::string> real_rows(ScenarioRun& run) {
  std::vector<std::string> rows;
  const SimTime now = run.simulation().now();
  for (std::uint32_t i = 0; i < run.simulation().host_count(); ++i) {
    for (const SocketRow& row : run.simulation().host(HostId{i}).sockets(now)) {
      rows.push_back(
          text_of(HostId{i}, static_cast<TcpState>(row.state), row.local, row.peer, row.fd));
    }
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<std::string> rows_at_end(const Story& story) {
  std::vector<std::string> rows;
  for (const SocketThen& each : sockets_at(story, story.moments().size() - 1)) {
    if (!each.after) continue;
    const BookedSocket& row = *each.after;
    rows.push_back(text_of(row.host, row.state, row.local, row.peer, row.fd));
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

/// A run up to a time, and its story.
void check_at(const std::filesystem::path& path, Duration until, std::size_t most_segments) {
  std::ifstream stream(path);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  const auto spec = load({path.string(), text});
  REQUIRE(spec);
  ScenarioRun run(*spec);
  Story story(most_segments);
  run.simulation().trace().attach(story, Story::kinds());
  while (!run.advance(1000, kStart + until)) {
  }
  run.simulation().trace().flush();
  story.finish();
  INFO(path);
  CAPTURE(until.count(), most_segments);
  REQUIRE_FALSE(story.moments().empty());
  CHECK(rows_at_end(story) == real_rows(run));
}

}  // namespace

TEST_CASE("tables of a story are those of its hosts, with and without a gap", "[cli][step]") {
  for (const auto& entry : std::filesystem::directory_iterator(DEMUXSIM_SOURCE_DIR "/scenarios")) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() != ".yaml" || name == "star" || name == "tpca") continue;
    for (const int until_ms : {25, 55, 165, 400, 3'000, 30'000}) {
      for (const std::size_t most_segments : {20u, 5000u}) {
        check_at(entry.path(), std::chrono::milliseconds{until_ms}, most_segments);
      }
    }
  }
}

TEST_CASE("tables mark what the moment changed", "[cli][step]") {
  const auto spec = load({"test.yaml", R"(scenario: 1
hosts:
  web: {ip: 10.0.0.1, processes: {nginx: {listen: 80}}}
  alice: {ip: 10.0.0.11, processes: {browser: {}}}
network: {delay: 5ms}
timeline:
  - {at: 0ms, by: alice/browser, connect: "web:80", as: a}
)"});
  REQUIRE(spec);
  ScenarioRun run(*spec);
  Story story;
  run.simulation().trace().attach(story, Story::kinds());
  while (!run.advance(1000)) {
  }
  run.simulation().trace().flush();
  story.finish();
  const auto has = [](const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
  };
  std::string sockets;
  std::string ports;
  for (std::size_t i = 0; i < story.moments().size(); ++i) {
    const StepTable table{story, run.directory(), i, {0, 2}};
    sockets += socket_tables(table);
    ports += port_tables(table);
  }
  CHECK(has(sockets, "\n+  LISTEN "));
  CHECK(has(sockets, "\n+  SYN-SENT "));
  CHECK(has(sockets, "\n*  SYN-SENT -> ESTABLISHED "));
  CHECK(has(sockets, "nginx, not yet accepted"));
  CHECK(has(ports, "\n+  49152  ephemeral  0.000000  SYN-SENT"));
  CHECK(has(ports, "\n  80 "));
  const StepTable narrow{story,  run.directory(), story.moments().size() - 1,
                         {0, 1}, Painter(false),  40};
  CHECK(socket_tables(narrow) ==
        "web\n"
        "   State        Process\n"
        "     Local - Peer\n"
        "   LISTEN       nginx (pid 101, fd 3)\n"
        "     *:80 - *:*\n"
        "*  ESTABLISHED  nginx (pid 101, fd 4)\n"
        "     10.0.0.1:80 - 10.0.0.11:49152\n");
  CHECK(port_tables(narrow) ==
        "web\n"
        "  Port  Class       Since\n"
        "     State  Owner\n"
        "  80    well-known  0.000000\n"
        "     LISTEN, ESTABLISHED  nginx (pid 101)\n");
}

}  // namespace demuxsim::cli
