#include "cli/check_report.hpp"

#include <algorithm>
#include <string>

#include <fmt/core.h>

#include "cli/terminal.hpp"
#include "demuxsim/core/check.hpp"
#include "demuxsim/report/byte_sink.hpp"
#include "demuxsim/report/line_text.hpp"
#include "demuxsim/report/text.hpp"

namespace demuxsim::cli {
namespace {

// A reporter is a plain function, as check.hpp has it, so what it reports on is found here.
thread_local CheckReport* current_report = nullptr;

}  // namespace

CheckReport::CheckReport(ScenarioRun& run, std::uint64_t seed) : run_(run), seed_(seed) {
  run.simulation().trace().attach(*this, TraceKinds{});
  current_report = this;
  set_check_reporter([] { current_report->print(); });
}

CheckReport::~CheckReport() {
  set_check_reporter(nullptr);
  current_report = nullptr;
}

void CheckReport::consume(std::span<const TraceRecord> records) {
  const std::size_t fresh = std::min(records.size(), kKept);
  const std::size_t kept = std::min(last_.size(), kKept - fresh);
  last_.erase(last_.begin(), last_.end() - static_cast<std::ptrdiff_t>(kept));
  last_.insert(last_.end(), records.end() - static_cast<std::ptrdiff_t>(fresh), records.end());
}

/// The sinks of the run may be what is broken, so none of them is asked.
void CheckReport::print() {
  Simulation& simulation = run_.simulation();
  std::string text = fmt::format("demuxsim: seed {}, event {}, at ", seed_, simulation.events());
  append_time(text, simulation.now());
  text += " s\n";
  write_error(text);
  consume(simulation.trace().pending());
  text.clear();
  ByteSink bytes(text);
  TextOptions options;
  options.absolute_seq = options.verbose = true;
  TextSink lines(run_.directory(), bytes, options);
  lines.consume(last_);
  bytes.flush();
  write_error(text);
}

}  // namespace demuxsim::cli
