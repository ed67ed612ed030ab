// From the command line's FILE to a scenario, with the complaints on standard error.
#pragma once

#include <optional>
#include <string>

#include "cli/options.hpp"
#include "demuxsim/scenario/source.hpp"
#include "demuxsim/scenario/spec.hpp"

namespace demuxsim::cli {

/// A scenario that can run, and where it is from.
struct ScenarioInput {
  std::string path;  ///< As messages name it.
  ScenarioSpec spec;
};

/// Whether --output names one of the operands, by whatever path.
bool would_overwrite_input(const Options& options);

/// Of the only operand. Nothing after complaints.
std::optional<ScenarioInput> load_scenario(const Options& options);

/// The same in two steps, for what is loaded several times.
std::optional<SourceFile> read_scenario(const Options& options);
std::optional<ScenarioInput> load_scenario(const Options& options, const SourceFile& source,
                                           const LoadOptions& load_options);

}  // namespace demuxsim::cli
