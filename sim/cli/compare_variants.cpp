#include "cli/compare_variants.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "demuxsim/demux/algorithm.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::cli {
namespace {

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t from = 0;;) {
    const std::size_t comma = text.find(',', from);
    parts.push_back(text.substr(from, comma - from));
    if (comma == text.npos) return parts;
    from = comma + 1;
  }
}

/// Each variant so far, once for each of `count` values of one more setting.
template <class Text, class Apply>
void multiply(std::vector<Variant>& variants, const std::string& key, std::size_t count, Text text,
              Apply apply) {
  std::vector<Variant> more;
  for (const Variant& variant : variants) {
    for (std::size_t i = 0; i < count; ++i) {
      Variant next = variant;
      apply(next.load, i);
      if (count > 1) {
        next.settings.emplace_back(key, text(i));
        if (!next.name.empty()) next.name += ' ';
        next.name += fmt::format("{}={}", key, text(i));
      }
      more.push_back(std::move(next));
    }
  }
  variants = std::move(more);
}

void multiply_by_params(const Options& options, std::vector<Variant>& variants) {
  for (const auto& [key, list] : options.load.params) {
    const std::vector<std::string> values = split(list);
    multiply(
        variants, key, values.size(), [&values](std::size_t i) { return values[i]; },
        [&key = key, &values](LoadOptions& load, std::size_t i) {
          load.params.emplace_back(key, values[i]);
        });
  }
}

void multiply_by_algorithms(const Options& options, std::vector<Variant>& variants) {
  const std::vector<Algorithm>& algorithms = options.compare.algorithms;
  if (algorithms.empty()) return;
  multiply(
      variants, "demux", algorithms.size(), [&](std::size_t i) { return to_string(algorithms[i]); },
      [&](LoadOptions& load, std::size_t i) { load.algorithm = algorithms[i]; });
}

void multiply_by_profiles(const Options& options, std::vector<Variant>& variants) {
  const std::vector<Profile>& profiles = options.compare.profiles;
  if (profiles.empty()) return;
  multiply(
      variants, "profile", profiles.size(),
      [&](std::size_t i) { return std::string(name_of(profiles[i])); },
      [&](LoadOptions& load, std::size_t i) { load.profile = profiles[i]; });
}

}  // namespace

Result<std::vector<Variant>, UsageError> variants_of(const Options& options) {
  const auto& params = options.load.params;
  for (auto param = params.begin(); param != params.end(); ++param) {
    const bool again = std::any_of(
        params.begin(), param, [&](const auto& earlier) { return earlier.first == param->first; });
    if (!again) continue;
    return failure(UsageError{fmt::format("--set {} is given twice", param->first),
                              "put all values into one list, with commas between them"});
  }
  Variant first{{}, {}, options.load};
  first.load.params.clear();
  std::vector<Variant> variants{std::move(first)};
  multiply_by_params(options, variants);
  if (variants.size() <= kMostVariants) multiply_by_algorithms(options, variants);
  if (variants.size() <= kMostVariants) multiply_by_profiles(options, variants);
  if (variants.size() == 1) {
    return failure(UsageError{"there is nothing to compare",
                              "give a list: --set style=same-port,announce, --demux open,bsd or "
                              "--profile rfc9293,linux"});
  }
  if (variants.size() > kMostVariants) {
    return failure(
        UsageError{fmt::format("more than {} runs do not fit side by side", kMostVariants),
                   "shorten the lists"});
  }
  return variants;
}

}  // namespace demuxsim::cli
