#include "packetdrill/segment_text.hpp"

#include "demuxsim/core/text.hpp"

namespace demuxsim::packetdrill {
namespace {

template <class Number>
std::string number_text(const std::optional<Number>& number) {
  return number ? fmt::format("{}", *number) : "...";
}

std::string range_text(const SegmentPattern& pattern) {
  const std::string bytes = number_text(pattern.payload_bytes);
  if (!pattern.seq) return fmt::format("...({})", bytes);
  const std::uint32_t end = *pattern.seq + pattern.payload_bytes.value_or(0);
  return fmt::format("{}:{}({})", *pattern.seq, end, bytes);
}

}  // namespace

std::string flags_text(std::uint8_t flags) {
  std::string text;
  for (const FlagLetter& each : kFlagLetters) {
    if ((flags & each.flag) != 0) text += each.letter;
  }
  return text.empty() ? "-" : text;
}

std::string options_text(const OptionsPattern& options) {
  if (options.any) return "<...>";
  std::string text;
  const auto begin = [&] { text += text.empty() ? '<' : ','; };
  if (options.mss) {
    begin();
    append_format(text, "mss {}", *options.mss);
  }
  if (options.window_scale) {
    begin();
    append_format(text, "nop,wscale {}", unsigned{*options.window_scale});
  }
  if (options.sack_permitted) {
    begin();
    text += "sackOK";
  }
  if (options.timestamp) {
    begin();
    append_format(text, "TS val {} ecr {}", number_text(options.timestamp->value),
                  number_text(options.timestamp->echo));
  }
  if (!options.sack.empty()) {
    begin();
    text += "sack";
    for (const auto& [first, last] : options.sack) append_format(text, " {}:{}", first, last);
  }
  if (!text.empty()) text += '>';
  return text;
}

std::string segment_text(const SegmentPattern& pattern) {
  std::string text = fmt::format("{} {}", flags_text(pattern.flags), range_text(pattern));
  if (pattern.ack) append_format(text, " ack {}", *pattern.ack);
  if (pattern.window) append_format(text, " win {}", *pattern.window);
  const std::string options = options_text(pattern.options);
  if (!options.empty()) text += ' ';
  return text + options;
}

}  // namespace demuxsim::packetdrill
