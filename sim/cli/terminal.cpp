#include "cli/terminal.hpp"

#include <cstdlib>
#include <unistd.h>

#include <fmt/core.h>

namespace demuxsim::cli {

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

bool wants_color(ColorWhen when, int descriptor) {
  if (when != ColorWhen::automatic) return when == ColorWhen::always;
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool refused = no_color != nullptr && *no_color != '\0';
  const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return !refused && !dumb && is_terminal(descriptor);
}

Color color_of_complaints(ColorWhen when) {
  return wants_color(when, kStandardError) ? Color::on : Color::off;
}

void write_error(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(kStandardError, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void complain(std::string_view message) { write_error(fmt::format("demuxsim: {}\n", message)); }

void complain_of_usage(const UsageError& error) {
  complain(fmt::format("error: {}", error.message));
  if (!error.help.empty()) write_error(fmt::format("  = help: {}\n", error.help));
}

}  // namespace demuxsim::cli
