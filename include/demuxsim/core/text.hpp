// Small pieces of text that are put together in many places.
#pragma once

#include <charconv>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <fmt/core.h>

namespace demuxsim {

/// Appends a number in decimal digits; no allocation where the text has room.
inline void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

/// Appends what fmt::format would return.
void append_formatted(std::string& out, fmt::string_view format, fmt::format_args arguments);
template <class... Arguments>
void append_format(std::string& out, fmt::format_string<Arguments...> format,
                   Arguments&&... arguments) {
  append_formatted(out, format, fmt::make_format_args(arguments...));
}

/// The words with a comma and a space between them.
std::string comma_separated(std::span<const std::string_view> words);

}  // namespace demuxsim
