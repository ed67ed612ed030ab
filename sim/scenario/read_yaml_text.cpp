#include "scenario/read_yaml_text.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/core.h>

#include "scenario/diagnostic_text.hpp"

namespace demuxsim::loading {
namespace {

constexpr std::string_view kSpaces = " \t";
constexpr std::string_view kEndOfWord = " \t\r\n,]}";

bool is_open(char c) { return c == '[' || c == '{'; }
bool is_close(char c) { return c == ']' || c == '}'; }

/// The characters from `offset` up to a blank, a comma or a closing bracket.
std::string_view word_at(std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const std::size_t end = std::min(text.find_first_of(kEndOfWord, offset), text.size());
  return text.substr(offset, end - offset);
}

/// The word that ends before `offset`.
std::size_t start_of_word(std::string_view text, std::size_t offset) {
  const std::size_t before = text.find_last_of(" \t\n,[{", offset == 0 ? 0 : offset - 1);
  return before == std::string_view::npos ? 0 : before + 1;
}

/// A tab among the blanks that begin the line; where it stands.
std::optional<std::size_t> tab_in_indentation(std::string_view text, std::size_t line_start) {
  const std::size_t first = std::min(text.find_first_not_of(kSpaces, line_start), text.size());
  if (first == text.size() || text[first] == '\n' || text[first] == '\r') return std::nullopt;
  const std::size_t tab = text.substr(line_start, first - line_start).find('\t');
  if (tab == std::string_view::npos) return std::nullopt;
  return line_start + tab;
}

/// `${style}` without quotes inside braces: YAML takes its brace for a map.
std::optional<Diagnostic> explain_parameter(Places& places, std::size_t offset) {
  const std::string_view text = places.text();
  if (offset == 0 || offset >= text.size() || text[offset] != '{' || text[offset - 1] != '$') {
    return std::nullopt;
  }
  const std::size_t start = start_of_word(text, offset);
  const std::size_t end = std::min(text.find('}', offset), places.line_end(offset));
  const std::string_view word = text.substr(start, std::min(end + 1, text.size()) - start);
  return Diagnostic{places.span(start, word.size()),
                    "YAML takes the brace of ${...} for the beginning of a map here",
                    fmt::format("put quotes around it: \"{}\"", word),
                    {}};
}

/// `2001:db8::` without quotes inside braces: YAML takes its last colon for the end of a key.
std::optional<Diagnostic> explain_ipv6(Places& places, std::size_t offset) {
  const std::string_view text = places.text();
  std::size_t end = std::min(offset, text.size());
  while (end < text.size() && text[end] == ':') ++end;
  if (end < 3 || text[end - 1] != ':') return std::nullopt;
  const std::size_t start = start_of_word(text, end);
  const std::string_view word = text.substr(start, end - start);
  const bool hex = word.find_first_not_of("0123456789abcdefABCDEF:") == std::string_view::npos;
  if (!hex || std::count(word.begin(), word.end(), ':') < 2) return std::nullopt;
  return Diagnostic{places.span(start, word.size()),
                    "YAML takes the last ':' of this address for the end of a key",
                    fmt::format("put quotes around an IPv6 address: \"{}\"", word),
                    {}};
}

/// `[::1]:80` without quotes: YAML takes the brackets for a list.
std::optional<Diagnostic> explain_bracketed(Places& places, std::size_t offset) {
  const std::string_view text = places.text();
  if (offset == 0 || offset >= text.size() || text[offset] != ':' || text[offset - 1] != ']') {
    return std::nullopt;
  }
  const std::size_t open = text.rfind('[', offset);
  if (open == std::string_view::npos || open < places.line_start(offset)) return std::nullopt;
  const std::string_view word = text.substr(open, offset + word_at(text, offset).size() - open);
  return Diagnostic{places.span(open, word.size()),
                    "YAML takes these brackets for a list",
                    fmt::format("put quotes around it: \"{}\"", word),
                    {}};
}

/// A key above that has lost its colon runs on into the next line.
std::string help_for_colon(Places& places, std::size_t offset) {
  const std::string_view text = places.text();
  const std::size_t start = places.line_start(offset);
  if (start == 0) return {};
  const std::size_t above = places.line_start(start - 1);
  const std::string_view line = text.substr(above, start - above);
  const bool has_word = line.find_first_not_of(" \t\r\n") != std::string_view::npos;
  if (!has_word || line.find_first_of(":#") != std::string_view::npos) return {};
  return fmt::format("is a ':' missing at the end of line {}?", places.span(above).line);
}

bool is_indicator_error(std::string_view message) {
  return message.find("anchor") != std::string_view::npos ||
         message.find("alias") != std::string_view::npos;
}

/// `*:80` without quotes, and real anchors and aliases.
std::optional<Diagnostic> explain_indicator(const ParserError& error, Places& places) {
  const std::string_view text = places.text();
  if (!is_indicator_error(error.message)) return std::nullopt;
  std::size_t at = std::min(error.offset, text.size());
  if (at == text.size() || (text[at] != '*' && text[at] != '&')) {
    const std::size_t before = text.find_last_of("*&", at);
    if (before == std::string_view::npos) return std::nullopt;
    at = before;
  }
  const std::string_view what = text[at] == '*' ? "aliases (*name)" : "anchors (&name)";
  return Diagnostic{places.span(at, word_at(text, at).size()),
                    fmt::format("{} are not part of this format", what),
                    help_for_indicator(text, at),
                    {}};
}

bool starts_a_token(std::string_view text, std::size_t at) {
  const std::size_t before =
      at == 0 ? std::string_view::npos : text.find_last_not_of(kSpaces, at - 1);
  if (before == std::string_view::npos) return true;
  return std::string_view("\n\r:,[{-?").find(text[before]) != std::string_view::npos;
}

/// Calls visit(offset) for each character behind `from` that is in no comment and in no text with
/// quotes, but for the opening quote of one that is never closed; that ends the walk.
template <class Visit>
void walk_bare(std::string_view text, std::size_t from, const Visit& visit) {
  for (std::size_t at = from; at < text.size(); ++at) {
    const bool after_blank =
        at == 0 || std::string_view(" \t\n").find(text[at - 1]) != std::string_view::npos;
    if (text[at] == '#' && after_blank) {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    const bool quote = (text[at] == '"' || text[at] == '\'') && starts_a_token(text, at);
    const std::size_t end = quote ? end_of_quoted(text, at) : at + 1;
    if (!quote || end == std::string_view::npos) visit(at);
    if (end == std::string_view::npos) return;
    at = end - 1;
  }
}

/// The quote behind `from` that is never closed.
std::size_t find_unclosed_quote(std::string_view text, std::size_t from) {
  std::size_t last = text.size();
  walk_bare(text, from, [&](std::size_t at) { last = at; });
  return last;
}

/// The file, or an outer bracket, ends before a bracket is closed.
Diagnostic explain_open_bracket(const ParserError& error, Places& places, char close) {
  const std::string_view text = places.text();
  const std::size_t open = error.innermost_open.value_or(error.offset);
  if (error.offset >= text.size()) {
    return {places.span(find_open_bracket(text, 0).value_or(open)),
            "this bracket is never closed",
            {},
            {}};
  }
  std::size_t at = error.offset;
  // A comma that is missing shows at the colon behind the next key.
  if (text[at] == ':') at = start_of_word(text, at);
  Diagnostic diagnostic{places.span(at, word_at(text, at).size()),
                        fmt::format("expected ',' or '{}' before this", close),
                        {},
                        {}};
  diagnostic.notes.push_back({places.span(open), "for the bracket that opens here"});
  return diagnostic;
}

struct Wording {
  std::string_view parser;  ///< How the parser's message begins.
  std::string_view message;
  std::string_view help;
};

constexpr std::array kWordings{
    Wording{"end of map not found", "this is neither a key nor part of the value before it",
            "a key stands on a line of its own, exactly below the first key of its map"},
    Wording{"end of sequence not found", "this does not line up with the list above",
            "each item begins with '- ', exactly below the one before"},
    Wording{"illegal map value", "a ':' cannot stand here",
            "check the indentation, and put quotes around a text that holds ': '"},
    Wording{"illegal map key", "a key cannot stand here", "check the indentation"},
    Wording{"illegal block entry", "a list item cannot stand here",
            "begin the list on a line of its own"},
    Wording{"illegal flow end", "this bracket closes nothing that is open", ""},
    Wording{"unknown escape character", "there is no such escape in a text with double quotes",
            "write a backslash twice, or use single quotes"},
    Wording{"illegal tab", "a tab cannot indent", "indent with spaces"},
    Wording{"illegal document indicator", "a document cannot begin or end inside of a text", ""}};

Diagnostic explain_by_wording(const ParserError& error, Places& places) {
  const SourceSpan span = places.span(error.offset, word_at(places.text(), error.offset).size());
  for (const Wording& wording : kWordings) {
    if (!error.message.starts_with(wording.parser)) continue;
    std::string help(wording.help);
    if (wording.parser == "illegal map value") {
      if (auto better = help_for_colon(places, error.offset); !better.empty()) help = better;
    }
    return {span, std::string(wording.message), std::move(help), {}};
  }
  if (error.message == "unknown token" && error.offset < places.text().size()) {
    return {
        span,
        fmt::format("a text cannot begin with {}", quote(places.text().substr(error.offset, 1))),
        "put quotes around it",
        {}};
  }
  return {span, "not valid YAML: " + error.message, {}, {}};
}

}  // namespace

std::optional<Diagnostic> find_trap(Places& places, std::size_t deepest) {
  const std::string_view text = places.text();
  std::size_t depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool at_line_start = at == 0 || text[at - 1] == '\n';
    if (at_line_start && depth == 0) {
      if (const auto tab = tab_in_indentation(text, at)) {
        return Diagnostic{places.span(*tab), "a tab cannot indent", "indent with spaces", {}};
      }
    }
    if (is_open(text[at]) && ++depth > deepest) {
      return Diagnostic{
          places.span(at), fmt::format("nested more than {} levels deep", deepest), {}, {}};
    }
    if (is_close(text[at]) && depth > 0) --depth;
  }
  return std::nullopt;
}

std::size_t end_of_quoted(std::string_view text, std::size_t open) {
  const char quote = text[open];
  for (std::size_t at = open + 1; at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text[at] == quote) {
      const bool doubled = quote == '\'' && at + 1 < text.size() && text[at + 1] == quote;
      if (!doubled) return at + 1;
      ++at;
    }
  }
  return std::string_view::npos;
}

std::optional<std::size_t> find_open_bracket(std::string_view text, std::size_t from) {
  std::vector<std::size_t> open;
  walk_bare(text, from, [&](std::size_t at) {
    if (is_open(text[at])) open.push_back(at);
    if (is_close(text[at]) && !open.empty()) open.pop_back();
  });
  if (open.empty()) return std::nullopt;
  return open.back();
}

std::string help_for_indicator(std::string_view text, std::size_t offset) {
  const std::string_view word = word_at(text, offset);
  if (word != "*" && !word.starts_with("*:")) return {};
  return fmt::format("put quotes around it: \"{}\"", word);
}

Diagnostic explain(const ParserError& error, Places& places) {
  if (auto diagnostic = explain_parameter(places, error.offset)) return *diagnostic;
  if (auto diagnostic = explain_indicator(error, places)) return *diagnostic;
  if (auto diagnostic = explain_ipv6(places, error.offset)) return *diagnostic;
  if (auto diagnostic = explain_bracketed(places, error.offset)) return *diagnostic;
  if (error.message == "end of map flow not found") {
    return explain_open_bracket(error, places, '}');
  }
  if (error.message == "end of sequence flow not found") {
    return explain_open_bracket(error, places, ']');
  }
  const bool at_end = error.offset >= places.text().size();
  if (error.message == "illegal EOF in scalar" ||
      (at_end && error.message.starts_with("unknown escape"))) {
    const std::size_t quote = find_unclosed_quote(places.text(), error.read_until);
    return {places.span(quote), "this quote is never closed", {}, {}};
  }
  return explain_by_wording(error, places);
}

}  // namespace demuxsim::loading
