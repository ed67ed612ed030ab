#include "cli/compared_run.hpp"

#include <utility>

#include "cli/summing_up.hpp"

namespace demuxsim::cli {
namespace {

/// Hosts and processes that differ only by number are told apart up to so many.
constexpr std::uint32_t kMostAlike = 8;

}  // namespace

ComparedRun::ComparedRun(Variant variant, ScenarioInput input)
    : variant_(std::move(variant)),
      input_(std::move(input)),
      run_(input_.spec),
      check_report_(run_, input_.spec.seed),
      stats_(run_.directory(), kMostAlike) {
  TraceRecorder& trace = run_.simulation().trace();
  trace.attach(story_, Story::kinds());
  trace.attach(stats_, TraceKinds::happenings());
  trace.attach(ports_, PortsUsed::kinds());
}

void ComparedRun::finish() {
  story_.finish();
  seen_.emplace(SeenRun{input_.spec, run_, story_, results_of(run_.verdicts()), summary_of(run_),
                        input_.path, variant_.name, false, &stats_, &ports_});
}

}  // namespace demuxsim::cli
