// Small pieces of text that are put together in many places.
#pragma once

#include <charconv>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace demuxsim {

/// Appends a number in decimal digits; no allocation where the text has room.
inline void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

/// The words with a comma and a space between them.
std::string comma_separated(std::span<const std::string_view> words);

}  // namespace demuxsim
