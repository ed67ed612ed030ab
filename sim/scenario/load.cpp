#include "demuxsim/scenario/load.hpp"

#include <fmt/core.h>

#include "scenario/decode.hpp"
#include "scenario/read_yaml.hpp"
#include "scenario/source_text.hpp"
#include "scenario/validate.hpp"

namespace demuxsim {
namespace {

using namespace loading;

/// The tree of the text; nothing after a mistake that leaves none.
std::optional<ValueNode> read_tree(const SourceFile& source, DiagnosticCollector& diagnostics) {
  if (source.text.size() > kLargestSource) {
    diagnostics.add({}, fmt::format("is larger than {} MiB, the most a scenario may have",
                                    kLargestSource >> 20));
    return std::nullopt;
  }
  if (auto noise = find_noise(source.text)) {
    diagnostics.add(noise->span, {}) = std::move(*noise);
    return std::nullopt;
  }
  return read_yaml(source, diagnostics);
}

/// A call whose answer is expected needs a name by which to find it; where neither the step nor a
/// bound socket has one, it is empty.
void name_calls(ScenarioSpec& spec) {
  for (StepSpec& step : spec.steps) {
    if (step.action != StepAction::connect || !step.expect || step.as || step.socket.name) continue;
    step.as.base = static_cast<std::uint32_t>(spec.socket_names.size());
    spec.socket_names.emplace_back();
  }
}

/// The parameters that the command line sets. What it sets for all hosts at once, a parameter of
/// the same name follows, so that every `when` goes along.
Params::Settings settings_of(const ValueNode* params, const LoadOptions& options) {
  Params::Settings settings;
  const auto follow = [&](std::string_view name, std::string value) {
    const bool declared = params != nullptr && params->is_map() && find(*params, name) != nullptr;
    if (declared) settings.emplace_back(name, std::move(value));
  };
  if (options.algorithm) follow("demux", to_string(*options.algorithm));
  if (options.profile) follow("profile", std::string(name_of(*options.profile)));
  settings.insert(settings.end(), options.params.begin(), options.params.end());
  return settings;
}

/// The spec, which is worth something only if there were no complaints.
ScenarioSpec read_spec(const SourceFile& source, const LoadOptions& options,
                       DiagnosticCollector& diagnostics) {
  auto tree = read_tree(source, diagnostics);
  if (!tree) return {};
  const ValueNode* const declared = find(*tree, "params");
  Params params(declared, settings_of(declared, options), diagnostics);
  for (ValueNode& item : tree->items) {
    if (item.key != "params" && !is_extension(item.key)) params.substitute(item);
  }
  Draft draft{diagnostics, params, options.profile};
  decode_scenario(*tree, draft);
  if (options.seed) draft.spec.seed = *options.seed;
  if (options.until) draft.spec.until = kStart + *options.until;
  if (options.algorithm) {
    for (HostGroupSpec& group : draft.spec.hosts) group.config.algorithm = *options.algorithm;
  }
  draft.spec.params = params.values();
  settle_routers(draft);
  resolve_connects(draft);
  validate(draft);
  name_calls(draft.spec);
  return std::move(draft.spec);
}

}  // namespace

Result<ScenarioSpec, Diagnostics> load(const SourceFile& source, const LoadOptions& options) {
  DiagnosticCollector diagnostics;
  try {
    ScenarioSpec spec = read_spec(source, options, diagnostics);
    if (diagnostics.empty()) return spec;
  } catch (const DiagnosticCollector::Full&) {
    // There is enough to tell.
  }
  return failure(diagnostics.take());
}

}  // namespace demuxsim
