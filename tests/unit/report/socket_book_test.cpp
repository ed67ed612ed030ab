// The table that records tell is the table that the host has.
#include "demuxsim/report/socket_book.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "demuxsim/scenario/load.hpp"
#include "demuxsim/scenario/run.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

class Reader final : public TraceSink {
 public:
  SocketBook book;
  void consume(std::span<const TraceRecord> records) override {
    for (const TraceRecord& record : records) book.note(record);
  }
};

std::string text_of(HostId host, TcpState state, const Endpoint& local, const Endpoint& peer) {
  return fmt::format("host {} {} {} {}", host.value, name_of(state), to_string(local),
                     to_string(peer));
}

std::vector<std::string> real_rows(ScenarioRun& run) {
  std::vector<std::string> rows;
  const SimTime now = run.simulation().now();
  for (std::uint32_t i = 0; i < run.simulation().host_count(); ++i) {
    for (const SocketRow& row : run.simulation().host(HostId{i}).sockets(now)) {
      rows.push_back(text_of(HostId{i}, static_cast<TcpState>(row.state), row.local, row.peer) +
                     fmt::format(" fd {}", row.fd));
    }
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<std::string> booked_rows(const SocketBook& book) {
  std::vector<std::string> rows;
  for (const auto& row : book.rows()) {
    if (!row) continue;
    rows.push_back(text_of(row->host, row->state, row->local, row->peer) +
                   fmt::format(" fd {}", row->fd));
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

using Settings = std::vector<std::pair<std::string, std::string>>;

struct Played {
  std::string path;
  Settings settings;
};

/// The scenarios that are shipped, those that take long made short, and more ways to run some.
std::vector<Played> scenarios() {
  std::vector<Played> all;
  const std::filesystem::path folder = DEMUXSIM_SOURCE_DIR "/scenarios";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() != ".yaml" || name == "star" || name == "tpca") continue;
    all.push_back({entry.path().string(), {}});
  }
  for (const char* const scenario : {"hand-off.yaml", "web-server.yaml"}) {
    for (const char* const style : {"same-port", "announce", "switch-port"}) {
      for (const char* const profile : {"rfc9293", "textbook"}) {
        all.push_back({(folder / scenario).string(), {{"style", style}, {"profile", profile}}});
      }
    }
  }
  for (const char* const closer : {"client", "server"}) {
    all.push_back({(folder / "star.yaml").string(),
                   {{"clients", "3"}, {"connections", "20"}, {"closer", closer}}});
  }
  return all;
}

std::string text_of(const Settings& settings) {
  std::string text;
  for (const auto& [name, value] : settings) text += fmt::format(" {}={}", name, value);
  return text;
}

}  // namespace

TEST_CASE("the book of sockets agrees with the hosts all along every shipped scenario") {
  for (const auto& [path, settings] : scenarios()) {
    INFO(path << text_of(settings));
    std::ifstream stream(path);
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    const auto loaded = load({path, text}, {.params = settings});
    REQUIRE(loaded);
    ScenarioRun run(*loaded);
    Reader reader;
    run.simulation().trace().attach(reader, TraceKinds::happenings());
    std::size_t rows = 0;
    for (bool over = false; !over;) {
      over = run.advance(7 + rows);  // A comparison costs as much as there are rows.
      run.simulation().trace().flush();
      const std::vector<std::string> real = real_rows(run);
      rows = real.size();
      REQUIRE(booked_rows(reader.book) == real);
    }
  }
}
