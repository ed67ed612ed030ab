#include "cli/heading.hpp"

#include <algorithm>
#include <string_view>

#include "demuxsim/report/line_text.hpp"

namespace demuxsim::cli {
namespace {

void append_commented(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    out += line.empty() ? "#" : "# ";
    append_name(out, line);
    out += '\n';
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
}

}  // namespace

std::string heading(const ScenarioSpec& spec, bool about) {
  std::string text;
  append_commented(text, spec.title);
  if (about) append_commented(text, spec.about);
  return text;
}

}  // namespace demuxsim::cli
