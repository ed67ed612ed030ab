#include "cli/progress.hpp"

#include <string>

#include <fmt/core.h>

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

bool StatusLine::is_due() {
  if (!wanted_) return false;
  const Clock::time_point now = Clock::now();
  if (now < next_) return false;
  next_ = now + std::chrono::milliseconds{200};
  return true;
}

void StatusLine::show(std::string_view text) {
  write_error(fmt::format("\r{}\x1b[K", text));
  shown_ = true;
}

void StatusLine::erase() {
  if (shown_) write_error("\r\x1b[K");
  shown_ = false;
}

void Progress::update(const Simulation& simulation) {
  if (!line_.is_due()) return;
  const Clock::time_point now = Clock::now();
  const RunTotals totals = simulation.totals();
  const std::chrono::duration<double> passed = now - counted_at_;
  const double rate = static_cast<double>(totals.segments - counted_) / passed.count();
  counted_at_ = now;
  counted_ = totals.segments;
  const std::chrono::duration<double> simulated = simulation.now() - kStart;
  line_.show(fmt::format("{:.3f} s simulated, {} events, {} segments/s", simulated.count(),
                         short_number(static_cast<double>(totals.events)), short_number(rate)));
}

}  // namespace demuxsim::cli
