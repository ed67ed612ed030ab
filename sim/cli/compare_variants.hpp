// The runs that `demuxsim compare` is to set side by side.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/options.hpp"
#include "demuxsim/core/result.hpp"
#include "demuxsim/scenario/load.hpp"

namespace demuxsim::cli {

struct Variant {
  /// What is different: "style=announce", "style=announce demux=bsd".
  std::string name;
  /// The same in parts: parameter, or `demux` or `profile`, and value.
  std::vector<std::pair<std::string, std::string>> settings;
  LoadOptions load;
};

/// More would not fit beside each other.
inline constexpr std::size_t kMostVariants = 12;

/// Every combination of the lists in --set, --demux and --profile, in their order, the last of them
/// changing first. What has one value is the same in all.
Result<std::vector<Variant>, UsageError> variants_of(const Options& options);

}  // namespace demuxsim::cli
