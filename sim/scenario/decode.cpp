#include "scenario/decode.hpp"

#include <fmt/core.h>

#include "scenario/decode_record.hpp"
#include "scenario/decode_scalar.hpp"

namespace demuxsim::loading {
namespace {

constexpr std::uint64_t kFormatVersion = 1;

void check_version(const Record& record, Draft& draft) {
  const ValueNode* const node = record.need("scenario");
  if (node == nullptr) return;
  const auto version = decode_whole(*node, draft.diagnostics);
  if (!version || *version == kFormatVersion) return;
  complain(draft.diagnostics, *node, fmt::format("format {} is unknown to this program", *version),
           fmt::format("it reads format {}", kFormatVersion));
}

HostDefaults decode_defaults(const Record& record, Draft& draft) {
  HostDefaults defaults;
  record.read("profile", defaults.profile, decode_profile);
  defaults.profile = draft.profile.value_or(defaults.profile);
  defaults.tcp = record.find("tcp");
  if (defaults.tcp != nullptr) {
    TcpConfig tcp = defaults_of(defaults.profile).tcp;
    decode_tcp(*defaults.tcp, tcp, draft.diagnostics);
  }
  return defaults;
}

}  // namespace

void decode_scenario(const ValueNode& root, Draft& draft) {
  const Record record(root, "a scenario",
                      {"scenario", "title", "about", "seed", "params", "profile", "hosts",
                       "network", "tcp", "until", "timeline", "expect"},
                      draft.diagnostics);
  if (!root.is_map()) return;
  check_version(record, draft);
  ScenarioSpec& spec = draft.spec;
  record.read("title", spec.title, decode_text);
  record.read("about", spec.about, decode_text);
  record.read("seed", spec.seed, decode_whole);
  SimTime until;
  if (record.read("until", until, decode_instant)) spec.until = until;
  const HostDefaults defaults = decode_defaults(record, draft);
  if (const auto* const hosts = record.need("hosts")) decode_hosts(*hosts, defaults, draft);
  if (const auto* const network = record.find("network")) decode_network(*network, draft);
  if (const auto* const timeline = record.find("timeline")) decode_timeline(*timeline, draft);
  if (const auto* const expect = record.find("expect")) decode_expects(*expect, draft);
}

}  // namespace demuxsim::loading
