// What congestion control makes of a link, against what is known of it: a link's own rate, the
// square-root formula, and a fair half.
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <fmt/core.h>

#include "demuxsim/scenario/load.hpp"
#include "demuxsim/scenario/run.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

/// Adds up the IP bytes that arrive at one host in a span of time, by who sends them.
class Meter final : public TraceSink {
 public:
  Meter(HostId host, SimTime from, SimTime to) : host_(host), from_(from), to_(to) {}
  void consume(std::span<const TraceRecord> records) override {
    for (const TraceRecord& each : records) {
      if (each.kind != TraceKind::segment_received || each.host != host_) continue;
      if (each.at < from_ || each.at >= to_) continue;
      bytes[each.segment.from()] += each.segment.ip_bytes();
      payload += each.segment.payload_bytes;
    }
  }
  std::map<Endpoint, std::uint64_t> bytes;
  std::uint64_t payload = 0;

 private:
  HostId host_;
  SimTime from_;
  SimTime to_;
};

SimTime at(int seconds) { return kStart + std::chrono::seconds{seconds}; }

/// Runs the scenario and measures what arrives at its first host.
void measure(const std::string& text, Meter& meter, const LoadOptions& options = {}) {
  const auto spec = load({"throughput.yaml", text}, options);
  REQUIRE(spec.has_value());
  ScenarioRun run(*spec);
  run.simulation().trace().attach(meter, TraceKinds{}.with(TraceKind::segment_received));
  while (!run.advance(1'000'000)) {
  }
  for (const Verdict& verdict : run.verdicts()) {
    INFO(verdict.what << ": " << verdict.found);
    CHECK(verdict.held);
  }
}

/// `flows` endless transfers from one host to another over one link, which begin within a second.
std::string transfers(int flows, std::string_view congestion, std::string_view network) {
  std::string text = fmt::format(R"(scenario: 1
hosts:
  archive: {{ip: 10.0.0.1, processes: {{store: {{listen: 8080}}}}}}
  lab:     {{ip: 10.0.0.2, processes: {{upload: {{}}}}}}
network: {{{}}}
tcp: {{congestion: {}, sack: true, window_scale: 7, window: 8000000}}
until: 200s
timeline:
)",
                                 network, congestion);
  for (int i = 0; i < flows; ++i) {
    text += fmt::format("  - {{at: {}ms, by: lab/upload, connect: \"archive:8080\", as: f{}}}\n",
                        i * 300, i);
    text += fmt::format("  - {{at: 1s, socket: f{}, send: 20GB}}\n", i);
  }
  return text;
}

}  // namespace

TEST_CASE("a long fat link is filled", "[MUST-19]") {
  const std::string congestion = GENERATE("cubic", "newreno");
  CAPTURE(congestion);
  std::ifstream file(DEMUXSIM_SOURCE_DIR "/scenarios/long-fat-link.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Meter meter(HostId{0}, at(0), at(100));
  measure(text, meter, {.params = {{"congestion", congestion}}});
  // Its expectations say by when: 95 % of the link's rate, headers included.
  CHECK(meter.payload >= 700'000'000);
}

TEST_CASE("under chance loss the rate follows the square-root formula", "[MUST-19]") {
  // Mathis, Semke, Mahdavi, Ott (1997): MSS / RTT * sqrt(3/2) / sqrt(p), where every segment is
  // acknowledged. Of it the mean over some seeds.
  constexpr double kExpected = 1460 / 0.1 * 1.2247 / 0.1;
  double sum = 0;
  constexpr std::uint64_t kSeeds = 5;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Meter meter(HostId{0}, at(20), at(200));
    measure(transfers(1, "newreno", "delay: 50ms, rate: 1Gbit/s, loss: 1%"), meter,
            {.params = {}, .seed = seed});
    sum += static_cast<double>(meter.payload) / 180;
  }
  const double ratio = sum / kSeeds / kExpected;
  CAPTURE(ratio);
  CHECK(ratio > 0.85);
  CHECK(ratio < 1.15);
}

TEST_CASE("two equal flows share a link fairly", "[MUST-19]") {
  const std::string congestion = GENERATE("cubic", "newreno");
  CAPTURE(congestion);
  Meter meter(HostId{0}, at(60), at(120));
  measure(transfers(2, congestion, "delay: 10ms, rate: 20Mbit/s, queue: 40, jitter: 2ms"), meter,
          {.params = {}, .seed = 7});
  REQUIRE(meter.bytes.size() == 2);
  const auto first = static_cast<double>(meter.bytes.begin()->second);
  const auto second = static_cast<double>(meter.bytes.rbegin()->second);
  CAPTURE(first, second);
  CHECK(first < second * 1.1);
  CHECK(second < first * 1.1);
  CHECK(first + second > 0.9 * 60 * 20e6 / 8);
}
