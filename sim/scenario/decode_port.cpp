#include "scenario/decode_port.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "demuxsim/ports/services.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::loading {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Parsed<Port> parse_port(std::string_view text) {
  if (!is_number(text)) {
    if (const auto port = port_of(text)) return *port;
    if (text.empty()) return failure(TextError{"a port is missing", {}});
    const bool negative = text.starts_with('-') && is_number(text.substr(1));
    if (negative)
      return failure(TextError{fmt::format("port {} is out of range 0..65535", text), {}});
    return failure(
        TextError{fmt::format("{} is neither a port number nor a known service name", quote(text)),
                  did_you_mean(text, similar_services(text))});
  }
  const bool leading_zero = text.size() > 1 && text[0] == '0';
  const auto number = parse_whole(text);
  if (leading_zero && !number) return failure(number.error());
  if (!number || *number > 65535) {
    return failure(
        TextError{fmt::format("port {} is out of range 0..65535", text.substr(0, 40)), {}});
  }
  return Port{static_cast<std::uint16_t>(*number)};
}

}  // namespace demuxsim::loading
