// Every example of scenarios/FORMAT.md is a scenario that loads, and the table of profiles there is
// the one in the program.

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "demuxsim/scenario/load.hpp"
#include "scenario/profiles.hpp"
#include "support/catch.hpp"

namespace demuxsim {
namespace {

std::string format_text() {
  std::ifstream stream(std::string(DEMUXSIM_SOURCE_DIR) + "/scenarios/FORMAT.md");
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> examples() {
  constexpr std::string_view kOpen = "```yaml scenario\n";
  const std::string text = format_text();
  std::vector<std::string> all;
  for (std::size_t at = text.find(kOpen); at != std::string::npos; at = text.find(kOpen, at)) {
    at += kOpen.size();
    all.push_back(text.substr(at, text.find("```", at) - at));
  }
  return all;
}

/// The cells of the table row that begins like this.
std::vector<std::string> row(const std::string& text, const std::string& begin) {
  const std::size_t at = text.find("\n" + begin);
  REQUIRE(at != std::string::npos);
  std::istringstream line(text.substr(at + 2, text.find('\n', at + 1) - at - 2));
  std::vector<std::string> cells;
  for (std::string cell; std::getline(line, cell, '|');) {
    const std::size_t first = cell.find_first_not_of(" `");
    const std::size_t last = cell.find_last_not_of(" `");
    cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
  }
  return cells;
}

std::string shown(Duration time) {
  if (time % std::chrono::hours{1} == Duration{0}) {
    return fmt::format("{} h", time / std::chrono::hours{1});
  }
  const auto milliseconds = time / std::chrono::milliseconds{1};
  return milliseconds % 1000 == 0 ? fmt::format("{} s", milliseconds / 1000)
                                  : fmt::format("{} ms", milliseconds);
}

std::string shown_or_0(Duration time) { return time == Duration{0} ? "0" : shown(time); }

/// Whether this setting leaves a host's TCP as the profile has it.
bool same_tcp(Profile profile, const std::string& setting) {
  const SourceFile source{"word.yaml",
                          fmt::format("scenario: 1\nhosts: {{a: {{ip: 10.0.0.1, profile: {}, "
                                      "tcp: {{{}}}}}}}\n",
                                      name_of(profile), setting)};
  const auto spec = load(source);
  return spec && spec->hosts[0].config.tcp == loading::defaults_of(profile).tcp;
}

TEST_CASE("every example of the reference loads") {
  const std::vector<std::string> all = examples();
  CHECK(all.size() >= 8);
  for (const std::string& example : all) {
    const SourceFile source{"FORMAT.md", example};
    const auto spec = load(source);
    INFO(example);
    INFO((spec ? std::string() : render(source, spec.error(), Color::off)));
    CHECK(spec.has_value());
  }
}

TEST_CASE("the reference prints the defaults that the program has") {
  const std::string text = format_text();
  const Profile columns[] = {Profile::rfc9293, Profile::linux_6, Profile::freebsd};
  for (std::size_t i = 0; i < 3; ++i) {
    const HostConfig config = loading::defaults_of(columns[i]);
    const auto cell = [&](const std::string& begin) { return row(text, begin).at(2 + i); };
    CHECK(cell("| `msl`") == shown(config.tcp.msl));
    CHECK(cell("| `rto_initial`") == shown(config.tcp.rto_initial));
    CHECK(cell("| `rto_min`") == shown(config.tcp.rto_min));
    CHECK(cell("| `rto_max`") == shown(config.tcp.rto_max));
    CHECK(cell("| `syn_retries`").starts_with(std::to_string(config.tcp.syn_retries) + " ("));
    CHECK(cell("| `data_retries`") == std::to_string(config.tcp.data_retries));
    CHECK(cell("| `mss`") == std::to_string(config.tcp.mss));
    CHECK(cell("| `window`") == std::to_string(config.tcp.window));
    CHECK(cell("| `synack_retries`") == std::to_string(config.tcp.synack_retries));
    CHECK(cell("| `fin_wait_2_timeout`") == shown_or_0(config.tcp.fin_wait_2_timeout));
    CHECK(cell("| `user_timeout`") == shown_or_0(config.tcp.user_timeout));
    CHECK(cell("| `keepalive_idle`") == shown_or_0(config.tcp.keepalive_idle));
    CHECK(cell("| `keepalive_interval`") == shown(config.tcp.keepalive_interval));
    CHECK(cell("| `keepalive_probes`") == std::to_string(config.tcp.keepalive_probes));
    CHECK(cell("| `delayed_ack`") == shown(config.tcp.delayed_ack));
    CHECK(cell("| `challenge_interval`") == shown_or_0(config.tcp.challenge_interval));
    CHECK(cell("| `hop_limit`") == std::to_string(config.tcp.hop_limit));
    CHECK(cell("| `window_scale`") ==
          (config.tcp.window_scaling ? std::to_string(config.tcp.window_shift) : "off"));
    CHECK(cell("| `initial_window`") == (config.tcp.initial_window == 0
                                             ? "as RFC 5681"
                                             : std::to_string(config.tcp.initial_window)));
    const auto flag = [](bool on) { return std::string(on ? "true" : "false"); };
    CHECK(cell("| `timestamps`") == flag(config.tcp.timestamps));
    CHECK(cell("| `sack`") == flag(config.tcp.sack));
    CHECK(cell("| `limited_transmit`") == flag(config.tcp.limited_transmit));
    CHECK(cell("| `challenge_reset`") == flag(config.tcp.challenge_reset));
    CHECK(cell("| `challenge_syn`") == flag(config.tcp.challenge_syn));
    CHECK(cell("| `drop_syn_fin`") == flag(config.tcp.drop_syn_fin));
    CHECK(cell("| `blackhole`") == flag(config.tcp.blackhole));
    // Words: each is what a host with this setting alone would be written as.
    for (const char* key :
         {"congestion", "nagle", "acks", "icmp", "time_wait_reuse", "syn_cookies"}) {
      CAPTURE(key);
      const std::string word = cell(fmt::format("| `{}`", key));
      CHECK(same_tcp(columns[i], fmt::format("{}: {}", key, word)));
    }
    const PortRange range = config.ephemeral.range;
    CHECK(cell("| | ephemeral ports") == fmt::format("{}-{}", range.first.value, range.last.value));
  }
}

}  // namespace
}  // namespace demuxsim
