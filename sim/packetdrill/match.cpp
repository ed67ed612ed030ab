#include "packetdrill/match.hpp"

#include <chrono>
#include <cstdlib>
#include <string_view>

#include <fmt/core.h>

#include "packetdrill/segment_text.hpp"

namespace demuxsim::packetdrill {
namespace {

std::string unequal(std::string_view field, std::string_view expected, std::string_view actual) {
  return fmt::format("{}: expected {}, actual {}", field, expected, actual);
}

/// Nothing expected: not compared.
template <class Number>
std::string number_difference(std::string_view field, const std::optional<Number>& expected,
                              const std::optional<Number>& actual) {
  if (!expected || expected == actual) return {};
  return unequal(field, fmt::format("{}", *expected), actual ? fmt::format("{}", *actual) : "none");
}

bool is_near(const std::optional<std::uint32_t>& expected,
             const std::optional<std::uint32_t>& actual, std::int64_t most) {
  if (!expected || !actual) return true;
  const std::int64_t apart = static_cast<std::int32_t>(*expected - *actual);
  return std::abs(apart) <= most;
}

bool are_alike(const std::optional<TimestampOption>& expected,
               const std::optional<TimestampOption>& actual, Duration tolerance) {
  if (!expected || !actual) return expected.has_value() == actual.has_value();
  const auto most = std::chrono::duration_cast<std::chrono::milliseconds>(tolerance).count();
  return is_near(expected->value, actual->value, most) && is_near(expected->echo, actual->echo, 0);
}

bool are_alike(const OptionsPattern& expected, const OptionsPattern& actual, Duration tolerance) {
  return expected.any ||
         (expected.mss == actual.mss && expected.window_scale == actual.window_scale &&
          expected.sack_permitted == actual.sack_permitted && expected.sack == actual.sack &&
          are_alike(expected.timestamp, actual.timestamp, tolerance));
}

std::string shown(const OptionsPattern& options) {
  std::string text = options_text(options);
  return text.empty() ? "none" : text;
}

}  // namespace

std::string difference(const SegmentPattern& expected, const SegmentPattern& actual,
                       Duration tolerance) {
  if (expected.flags != actual.flags) {
    return unequal("flags", flags_text(expected.flags), flags_text(actual.flags));
  }
  for (std::string found :
       {number_difference("seq", expected.seq, actual.seq),
        number_difference("length", expected.payload_bytes, actual.payload_bytes),
        number_difference("ack", expected.ack, actual.ack),
        number_difference("win", expected.window, actual.window)}) {
    if (!found.empty()) return found;
  }
  if (are_alike(expected.options, actual.options, tolerance)) return {};
  return unequal("options", shown(expected.options), shown(actual.options));
}

}  // namespace demuxsim::packetdrill
