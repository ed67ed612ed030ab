#include "cli/terminal.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sys/ioctl.h>
#include <system_error>
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

std::size_t width_of_terminal(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) return size.ws_col;
  const char* const columns = std::getenv("COLUMNS");
  const std::string_view text = columns == nullptr ? "" : columns;
  std::size_t width = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), width);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  constexpr std::size_t kWidest = 1000;
  return is_number && width != 0 ? std::min(width, kWidest) : 80;
}

bool speaks_utf8() {
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale = value;
    return locale.find("UTF-8") != locale.npos || locale.find("utf8") != locale.npos ||
           locale.find("utf-8") != locale.npos || locale.find("UTF8") != locale.npos;
  }
  return false;
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
