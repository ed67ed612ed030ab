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

/// How wide the first line may be, and the others.
struct Room {
  std::size_t first;
  std::size_t rest;
};

/// The longest beginning of a word that may end a line: after a hyphen and the like. May be empty.
std::string_view part_of(std::string_view word, std::size_t most) {
  std::size_t length = 0;
  std::size_t best = 0;
  std::size_t count = 0;
  for (const std::string_view each : characters_of(word)) {
    if (++count > most) break;
    length += each.size();
    const char last = each.back();
    if (count > 1 && (last == '-' || last == '/' || last == ',')) best = length;
  }
  return word.substr(0, best);
}

void trim_end(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

std::vector<std::string> filled(std::string_view text, Room room, std::string_view mark) {
  text = text.substr(0, text.find_last_not_of(' ') + 1);
  std::vector<std::string> lines(1);
  const auto width = [&] { return lines.size() == 1 ? room.first : room.rest; };
  const auto begin_line = [&] {
    trim_end(lines.back());
    lines.emplace_back();
  };
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const bool fits = places(lines.back()) + 1 + places(word) <= width();
    if (!lines.back().empty()) fits ? void(lines.back() += ' ') : begin_line();
    while (places(word) > width()) {
      lines.back() = part_of(word, width());
      if (lines.back().empty() && !mark.empty()) break;
      if (lines.back().empty()) lines.back() = first_places(word, width());
      word.remove_prefix(lines.back().size());
      begin_line();
    }
    lines.back() += shortened(word, width(), mark);
  }
  trim_end(lines.back());
  return lines;
}

/// How many places in a line begins, and what goes on of it in the next.
struct Margins {
  std::size_t first = 0;
  std::size_t rest = 0;
};

std::size_t longest_word(std::string_view text) {
  std::size_t longest = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    longest = std::max(longest, places(word));
  }
  return longest;
}

/// Columns are two blanks apart or more, and serve where no word breaks for them.
Margins margins_of(std::string_view line, std::size_t width) {
  constexpr std::size_t kIndent = 4;
  const std::size_t least_room = std::max<std::size_t>(18, longest_word(line));
  const std::vector<std::string_view> characters = characters_of(line);
  const auto is_blank = [&](std::size_t i) { return characters[i].ends_with(' '); };
  Margins margins;
  while (margins.first < characters.size() && is_blank(margins.first)) ++margins.first;
  margins.first = std::min(margins.first, width / 2);
  margins.rest = std::min(margins.first + kIndent, width / 2);
  for (std::size_t i = margins.first + 3; i < characters.size(); ++i) {
    if (i > width * 3 / 5 || i + least_room > width) break;
    if (is_blank(i - 1) && is_blank(i - 2) && !is_blank(i)) margins.rest = i;
  }
  return margins;
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

std::vector<std::string> wrapped(std::string_view text, std::size_t width, std::string_view mark) {
  return filled(text, {width, width}, mark);
}

void append_wrapped(std::string& out, std::string_view text, std::size_t width) {
  constexpr std::size_t kLeastWidth = 12;
  const std::size_t room = std::max(width, kLeastWidth);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (places(line) <= room) {
      out.append(line).append("\n");
      continue;
    }
    const Margins margins = margins_of(line, room);
    const std::string_view words = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    std::size_t indent = margins.first;
    for (const std::string& each : filled(words, {room - margins.first, room - margins.rest}, {})) {
      out.append(indent, ' ').append(each).append("\n");
      indent = margins.rest;
    }
  }
}

}  // namespace demuxsim
