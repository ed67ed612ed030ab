#include "cli/drive.hpp"

#include <string>

#include <fmt/core.h>

#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/terminal.hpp"
#include "demuxsim/report/line_text.hpp"

namespace demuxsim::cli {
namespace {

/// A few milliseconds, even where each event is written down.
constexpr std::uint64_t kSlice = 16384;

/// The progress line would be torn apart by an answer that comes to the same terminal.
bool wants_progress(const Drive& drive) {
  return drive.progress && is_terminal(kStandardError) && !is_terminal(drive.output.descriptor());
}

Status stop_at_signal(Simulation& simulation, int signal) {
  simulation.trace().flush();
  std::string text = "stopped at ";
  append_time(text, simulation.now());
  complain(fmt::format("{} s of simulated time, after {} events", text, simulation.events()));
  return ended_by(signal);
}

}  // namespace

Status drive(const Drive& drive) {
  Simulation& simulation = drive.run.simulation();
  note_interrupts();
  Progress progress(wants_progress(drive));
  while (!drive.run.advance(kSlice)) {
    if (const int signal = interrupt()) {
      progress.erase();
      return stop_at_signal(simulation, signal);
    }
    if (drive.output.has_failed()) return Status::machine;
    progress.update(simulation);
  }
  return Status::ok;
}

}  // namespace demuxsim::cli
