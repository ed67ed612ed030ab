#include "packetdrill/flow.hpp"

#include <algorithm>

namespace demuxsim::packetdrill {
namespace {

std::uint8_t with(std::uint8_t options, Segment::Option option) {
  return static_cast<std::uint8_t>(options | option);
}

}  // namespace

Segment Flow::injected(const SegmentPattern& pattern) {
  Segment segment;
  segment.source = remote_.address;
  segment.source_port = remote_.port;
  segment.destination = local_.address;
  segment.destination_port = local_.port;
  segment.flags = pattern.flags;
  segment.seq = {pattern.seq.value_or(0)};
  segment.payload_bytes = static_cast<std::uint16_t>(pattern.payload_bytes.value_or(0));
  segment.window = pattern.window.value_or(0);
  if (segment.has(flag::kAck)) segment.ack = {to_wire(pattern.ack.value_or(0))};
  const OptionsPattern& options = pattern.options;
  segment.mss = options.mss.value_or(0);
  segment.window_shift = options.window_scale.value_or(0);
  if (options.window_scale) segment.options = with(segment.options, Segment::kWindowScale);
  if (options.sack_permitted) segment.options = with(segment.options, Segment::kSackPermitted);
  if (options.timestamp) {
    segment.options = with(segment.options, Segment::kTimestamps);
    segment.ts_value = options.timestamp->value.value_or(0);
    segment.ts_echo = options.timestamp->echo.value_or(0);
    if (segment.ts_echo != 0) segment.ts_echo += clock_offset_;
  }
  for (const auto& [first, last] : options.sack) {
    segment.sack[segment.sack_count++] = {{to_wire(first)}, {to_wire(last)}};
  }
  if (segment.has(flag::kSyn)) peer_iss_ = segment.seq;
  segment.stream = Stream::of(remote_, local_, peer_iss_);
  return segment;
}

Segment Flow::injected(IcmpError error, std::uint32_t next_mtu, const SegmentPattern& about) const {
  Segment quoted;
  quoted.source = local_.address;
  quoted.source_port = local_.port;
  quoted.destination = remote_.address;
  quoted.destination_port = remote_.port;
  quoted.flags = about.flags;
  quoted.seq = {to_wire(about.seq.value_or(0))};
  Segment made = icmp_error(error, remote_.address, quoted);
  if (error == IcmpError::packet_too_big) {
    made.mss = static_cast<std::uint16_t>(std::min<std::uint32_t>(next_mtu, 65535));
  }
  return made;
}

SegmentPattern Flow::written(const Segment& sent) const {
  SegmentPattern pattern;
  pattern.flags = sent.flags;
  // A reset from where no connection is begins at 0, whatever was sent before.
  const bool is_stray = sent.has(flag::kRst) && sent.seq == SequenceNumber{};
  pattern.seq = is_stray ? 0 : to_script(sent.seq);
  pattern.payload_bytes = sent.payload_bytes;
  if (sent.has(flag::kAck)) pattern.ack = sent.ack.value;
  pattern.window = sent.window;
  OptionsPattern& options = pattern.options;
  if (sent.mss != 0) options.mss = sent.mss;
  if (sent.has_option(Segment::kWindowScale)) options.window_scale = sent.window_shift;
  options.sack_permitted = sent.has_option(Segment::kSackPermitted);
  if (sent.has_option(Segment::kTimestamps)) {
    options.timestamp = TimestampOption{sent.ts_value - clock_offset_, sent.ts_echo};
  }
  for (std::size_t i = 0; i < sent.sack_count; ++i) {
    options.sack.emplace_back(sent.sack[i].begin.value, sent.sack[i].end.value);
  }
  return pattern;
}

void Flow::note_sent(const Segment& sent) {
  if (sent.has(flag::kSyn)) offset_ = sent.seq.value;
}

void Flow::note_expected(const SegmentPattern& expected, const Segment& sent) {
  if (expected.seq && sent.has(flag::kSyn) && (expected.flags & flag::kSyn) != 0) {
    offset_ = sent.seq.value - *expected.seq;
  }
  const std::optional<TimestampOption>& timestamp = expected.options.timestamp;
  if (!has_clock_ && timestamp && timestamp->value && sent.has_option(Segment::kTimestamps)) {
    has_clock_ = true;
    clock_offset_ = sent.ts_value - *timestamp->value;
  }
}

}  // namespace demuxsim::packetdrill
