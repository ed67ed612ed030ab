// The pieces that text reports are made of, each in the shape that users of tcpdump, strace and ss
// know. All append to a string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "demuxsim/core/time.hpp"
#include "demuxsim/net/segment.hpp"
#include "demuxsim/trace/directory.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim {

/// ANSI colours of a terminal.
enum class Colour : std::uint8_t { none, red, green, yellow, blue, magenta, cyan, bold };

/// Appends text, in colour where colours are wanted.
class Painter {
 public:
  explicit Painter(bool wanted) : wanted_(wanted) {}
  void start(std::string& out, Colour colour) const;
  void stop(std::string& out, Colour colour) const;
  void paint(std::string& out, Colour colour, std::string_view text) const {
    start(out, colour);
    out += text;
    stop(out, colour);
  }

 private:
  bool wanted_;
};

/// `0.010003`: seconds since the start, cut off after the microseconds.
void append_time(std::string& out, SimTime at);
/// `[S.]`, as tcpdump shows flags; `[none]` without any.
void append_flags(std::string& out, std::uint8_t flags);
/// The same; of an ICMP error `[icmp host-unreachable]`.
void append_flags(std::string& out, const Segment& segment);
/// `10.0.0.11:49152 > 10.0.0.1:80  Flags [P.], seq 1:201, ack 1, win 65535, length 200`, with the
/// numbers as they stand in the segment. Verbose adds the options and, in parentheses, what IP and
/// this program carry beside it. An ICMP error is `10.0.0.9 > 10.0.0.1: ICMP host 10.0.0.2
/// unreachable, quotes 10.0.0.1:49152 > 10.0.0.2:80 seq 1, length 36`.
void append_segment(std::string& out, const Segment& segment, bool verbose);
/// `nginx (pid 101, fd 3)`; without the descriptor where there is none. Precondition: the record
/// has a process.
void append_owner(std::string& out, const TraceRecord& record, const Directory& directory);
/// `connect(10.0.0.1:80)`.
void append_call(std::string& out, const TraceRecord& record);
/// A name as it is safe to show on a terminal: control characters, those that turn the direction of
/// writing, and bytes that are not UTF-8, become `?`.
void append_name(std::string& out, std::string_view name);
/// Whether it starts with a character that turns the direction of what follows (Unicode's
/// Bidi_Control property), so that a name could disguise its neighbours.
bool turns_text(std::string_view text);

}  // namespace demuxsim
