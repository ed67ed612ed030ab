#include "cli/check_report.hpp"

#include <algorithm>
#include <csignal>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "demuxsim/core/check.hpp"
#include "demuxsim/scenario/load.hpp"
#include "support/catch.hpp"

namespace demuxsim::cli {
namespace {

constexpr const char* kScenario = R"(
scenario: 1
hosts:
  web: {ip: 10.0.0.1, processes: {nginx: {listen: {port: 80, reply: 100KiB}}}}
  alice: {ip: 10.0.0.2, processes: {curl: {connect: {to: "web:80", times: 50, request: 10B}}}}
)";

class Silent final : public TraceSink {
 public:
  void consume(std::span<const TraceRecord>) override {}
};

/// What a process that runs `die` writes to standard error before SIGABRT ends it.
template <class Die>
std::string last_words(Die die) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // The test program has a handler of its own.
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    die();
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char block[4096];
  for (ssize_t got; (got = read(ends[0], block, sizeof block)) > 0;) {
    text.append(block, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
  return text;
}

ScenarioSpec some_spec() {
  auto spec = load({"test.yaml", kScenario}, {{}, 7, {}});
  REQUIRE(spec);
  return std::move(*spec);
}

std::string words_after(std::uint64_t events, bool recorded) {
  const ScenarioSpec spec = some_spec();
  return last_words([&] {
    ScenarioRun run(spec);
    const CheckReport report(run, spec.seed);
    Silent sink;
    if (recorded) run.simulation().trace().attach(sink, TraceKinds::happenings());
    run.advance(events);
    check_failed("it is sound", "test.cpp", 1);
  });
}

TEST_CASE("A failed check tells the seed, the time and the last 64 records") {
  const std::string words = words_after(1000, true);
  CAPTURE(words);
  CHECK(words.find("test.cpp:1: it is sound does not hold\n") != std::string::npos);
  CHECK(words.find("seed 7, event 10") != std::string::npos);
  CHECK(std::count(words.begin(), words.end(), '\n') == 2 + 64);
}

TEST_CASE("A failed check near the start tells what there is") {
  const std::string words = words_after(1, true);
  CAPTURE(words);
  const auto lines = std::count(words.begin(), words.end(), '\n');
  CHECK(lines > 2);
  CHECK(lines < 2 + 64);
}

TEST_CASE("A failed check in a quiet run has no records, since none were made") {
  const std::string words = words_after(1000, false);
  CAPTURE(words);
  CHECK(words.find("seed 7, event 10") != std::string::npos);
  CHECK(std::count(words.begin(), words.end(), '\n') == 2);
}

TEST_CASE("The report of a run that is over is not asked any more") {
  const ScenarioSpec spec = some_spec();
  const std::string words = last_words([&] {
    {
      ScenarioRun run(spec);
      const CheckReport report(run, spec.seed);
    }
    check_failed("it is sound", "test.cpp", 1);
  });
  CHECK(words.find("seed") == std::string::npos);
}

}  // namespace
}  // namespace demuxsim::cli
