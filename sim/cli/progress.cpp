#include "cli/progress.hpp"

#include <string>

#include <fmt/format.h>

#include "cli/terminal.hpp"

namespace demuxsim::cli {
namespace {

/// `950`, `12.3k`, `4.05M`: more digits would be a blur in a number that keeps changing.
std::string short_number(double value) {
  if (value < 1e3) return fmt::format("{:.0f}", value);
  if (value < 1e6) return fmt::format("{:.1f}k", value / 1e3);
  return value < 1e9 ? fmt::format("{:.2f}M", value / 1e6) : fmt::format("{:.2f}G", value / 1e9);
}

}  // namespace

void Progress::update(const Simulation& simulation) {
  if (!wanted_) return;
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds{200};
  const RunTotals totals = simulation.totals();
  const std::chrono::duration<double> passed = now - counted_at_;
  const double rate = static_cast<double>(totals.segments - counted_) / passed.count();
  counted_at_ = now;
  counted_ = totals.segments;
  const std::chrono::duration<double> simulated = simulation.now() - kStart;
  write_error(fmt::format("\r{:.3f} s simulated, {} events, {} segments/s\x1b[K", simulated.count(),
                          short_number(static_cast<double>(totals.events)), short_number(rate)));
  shown_ = true;
}

void Progress::erase() {
  if (shown_) write_error("\r\x1b[K");
  shown_ = false;
}

}  // namespace demuxsim::cli
