#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <sys/utsname.h>
#include <utility>

#include <fmt/core.h>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/scenario_input.hpp"
#include "cli/terminal.hpp"
#include "kernel/comparison.hpp"
#include "kernel/network_namespace.hpp"
#include "kernel/replay.hpp"
#include "kernel/report.hpp"
#include "kernel/simulated_side.hpp"
#include "picture/json_writer.hpp"
#include "scenario/build.hpp"

namespace demuxsim::cli {
namespace {

/// A replay takes as long as what it replays.
constexpr Duration kUsualLimit = std::chrono::seconds{5};
/// TCP's own timers go on while a busy machine does not do what is due.
constexpr std::size_t kMostReplays = 3;
constexpr Duration kLate = std::chrono::milliseconds{2};

std::string name_of_kernel() {
  utsname name{};
  ::uname(&name);
  return fmt::format("{} {}", name.sysname, name.release);
}

/// The scenario as its file has it may be one that no kernel can play, whatever the profile.
std::optional<std::string> reason_against(const SourceFile& source, const Options& options) {
  const auto as_written = load(source, options.load);
  return as_written ? kernel::why_not(*as_written) : std::nullopt;
}

Status refuse(const Options& options, const std::string& reason) {
  const std::string& file = options.operands.front();
  complain(fmt::format("{} cannot be replayed: {}", file, reason));
  if (options.format != Format::json) return Status::usage;
  Output output(options.output);
  std::string text;
  JsonWriter json(text);
  json.open('{').key("file").text(file).key("cannot_be_replayed").text(reason).close('}');
  output.sink().append(text + '\n');
  return output.finish(Status::usage);
}

struct Verified {
  kernel::Comparison comparison;
  Duration lateness{0};
  std::size_t replays = 0;
};

/// Replays until both agree, or differ though the machine was in time. Nothing after a signal.
std::optional<Verified> replay_and_compare(const ScenarioSpec& spec, const kernel::Plan& plan,
                                           const kernel::SeenRun& simulated) {
  Verified verified;
  do {
    const auto replay = kernel::replay(spec, plan, {simulated, [] { return interrupt() != 0; }});
    if (!replay) return std::nullopt;
    verified.comparison = kernel::compare(plan, simulated, replay->seen);
    verified.lateness = replay->lateness;
    ++verified.replays;
  } while (verified.comparison.differences != 0 && verified.lateness > kLate &&
           verified.replays < kMostReplays);
  return verified;
}

Status show(const Options& options, const Verified& verified,
            const kernel::ReportContext& context) {
  Output output(options.output);
  if (!output.is_open()) return Status::machine;
  const bool colour = wants_color(options.color, output.descriptor());
  output.sink().append(
      options.format == Format::json
          ? kernel::report_json(verified.comparison, context)
          : kernel::report_text(verified.comparison, context, {options.quiet, colour}));
  const bool agrees = verified.comparison.differences == 0;
  return output.finish(agrees ? Status::ok : Status::expectation_failed);
}

Status verify(const Options& options, ScenarioSpec& spec, SimTime limit) {
  std::vector<std::string> notes = kernel::adapt(spec, limit);
  kernel::Plan plan = kernel::plan_calls(spec, limit);
  const kernel::SeenRun simulated = kernel::simulate(spec, plan);
  if (plan.left_out != 0) {
    notes.push_back(
        fmt::format("{} calls after the end are left out; --until has more", plan.left_out));
  }
  note_interrupts();
  const auto verified = replay_and_compare(spec, plan, simulated);
  if (!verified) return ended_by(interrupt());
  const Directory directory = build_directory(spec);
  return show(options, *verified,
              {options.operands.front(), name_of_kernel(), plan.end, plan.left_out,
               std::move(notes), verified->replays, verified->lateness, directory});
}

}  // namespace

Status verify_scenario(const Options& options) {
  const auto source = read_scenario(options);
  if (!source) return Status::usage;
  LoadOptions load_options = options.load;
  load_options.profile = Profile::linux_6;
  auto input = load_scenario(options, *source, load_options);
  if (!input) return Status::usage;
  if (const auto reason = reason_against(*source, options)) return refuse(options, *reason);
  if (const auto reason = kernel::why_not(input->spec)) return refuse(options, *reason);
  if (const std::string reason = kernel::why_no_namespaces(); !reason.empty()) {
    complain(fmt::format("the kernel cannot be asked: {}", reason));
    return Status::machine;
  }
  return verify(options, input->spec, kStart + options.load.until.value_or(kUsualLimit));
}

}  // namespace demuxsim::cli
