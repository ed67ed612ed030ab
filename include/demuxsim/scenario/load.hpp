// From the text of a scenario to its spec, with every complaint at once. Never looks at the
// machine: a text that is valid here is valid everywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "demuxsim/core/result.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/demux/algorithm.hpp"
#include "demuxsim/scenario/diagnostic.hpp"
#include "demuxsim/scenario/profile.hpp"
#include "demuxsim/scenario/source.hpp"
#include "demuxsim/scenario/spec.hpp"

namespace demuxsim {

/// What the command line sets in place of the file. Parameters called `demux` or `profile` take the
/// values of `algorithm` and `profile`, unless `params` has others.
struct LoadOptions {
  /// Values for the file's `params`, by name; of two for one name the later counts.
  std::vector<std::pair<std::string, std::string>> params;
  std::optional<std::uint64_t> seed{};
  std::optional<Duration> until{};
  std::optional<Algorithm> algorithm{};  ///< Of all hosts.
  std::optional<Profile> profile{};      ///< Of all hosts; what they set by themselves stays.
};

/// Reads, decodes and validates. Fails with at least one diagnostic, never throws.
/// The format is that of scenarios/FORMAT.md.
Result<ScenarioSpec, Diagnostics> load(const SourceFile& source, const LoadOptions& options = {});

/// A length of time as the format writes it ("1.5s", "10ms", "0"), or what is wrong with the text.
Result<Duration, std::string> parse_duration(std::string_view text);

}  // namespace demuxsim
