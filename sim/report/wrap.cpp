#include "demuxsim/report/wrap.hpp"

#include <algorithm>

#include "demuxsim/report/utf8.hpp"

namespace demuxsim {
namespace {

/// Of a code for colour at the start of the text, or 0: ESC [ ... m.
std::size_t code_length(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const std::size_t end = text.find('m');
  return end == text.npos ? 0 : end + 1;
}

bool is_code_alone(std::string_view character) {
  return code_length(character) != 0 && character.back() == 'm' &&
         character.find_last_of('\x1b') +
                 code_length(character.substr(character.find_last_of('\x1b'))) ==
             character.size();
}

}  // namespace

std::vector<std::string_view> characters_of(std::string_view text) {
  std::vector<std::string_view> characters;
  while (!text.empty()) {
    std::size_t length = 0;
    while (const std::size_t code = code_length(text.substr(length))) length += code;
    if (length < text.size()) {
      length += std::max<std::size_t>(utf8_length(text.substr(length)), 1);
    }
    characters.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return characters;
}

std::size_t places(std::string_view text) {
  const auto characters = characters_of(text);
  const bool ends_with_code = !characters.empty() && is_code_alone(characters.back());
  return characters.size() - (ends_with_code ? 1 : 0);
}

std::string first_places(std::string_view text, std::size_t most) {
  std::string cut;
  for (const std::string_view each : characters_of(text)) {
    if (most == 0 && !is_code_alone(each)) break;
    cut += each;
    if (most > 0) --most;
  }
  return cut;
}

std::string shortened(std::string_view text, std::size_t most, std::string_view mark) {
  if (places(text) <= most) return std::string(text);
  const std::size_t kept = most > places(mark) ? most - places(mark) : 0;
  std::string cut = first_places(text, kept);
  if (cut.find('\x1b') != cut.npos) cut += "\x1b[0m";
  return cut += mark;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const bool fits = places(lines.back()) + 1 + places(word) <= width;
    if (!lines.back().empty()) fits ? lines.back() += ' ' : lines.emplace_back();
    while (places(word) > width) {
      lines.back() = first_places(word, width);
      word.remove_prefix(lines.back().size());
      lines.emplace_back();
    }
    lines.back() += word;
  }
  return lines;
}

void append_wrapped(std::string& out, std::string_view text, std::size_t width) {
  constexpr std::size_t kIndent = 4;
  const std::size_t room = std::max(width, 3 * kIndent);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (places(line) <= room) {
      out.append(line).append("\n");
      continue;
    }
    // Blanks at the start and between columns are kept as far as the line goes on.
    std::string_view indent;
    for (const std::string& each : wrapped(line, room - kIndent)) {
      out.append(indent).append(each).append("\n");
      indent = "    ";
    }
  }
}

}  // namespace demuxsim
