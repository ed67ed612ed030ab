#include "demuxsim/core/text.hpp"

#include <iterator>

// clang does not find in the library what the lighter fmt/core.h only declares (fmt 9).
#include <fmt/format.h>

namespace demuxsim {

void append_formatted(std::string& out, fmt::string_view format, fmt::format_args arguments) {
  fmt::vformat_to(std::back_inserter(out), format, arguments);
}

std::string comma_separated(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

}  // namespace demuxsim
