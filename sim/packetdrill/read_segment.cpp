// Segments and what ICMP says of them.
#include <array>
#include <limits>

#include <fmt/core.h>

#include "demuxsim/net/segment.hpp"
#include "packetdrill/grammar.hpp"
#include "packetdrill/segment_text.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::packetdrill {
namespace {

/// What an IPv4 datagram has room for behind its header and TCP's.
constexpr std::uint32_t kMostPayload = 65535 - 40;

template <class Number>
std::optional<Number> read_number(Reader& reader) {
  const auto number = reader.number(0, std::numeric_limits<Number>::max());
  if (!number) return std::nullopt;
  return static_cast<Number>(*number);
}

/// A number or the wild-card.
template <class Number>
std::optional<Number> read_any_number(Reader& reader) {
  if (reader.take("...")) return std::nullopt;
  return read_number<Number>(reader);
}

std::uint8_t read_flags(Reader& reader) {
  if (reader.take("-")) return 0;
  std::string letters;
  for (const FlagLetter& each : kFlagLetters) letters += each.letter;
  const std::size_t begin = reader.offset();
  std::uint8_t flags = 0;
  const std::string_view written = reader.take_of(letters);
  for (const char letter : written) {
    for (const FlagLetter& each : kFlagLetters) {
      if (each.letter == letter) flags = static_cast<std::uint8_t>(flags | each.flag);
    }
  }
  if (written.empty()) {
    reader.complain(begin, "the flags are missing here",
                    "any of S F R P U E W and . for ACK, or - for none");
  }
  return flags;
}

/// `17:20(3)`, `...` or `...(3)`.
void read_range(Reader& reader, SegmentPattern& pattern) {
  reader.at_end();
  const std::size_t begin = reader.offset();
  std::optional<std::uint32_t> end;
  if (!reader.take("...")) {
    pattern.seq = read_number<std::uint32_t>(reader);
    reader.expect(":");
    end = read_number<std::uint32_t>(reader);
    reader.expect("(");
  } else if (!reader.take("(")) {
    return;
  }
  if (reader.take("...")) {
    reader.expect(")");
    return;
  }
  const auto bytes = reader.number(0, kMostPayload);
  reader.expect(")");
  if (reader.has_failed()) return;
  pattern.payload_bytes = static_cast<std::uint32_t>(*bytes);
  if (end && *pattern.seq + *pattern.payload_bytes != *end) {
    reader.complain(begin, fmt::format("from {} to {} there are not {} bytes", *pattern.seq, *end,
                                       *pattern.payload_bytes));
  }
}

void read_sack(Reader& reader, OptionsPattern& options) {
  constexpr std::size_t kMostBlocks = 4;
  do {
    const std::size_t begin = reader.offset();
    const auto first = read_number<std::uint32_t>(reader);
    reader.expect(":");
    const auto last = read_number<std::uint32_t>(reader);
    if (reader.has_failed()) return;
    if (options.sack.size() == kMostBlocks) reader.complain(begin, "more than four SACK blocks");
    options.sack.emplace_back(*first, *last);
  } while (!reader.has_failed() && reader.peek() >= '0' && reader.peek() <= '9');
}

void read_timestamp(Reader& reader, OptionsPattern& options) {
  TimestampOption timestamp;
  reader.expect("val");
  if (!reader.has_failed()) timestamp.value = read_any_number<std::uint32_t>(reader);
  reader.expect("ecr");
  if (!reader.has_failed()) timestamp.echo = read_any_number<std::uint32_t>(reader);
  options.timestamp = timestamp;
}

void read_option(Reader& reader, OptionsPattern& options) {
  constexpr std::array<std::string_view, 7> kNames{"mss",  "nop", "wscale", "sackOK",
                                                   "sack", "TS",  "eol"};
  reader.at_end();
  const std::size_t begin = reader.offset();
  const std::string_view name = reader.take_word();
  if (name == "mss") {
    options.mss = read_number<std::uint16_t>(reader);
  } else if (name == "wscale") {
    options.window_scale = read_number<std::uint8_t>(reader);
  } else if (name == "sackOK") {
    options.sack_permitted = true;
  } else if (name == "sack") {
    read_sack(reader, options);
  } else if (name == "TS") {
    read_timestamp(reader, options);
  } else if (name != "nop" && name != "eol") {
    reader.complain(begin, fmt::format("the TCP option {} is not known", loading::quote(name)),
                    fmt::format("known are {}", loading::alternatives(kNames)));
  }
}

/// Behind `<`.
OptionsPattern read_options(Reader& reader) {
  OptionsPattern options;
  if (reader.take("...")) {
    options.any = true;
  } else if (reader.peek() != '>') {
    do {
      read_option(reader, options);
    } while (!reader.has_failed() && reader.take(","));
  }
  reader.expect(">");
  return options;
}

}  // namespace

SegmentPattern read_segment(Reader& reader) {
  SegmentPattern pattern;
  pattern.flags = read_flags(reader);
  if (!reader.has_failed()) read_range(reader, pattern);
  if (reader.take("ack")) pattern.ack = read_any_number<std::uint32_t>(reader);
  if (reader.take("win")) pattern.window = read_any_number<std::uint16_t>(reader);
  if (reader.take("urg")) read_number<std::uint16_t>(reader);
  if (!reader.has_failed() && reader.take("<")) pattern.options = read_options(reader);
  return pattern;
}

IcmpEvent read_icmp(Reader& reader) {
  IcmpEvent event;
  reader.at_end();
  const std::size_t begin = reader.offset();
  event.type = reader.take_word();
  if (event.type.empty()) reader.complain(begin, "the type of the ICMP message is missing here");
  if (const std::string_view code = reader.take_word(); code != "mtu") {
    event.code = code;
    if (reader.take("mtu")) event.mtu = read_number<std::uint32_t>(reader);
  } else {
    event.mtu = read_number<std::uint32_t>(reader);
  }
  if (reader.has_failed() || !reader.take("[")) return event;
  SegmentPattern about;
  const bool has_flags = reader.peek() < '0' || reader.peek() > '9';
  if (has_flags) {
    about = read_segment(reader);
  } else {
    read_range(reader, about);
  }
  reader.expect("]");
  event.about = about;
  return event;
}

}  // namespace demuxsim::packetdrill
