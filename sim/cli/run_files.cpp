#include "cli/run_files.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "cli/summing_up.hpp"
#include "demuxsim/picture/ladder.hpp"
#include "demuxsim/picture/page.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::cli {
namespace {

std::unique_ptr<Output> open(const std::string& path) {
  return path.empty() ? nullptr : std::make_unique<Output>(path);
}

std::optional<LadderFormat> ladder_format(std::string_view path) {
  if (path.ends_with(".svg")) return LadderFormat::svg;
  if (path.ends_with(".txt")) return LadderFormat::text;
  if (path.ends_with(".mmd")) return LadderFormat::mermaid;
  return std::nullopt;
}

}  // namespace

std::optional<UsageError> conflict_in(const RunFileOptions& files, const std::string& output) {
  if (!files.ladder.empty() && !ladder_format(files.ladder)) {
    return UsageError{fmt::format("--ladder: {} ends in none of .svg, .txt and .mmd",
                                  loading::quote(files.ladder)),
                      "the name says what kind of ladder to draw"};
  }
  std::array<std::string_view, 3> paths{output, files.html, files.ladder};
  std::sort(paths.begin(), paths.end());
  const auto twice = std::adjacent_find(
      paths.begin(), paths.end(),
      [](std::string_view a, std::string_view b) { return !a.empty() && a == b; });
  if (twice == paths.end()) return std::nullopt;
  return UsageError{fmt::format("two results would go to {}", loading::quote(*twice)), {}};
}

RunFiles::RunFiles(const RunFileOptions& options, const ScenarioInput& input, ScenarioRun& run)
    : options_(options),
      input_(input),
      run_(run),
      page_(open(options.html)),
      ladder_(open(options.ladder)) {
  if (page_ || ladder_) story_.emplace();
}

bool RunFiles::are_open() const {
  const auto is_open = [](const File& file) { return !file || file->is_open(); };
  return is_open(page_) && is_open(ladder_);
}

void RunFiles::attach() {
  if (story_) run_.simulation().trace().attach(*story_, Story::kinds());
}

SeenRun RunFiles::seen() {
  return {input_.spec,      run_,        *story_, results_of(run_.verdicts()),
          summary_of(run_), input_.path, {}};
}

Status RunFiles::finish(Status status) {
  if (story_) story_->finish();
  if (page_) {
    const SeenRun run = seen();
    write_page(page_->sink(), {&run, 1});
    status = page_->finish(status);
  }
  if (ladder_) {
    write_ladder(ladder_->sink(), seen(), *ladder_format(options_.ladder));
    status = ladder_->finish(status);
  }
  return status;
}

}  // namespace demuxsim::cli
