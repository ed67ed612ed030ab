// Characters of a source: decoding UTF-8, finding lines, and what may not stand in a scenario.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "demuxsim/scenario/diagnostic.hpp"

namespace demuxsim::loading {

/// One character at the start of a text. An invalid byte is a character of its own.
struct Character {
  char32_t code = 0;
  std::uint8_t bytes = 1;
  bool valid = true;
};

/// Precondition: the text is not empty. Overlong forms and surrogates are invalid (RFC 3629).
Character first_character(std::string_view text);

/// How many characters a text has.
std::uint32_t count_characters(std::string_view text);

/// The text behind a byte order mark, which some editors put first.
std::string_view without_mark(std::string_view text);

/// Line `line` (from 1) without its end; empty behind the last one.
std::string_view line_of(std::string_view text, std::uint32_t line);

/// The first byte that makes this something else than a text file, if there is one.
std::optional<Diagnostic> find_noise(std::string_view text);

}  // namespace demuxsim::loading
