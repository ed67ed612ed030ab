#include "demuxsim/report/line_text.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/utf8.hpp"

namespace demuxsim {
namespace {

constexpr std::string_view code_of(Colour colour) {
  switch (colour) {
    case Colour::none:
      return "";
    case Colour::red:
      return "\x1b[31m";
    case Colour::green:
      return "\x1b[32m";
    case Colour::yellow:
      return "\x1b[33m";
    case Colour::blue:
      return "\x1b[34m";
    case Colour::magenta:
      return "\x1b[35m";
    case Colour::cyan:
      return "\x1b[36m";
    case Colour::bold:
      return "\x1b[1m";
  }
  return "";
}

/// tcpdump shows a sequence number where it tells something: with data, SYN, FIN or RST.
void append_sequence(std::string& out, const Segment& segment) {
  if (segment.payload_bytes == 0 && !segment.has(flag::kSyn | flag::kFin | flag::kRst)) return;
  out += ", seq ";
  append_number(out, segment.seq.value);
  if (segment.payload_bytes == 0) return;
  out += ':';
  append_number(out, (segment.seq + segment.payload_bytes).value);
}

/// As tcpdump says it.
void append_error(std::string& out, const Segment& error) {
  const std::string there = to_string(error.quoted_destination());
  switch (error.icmp) {
    case IcmpError::none:
      return;
    case IcmpError::net_unreachable:
      return append_format(out, "net {} unreachable", there);
    case IcmpError::host_unreachable:
      return append_format(out, "host {} unreachable", there);
    case IcmpError::protocol_unreachable:
      return append_format(out, "{} protocol 6 unreachable", there);
    case IcmpError::port_unreachable:
      return append_format(out, "{} tcp port {} unreachable", there, error.source_port.value);
    case IcmpError::packet_too_big:
      return append_format(out, "{} unreachable - need to frag (mtu {})", there, error.mss);
    case IcmpError::source_route_failed:
      return append_format(out, "{} unreachable - source route failed", there);
    case IcmpError::prohibited:
      return append_format(out, "host {} unreachable - admin prohibited", there);
    case IcmpError::time_exceeded:
      out += "time exceeded in-transit";
      return;
    case IcmpError::parameter_problem:
      out += "parameter problem";
      return;
  }
}

void append_icmp(std::string& out, const Segment& error) {
  append(out, error.source);
  out += " > ";
  append(out, error.destination);
  out += ": ICMP ";
  append_error(out, error);
  out += ", quotes ";
  append(out, error.to());
  out += " > ";
  append(out, Endpoint{error.quoted_destination(), error.source_port});
  append_format(out, " seq {}, length {}", error.seq.value,
                error.ip_bytes() - (error.is_ipv4() ? 20 : 40));
}

/// As tcpdump writes them, without the padding.
void append_options(std::string& out, const Segment& segment) {
  std::string list;
  if (segment.mss != 0) append_format(list, ",mss {}", segment.mss);
  if (segment.has_option(Segment::kSackPermitted)) list += ",sackOK";
  if (segment.has_option(Segment::kTimestamps)) {
    append_format(list, ",TS val {} ecr {}", segment.ts_value, segment.ts_echo);
  }
  if (segment.has_option(Segment::kWindowScale)) {
    append_format(list, ",wscale {}", segment.window_shift);
  }
  if (segment.sack_count != 0) append_format(list, ",sack {} ", segment.sack_count);
  for (std::size_t i = 0; i < segment.sack_count; ++i) {
    append_format(list, "{{{}:{}}}", segment.sack[i].begin.value, segment.sack[i].end.value);
  }
  if (!list.empty()) append_format(out, ", options [{}]", std::string_view(list).substr(1));
}

/// What IP and this program carry beside a segment.
void append_beside(std::string& out, const Segment& segment) {
  append_format(out, "  (id {}, {} {}, IP length {}", segment.id,
                segment.is_ipv4() ? "ttl" : "hlim", segment.hop_limit, segment.ip_bytes());
  if (segment.payload_bytes != 0) append_format(out, ", stream {:08x}", segment.stream.value);
  out += ')';
}

void append_tcp(std::string& out, const Segment& segment, bool verbose) {
  append(out, segment.from());
  out += " > ";
  append(out, segment.to());
  out += "  Flags ";
  append_flags(out, segment.flags);
  append_sequence(out, segment);
  if (segment.has(flag::kAck)) {
    out += ", ack ";
    append_number(out, segment.ack.value);
  }
  out += ", win ";
  append_number(out, segment.window);
  if (verbose) append_options(out, segment);
  out += ", length ";
  append_number(out, segment.payload_bytes);
}

}  // namespace

void Painter::start(std::string& out, Colour colour) const {
  if (wanted_) out += code_of(colour);
}

void Painter::stop(std::string& out, Colour colour) const {
  if (wanted_ && colour != Colour::none) out += "\x1b[0m";
}

void append_time(std::string& out, SimTime at) {
  const auto nanoseconds = static_cast<std::uint64_t>(at.time_since_epoch().count());
  append_number(out, nanoseconds / 1'000'000'000);
  // The 1 in front keeps the zeros; the point takes its place.
  const std::size_t point = out.size();
  append_number(out, 1'000'000 + nanoseconds % 1'000'000'000 / 1000);
  out[point] = '.';
}

void append_flags(std::string& out, std::uint8_t flags) {
  // The order is that of the bits in the header, from the right.
  constexpr std::string_view kLetters = "FSRP.U";
  if ((flags & 63) == 0) {
    out += "[none]";
    return;
  }
  out += '[';
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    if ((flags >> i & 1) != 0) out += kLetters[i];
  }
  out += ']';
}

void append_flags(std::string& out, const Segment& segment) {
  if (segment.icmp == IcmpError::none) return append_flags(out, segment.flags);
  append_format(out, "[icmp {}]", name_of(segment.icmp));
}

void append_segment(std::string& out, const Segment& segment, bool verbose) {
  if (segment.icmp == IcmpError::none) {
    append_tcp(out, segment, verbose);
  } else {
    append_icmp(out, segment);
  }
  if (segment.has_option(Segment::kDamaged)) out += ", bad checksum";
  if (verbose) append_beside(out, segment);
}

void append_owner(std::string& out, const TraceRecord& record, const Directory& directory) {
  append_name(out, directory.process(record.host, record.process));
  out += " (pid ";
  append_number(out, pid_of(record.process));
  if (record.fd != kNoDescriptor) {
    out += ", fd ";
    append_number(out, static_cast<std::uint64_t>(record.fd));
  }
  out += ')';
}

void append_call(std::string& out, const TraceRecord& record) {
  const Segment& segment = record.segment;
  out += name_of(record.call);
  out += '(';
  switch (record.call) {
    case SocketCall::bind:
    case SocketCall::connect:
    case SocketCall::accept:
      append(out, segment.to());
      break;
    case SocketCall::listen:
      append(out, segment.to());
      out += ", ";
      append_number(out, record.amount);
      break;
    case SocketCall::send:
    case SocketCall::receive:
      append_number(out, record.amount);
      out += record.amount == 1 ? " byte" : " bytes";
      break;
    case SocketCall::shutdown:
      out += "write";
      break;
    case SocketCall::inject:
      append(out, segment.from());
      out += " > ";
      append(out, segment.to());
      out += ' ';
      append_flags(out, segment);
      break;
    case SocketCall::close:
    case SocketCall::abort:
    case SocketCall::exit:
    case SocketCall::reboot:
      break;
  }
  out += ')';
}

bool turns_text(std::string_view text) {
  const auto between = [text](std::string_view first, std::string_view last) {
    const std::string_view head = text.substr(0, first.size());
    return head >= first && head <= last;
  };
  return between("\u200e", "\u200f") || between("\u202a", "\u202e") ||
         between("\u2066", "\u2069") || between("\u061c", "\u061c");
}

void append_name(std::string& out, std::string_view name) {
  const bool is_plain =
      std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (is_plain) {
    out += name;
    return;
  }
  while (!name.empty()) {
    const std::size_t length = utf8_length(name);
    const auto first = static_cast<unsigned char>(name[0]);
    const bool is_c1 = length == 2 && first == 0xc2 && static_cast<unsigned char>(name[1]) < 0xa0;
    if (length == 0 || first < 0x20 || first == 0x7f || is_c1 || turns_text(name)) {
      out += '?';
    } else {
      out += name.substr(0, length);
    }
    name.remove_prefix(length == 0 ? 1 : length);
  }
}

}  // namespace demuxsim
