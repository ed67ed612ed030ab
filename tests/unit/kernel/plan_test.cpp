#include "kernel/plan.hpp"

#include "demuxsim/scenario/load.hpp"
#include "support/catch.hpp"

using namespace demuxsim;
using namespace demuxsim::kernel;

namespace {

constexpr const char* kHosts = R"(scenario: 1
hosts:
  web: {ip: 10.0.0.1, processes: {nginx: {listen: 80}}}
  alice: {ip: 10.0.0.2, processes: {app: {}}}
)";

ScenarioSpec loaded(const std::string& text, const LoadOptions& options = {}) {
  auto spec = load({"test.yaml", text}, options);
  REQUIRE(spec.has_value());
  return std::move(*spec);
}

SimTime ms(int count) { return kStart + std::chrono::milliseconds{count}; }

std::string reason(const std::string& text, const LoadOptions& options = {}) {
  return why_not(loaded(text, options)).value_or("");
}

}  // namespace

TEST_CASE("scenarios that no kernel can replay say why", "[kernel]") {
  const std::string call = "timeline: [{at: 0, by: alice/app, connect: \"web:80\", as: a}]\n";
  CHECK(reason(kHosts + call).empty());
  CHECK(reason(kHosts) == "it has no timeline");
  LoadOptions textbook;
  textbook.profile = Profile::textbook;
  CHECK_THAT(reason(kHosts + call, textbook), Catch::Contains("textbook profile"));
  const std::string announces =
      "scenario: 1\nhosts:\n"
      "  web: {ip: 10.0.0.1, processes: {nginx: {listen: {port: 80, setup: announce}}}}\n"
      "  alice: {ip: 10.0.0.2, processes: {app: {}}}\n";
  CHECK_THAT(reason(announces + call), Catch::Contains("setup: announce"));
  const std::string works =
      "scenario: 1\nhosts:\n"
      "  web: {ip: 10.0.0.1, processes: {nginx: {listen: 80}}}\n"
      "  alice: {ip: 10.0.0.2, processes: {app: {connect: \"web:80\"}}}\n"
      "timeline: [{at: 0, exit: web/nginx}]\n";
  CHECK_THAT(reason(works), Catch::Contains("alice/app has a workload"));
  const std::string huge =
      "timeline: [{at: 0, by: alice/app, connect: \"web:80\", as: a},\n"
      "  {at: 1s, socket: a, send: 17MiB}]\n";
  CHECK_THAT(reason(kHosts + huge), Catch::Contains("line 6 sends more than 16 MiB"));
}

TEST_CASE("steps become calls in order of time, up to the limit", "[kernel]") {
  const ScenarioSpec spec = loaded(std::string(kHosts) +
                                   "timeline:\n"
                                   "  - {at: 0, by: alice/app, connect: \"web:80\", as: a,\n"
                                   "     times: 3, every: 10ms}\n"
                                   "  - {at: 5ms, socket: a, send: 1B, times: 3, every: 10ms}\n");
  const Plan plan = plan_calls(spec, ms(20));
  REQUIRE(plan.calls.size() == 5);
  CHECK(plan.left_out == 1);
  CHECK(plan.calls[0].as.index == 0);
  CHECK(plan.calls[1].at == ms(5));
  CHECK(plan.calls[1].socket.name.index == 0);
  CHECK(plan.calls[3].socket.name.index == 1);
  CHECK(plan.calls[4].as.index == 2);
}

TEST_CASE("tables are looked at halfway to what happens next", "[kernel]") {
  ScenarioSpec spec;
  for (const int at : {10, 30, 40}) {
    spec.expects.push_back({});
    spec.expects.back().at = ms(at);
  }
  Plan plan;
  const Duration soon = std::chrono::microseconds{100};
  plan_looks(plan, spec, {ms(0), ms(10), ms(16), ms(30) + 4 * soon, ms(40), ms(40) + soon, ms(90)});
  // At 10 ms the next happening is far, at 30 ms rather near, at 40 ms too near.
  CHECK(plan.looks == std::vector{ms(11), ms(30) + 2 * soon, plan.end});
  CHECK(plan.end == ms(590));
  spec.until = ms(32);
  Plan shorter;
  plan_looks(shorter, spec, {ms(0), ms(10), ms(16)});
  CHECK(shorter.end == ms(32));
  CHECK(shorter.looks.back() == ms(32));
}

TEST_CASE("what no kernel can be told is as the kernel has it, and that is said", "[kernel]") {
  ScenarioSpec spec = loaded(std::string(kHosts) + "tcp: {msl: 1s, iss: zero}\nuntil: 2s\n");
  const auto changes = adapt(spec, ms(5000));
  CHECK(changes.size() == 2);
  CHECK(spec.until == ms(2000));
  CHECK(spec.hosts[0].config.tcp.msl == std::chrono::seconds{30});
  CHECK(spec.hosts[1].config.tcp.iss == IssMode::rfc6528);
  CHECK(adapt(spec, ms(1000)).empty());
  CHECK(spec.until == ms(1000));
}
