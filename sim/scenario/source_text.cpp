#include "scenario/source_text.hpp"

#include <fmt/core.h>

namespace demuxsim::loading {
namespace {

/// How many bytes the character has that starts with this one; 0 if none does.
std::uint8_t length_by_lead(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

bool is_scalar_value(char32_t code, std::uint8_t bytes) {
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return code >= kSmallest[bytes] && code <= 0x10ffff && !surrogate;
}

bool is_allowed(char32_t code) {
  if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
  return code != 0x7f;
}

bool is_utf16(std::string_view text) {
  return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
}

std::string describe(const Character& character, unsigned char byte) {
  if (!character.valid) return fmt::format("byte 0x{:02x} is not UTF-8 text", byte);
  if (character.code == 0) return "a zero byte: this is not a text file";
  if (character.code == '\r') return "a carriage return without a line feed";
  return fmt::format("control character 0x{:02x} is not allowed", byte);
}

}  // namespace

Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::uint8_t bytes = length_by_lead(lead);
  if (bytes == 1) return {lead, 1, true};
  if (bytes == 0 || text.size() < bytes) return {lead, 1, false};
  char32_t code = lead & (0x7fu >> bytes);
  for (std::uint8_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0u) != 0x80) return {lead, 1, false};
    code = code << 6 | (next & 0x3fu);
  }
  if (!is_scalar_value(code, bytes)) return {lead, 1, false};
  return {code, bytes, true};
}

std::uint32_t count_characters(std::string_view text) {
  std::uint32_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(first_character(text).bytes);
  return count;
}

std::string_view without_mark(std::string_view text) {
  return text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
}

std::string_view line_of(std::string_view text, std::uint32_t line) {
  text = without_mark(text);
  for (std::uint32_t i = 1; i < line; ++i) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::optional<Diagnostic> find_noise(std::string_view text) {
  text = without_mark(text);
  if (is_utf16(text)) {
    return Diagnostic{{}, "this is UTF-16 text", "save the file as UTF-8", {}};
  }
  SourceSpan span{1, 1, 1};
  for (std::size_t at = 0; at < text.size();) {
    const Character character = first_character(text.substr(at));
    const bool lone_return =
        character.code == '\r' && (at + 1 == text.size() || text[at + 1] != '\n');
    if (!character.valid || !is_allowed(character.code) || lone_return) {
      return Diagnostic{span, describe(character, static_cast<unsigned char>(text[at])), {}, {}};
    }
    at += character.bytes;
    if (character.code == '\n') {
      span = {span.line + 1, 1, 1};
    } else {
      ++span.column;
    }
  }
  return std::nullopt;
}

}  // namespace demuxsim::loading
