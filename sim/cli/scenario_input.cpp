#include "cli/scenario_input.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/terminal.hpp"
#include "demuxsim/scenario/diagnostic.hpp"
#include "demuxsim/scenario/load.hpp"
#include "demuxsim/scenario/source.hpp"

namespace demuxsim::cli {

bool would_overwrite_input(const Options& options) {
  return std::any_of(options.operands.begin(), options.operands.end(), [&](const auto& operand) {
    std::error_code none;
    if (!std::filesystem::is_regular_file(operand, none)) return false;
    const RunFileOptions& files = options.files;
    for (const std::string& path : {options.output, files.pcap, files.html, files.ladder}) {
      if (std::filesystem::equivalent(operand, path, none)) return true;
    }
    return false;
  });
}

std::optional<SourceFile> read_scenario(const Options& options) {
  const std::string& path = options.operands.front();
  auto source = read_source(path);
  if (source) return std::move(*source);
  write_error(render(SourceFile{path, {}}, source.error(), color_of_complaints(options.color)));
  return std::nullopt;
}

std::optional<ScenarioInput> load_scenario(const Options& options, const SourceFile& source,
                                           const LoadOptions& load_options) {
  auto spec = load(source, load_options);
  if (spec) return ScenarioInput{source.path, std::move(*spec)};
  write_error(render(source, spec.error(), color_of_complaints(options.color)));
  return std::nullopt;
}

std::optional<ScenarioInput> load_scenario(const Options& options) {
  const auto source = read_scenario(options);
  return source ? load_scenario(options, *source, options.load) : std::nullopt;
}

}  // namespace demuxsim::cli
