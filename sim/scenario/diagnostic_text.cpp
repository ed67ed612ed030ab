#include "scenario/diagnostic_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <fmt/core.h>

#include "scenario/source_text.hpp"

namespace demuxsim::loading {
namespace {

constexpr std::size_t kLongestWord = 40;

/// C0, C1 and the characters that turn the direction of a line round or are not seen at all.
bool needs_escape(char32_t code) {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  const bool invisible = code >= 0x200b && code <= 0x200f;
  const bool turns = (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f);
  return invisible || turns || code == 0xfeff;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

using Row = std::array<std::uint8_t, kLongestWord + 1>;

/// Insertions, deletions, changes and swaps of neighbours that lead from one word to the other
/// (optimal string alignment). Capitals count as their small letters.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<Row, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = static_cast<std::uint8_t>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    Row& row = rows[i % 3];
    const Row& above = rows[(i + 2) % 3];
    row[0] = static_cast<std::uint8_t>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      unsigned best = std::min({above[j] + 1u, row[j - 1] + 1u, above[j - 1] + (same ? 0u : 1u)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) best = std::min(best, rows[(i + 1) % 3][j - 2] + 1u);
      row[j] = static_cast<std::uint8_t>(best);
    }
  }
  return rows[a.size() % 3][b.size()];
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Character character = first_character(text);
    if (!character.valid) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(character.code));
    } else if (character.code == '\n') {
      out += "\\n";
    } else if (needs_escape(character.code)) {
      const auto code = static_cast<std::uint32_t>(character.code);
      out += code < 0x100 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{{{:x}}}", code);
    } else {
      out += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  return out;
}

std::string quote(std::string_view text) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < kLongestWord && end < text.size(); ++i) {
    end += first_character(text.substr(end)).bytes;
  }
  return fmt::format("'{}{}'", printable(text.substr(0, end)), end < text.size() ? "..." : "");
}

std::string_view closest(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.empty() || word.size() > kLongestWord) return {};
  std::size_t limit = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::string_view best;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kLongestWord) continue;
    // A word of one letter is like any other; only the same letter will do.
    const std::size_t found = distance(word, candidate);
    if (found >= limit || found >= std::max(word.size(), candidate.size())) continue;
    limit = found;
    best = candidate;
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view meant = closest(word, candidates);
  return meant.empty() ? std::string{} : fmt::format("did you mean '{}'?", meant);
}

std::string alternatives(std::span<const std::string_view> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

}  // namespace demuxsim::loading
