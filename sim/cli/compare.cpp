#include <algorithm>
#include <utility>

#include "cli/commands.hpp"
#include "cli/compare_report.hpp"
#include "cli/compare_variants.hpp"
#include "cli/compared_run.hpp"
#include "cli/drive.hpp"
#include "cli/heading.hpp"
#include "cli/output.hpp"
#include "cli/run_files.hpp"
#include "cli/scenario_input.hpp"
#include "cli/summing_up.hpp"
#include "cli/terminal.hpp"
#include "demuxsim/picture/page.hpp"

namespace demuxsim::cli {
namespace {

/// Every scenario is read before the first run, so that mistakes come first. Empty after
/// complaints.
ComparedRuns load_runs(const Options& options, const std::vector<Variant>& variants) {
  ComparedRuns runs;
  const auto source = read_scenario(options);
  if (!source) return runs;
  for (const Variant& variant : variants) {
    auto input = load_scenario(options, *source, variant.load);
    if (!input) return {};
    runs.push_back(std::make_unique<ComparedRun>(variant, std::move(*input)));
  }
  return runs;
}

Status run_all(ComparedRuns& runs, Output& output) {
  for (const auto& each : runs) {
    const Status status = drive({each->run(), output});
    if (status != Status::ok) return status;
    each->finish();
  }
  return Status::ok;
}

Status verdict_of(const ComparedRuns& runs) {
  const bool failed = std::any_of(runs.begin(), runs.end(), [](const auto& each) {
    return each->seen().summary.failed_expectations != 0;
  });
  return failed ? Status::expectation_failed : Status::ok;
}

Status write_page_of(const ComparedRuns& runs, Output& file, Status status) {
  std::vector<SeenRun> seen;
  for (const auto& each : runs) seen.push_back(each->seen());
  write_page(file.sink(), seen);
  return file.finish(status);
}

}  // namespace

Status compare_runs(const Options& options) {
  const auto variants = variants_of(options);
  if (!variants) {
    complain_of_usage(variants.error());
    return Status::usage;
  }
  ComparedRuns runs = load_runs(options, *variants);
  if (runs.empty()) return Status::usage;
  Output output(options.output);
  if (!output.is_open()) return Status::machine;
  std::optional<Output> page;
  if (!options.files.html.empty()) page.emplace(options.files.html);
  if (page && !page->is_open()) return Status::machine;
  if (const Status status = run_all(runs, output); status != Status::ok) {
    return output.finish(status);
  }
  if (options.format == Format::json) {
    write_comparison_json(output.sink(), runs);
  } else {
    output.sink().append(heading(runs.front()->spec(), false));
    const std::size_t width =
        options.width != 0 ? options.width : width_of_terminal(output.descriptor());
    write_comparison(output.sink(), runs, {width, options.ascii || !speaks_utf8()});
  }
  const Status status = output.finish(verdict_of(runs));
  return page ? write_page_of(runs, *page, status) : status;
}

}  // namespace demuxsim::cli
