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

std::optional<ScenarioInput> load_scenario(const Options& options) {
  const std::string& path = options.operands.front();
  const Color color = color_of_complaints(options.color);
  auto source = read_source(path);
  if (!source) {
    write_error(render(SourceFile{path, {}}, source.error(), color));
    return std::nullopt;
  }
  auto spec = load(*source, options.load);
  if (!spec) {
    write_error(render(*source, spec.error(), color));
    return std::nullopt;
  }
  return ScenarioInput{std::move(source->path), std::move(*spec)};
}

}  // namespace demuxsim::cli
