#include "demuxsim/scenario/diagnostic.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/core.h>

#include "scenario/diagnostic_text.hpp"
#include "scenario/source_text.hpp"

namespace demuxsim {
namespace {

using loading::Character;
using loading::printable;

/// Columns of a source line that are shown; what is longer is cut around the place.
constexpr std::uint32_t kShownColumns = 90;
constexpr std::uint32_t kShownBefore = 40;
constexpr std::uint32_t kTabColumns = 4;

struct Style {
  std::string_view bold;
  std::string_view error;
  std::string_view note;
  std::string_view off;
};

constexpr Style style_of(Color color) {
  if (color == Color::off) return {};
  return {"\x1b[1m", "\x1b[1;31m", "\x1b[1;36m", "\x1b[0m"};
}

struct CodeRange {
  char32_t first;
  char32_t last;
};

/// Characters that a terminal draws two columns wide (Unicode East Asian Width W and F, and
/// pictures), in blocks.
constexpr std::array kWide{
    CodeRange{0x1100, 0x115f},   CodeRange{0x2e80, 0x303e},   CodeRange{0x3041, 0x33ff},
    CodeRange{0x3400, 0x4dbf},   CodeRange{0x4e00, 0x9fff},   CodeRange{0xa000, 0xa4cf},
    CodeRange{0xac00, 0xd7a3},   CodeRange{0xf900, 0xfaff},   CodeRange{0xfe30, 0xfe6f},
    CodeRange{0xff00, 0xff60},   CodeRange{0xffe0, 0xffe6},   CodeRange{0x1f300, 0x1f64f},
    CodeRange{0x1f680, 0x1f6ff}, CodeRange{0x1f900, 0x1f9ff}, CodeRange{0x20000, 0x3fffd}};

/// Characters drawn over the one before.
constexpr std::array kCombining{CodeRange{0x0300, 0x036f}, CodeRange{0x1ab0, 0x1aff},
                                CodeRange{0x1dc0, 0x1dff}, CodeRange{0x20d0, 0x20ff},
                                CodeRange{0xfe00, 0xfe0f}, CodeRange{0xfe20, 0xfe2f}};

template <std::size_t N>
bool is_in(const std::array<CodeRange, N>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](CodeRange range) { return range.first <= code && code <= range.last; });
}

/// One character of a line as it is shown.
struct Cell {
  std::string shown;
  std::uint32_t columns = 1;
};

Cell cell_of(std::string_view line, const Character& character) {
  if (character.valid && character.code == '\t')
    return {std::string(kTabColumns, ' '), kTabColumns};
  Cell cell{printable(line.substr(0, character.bytes)), 1};
  const bool escaped = cell.shown.size() != character.bytes || !character.valid;
  if (escaped) {
    cell.columns = static_cast<std::uint32_t>(cell.shown.size());
  } else if (is_in(kWide, character.code)) {
    cell.columns = 2;
  } else if (is_in(kCombining, character.code)) {
    cell.columns = 0;
  }
  return cell;
}

void skip_characters(std::string_view& text, std::uint32_t count) {
  for (; count > 0 && !text.empty(); --count) {
    text.remove_prefix(loading::first_character(text).bytes);
  }
}

/// The line and the carets below it.
struct Excerpt {
  std::string line;
  std::string carets;
};

Excerpt excerpt_of(std::string_view line, SourceSpan span) {
  constexpr std::string_view kCut = "...";
  Excerpt excerpt;
  const std::uint32_t column = std::max(span.column, 1u);
  std::uint32_t index = 1;
  if (column > kShownBefore + kCut.size() && line.size() > kShownColumns) {
    index = column - kShownBefore;
    skip_characters(line, index - 1);
    excerpt.line = kCut;
    excerpt.carets.assign(kCut.size(), ' ');
  }
  std::uint32_t used = 0;
  const std::uint32_t end = column + std::max(span.length, 1u);
  for (; !line.empty(); ++index) {
    const Character character = loading::first_character(line);
    const Cell cell = cell_of(line, character);
    if (used + cell.columns > kShownColumns) {
      excerpt.line += kCut;
      break;
    }
    used += cell.columns;
    excerpt.line += cell.shown;
    if (index < end) excerpt.carets.append(cell.columns, index < column ? ' ' : '^');
    line.remove_prefix(character.bytes);
  }
  // A place behind the end of the line has its caret there.
  if (excerpt.carets.find('^') == std::string::npos) excerpt.carets += '^';
  return excerpt;
}

std::string place_of(const SourceFile& source, SourceSpan span) {
  const std::string path = printable(source.path);
  return span ? fmt::format("{}:{}:{}", path, span.line, span.column) : path;
}

std::string render_excerpt(const SourceFile& source, SourceSpan span, std::string_view color,
                           std::string_view off) {
  if (!span) return {};
  const Excerpt excerpt = excerpt_of(loading::line_of(source.text, span.line), span);
  return fmt::format("{:>5} | {}\n      | {}{}{}\n", span.line, excerpt.line, color, excerpt.carets,
                     off);
}

}  // namespace

std::string render(const SourceFile& source, const Diagnostic& diagnostic, Color color) {
  const Style style = style_of(color);
  std::string out = fmt::format("{0}{1}:{3} {2}error:{3} {0}{4}{3}\n", style.bold,
                                place_of(source, diagnostic.span), style.error, style.off,
                                printable(diagnostic.message));
  out += render_excerpt(source, diagnostic.span, style.error, style.off);
  if (!diagnostic.help.empty()) {
    out += fmt::format("      = {}help:{} {}\n", style.bold, style.off, printable(diagnostic.help));
  }
  for (const Diagnostic::Note& note : diagnostic.notes) {
    out += fmt::format("{}{}:{} {}note:{} {}\n", style.bold, place_of(source, note.span), style.off,
                       style.note, style.off, printable(note.message));
    out += render_excerpt(source, note.span, style.note, style.off);
  }
  return out;
}

std::string render(const SourceFile& source, const Diagnostics& diagnostics, Color color) {
  std::string out;
  const std::size_t shown = std::min(diagnostics.size(), kMostShown);
  for (std::size_t i = 0; i < shown; ++i) out += render(source, diagnostics[i], color);
  if (const std::size_t more = diagnostics.size() - shown; more > 0) {
    out += fmt::format("{}: {} more error{}\n", printable(source.path), more, more == 1 ? "" : "s");
  }
  return out;
}

}  // namespace demuxsim
