// A packetdrill script as plain data: socket calls, segments to inject and to expect, shell lines
// and assertions, each with its time. What they do is the runner's to know.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "demuxsim/core/time.hpp"
#include "demuxsim/scenario/source.hpp"

namespace demuxsim::packetdrill {

/// When an event is to happen. Relative times count from the event before.
struct EventTime {
  enum class Kind : std::uint8_t { absolute, relative, any };
  Kind kind = Kind::relative;
  Duration from{0};
  Duration to{0};               ///< The same as `from`, or the end of a range `0.1~0.2`.
  std::optional<Duration> end;  ///< Of a call that blocks: when it returns, `0.1...0.2`.
};

/// An argument or a result of a call.
struct Expression {
  enum class Kind : std::uint8_t {
    any,        ///< `...`
    number,     ///< `number`.
    word,       ///< `text`: SOCK_STREAM.
    string,     ///< `text`, without its quotes.
    list,       ///< `[...]`: `parts`.
    structure,  ///< `{...}`: `parts`.
    field,      ///< `text = parts[0]`, in a structure.
    call,       ///< `text(parts)`: htons(8080).
    either,     ///< `parts` with `|` between them.
  };
  Kind kind = Kind::any;
  std::int64_t number = 0;
  std::string text;
  std::vector<Expression> parts;
};

struct CallEvent {
  std::string name;
  std::vector<Expression> arguments;
  Expression result;
  std::string error;  ///< The errno's name behind a result of -1, or empty.
};

/// Each of its two values may be the wild-card `...`.
struct TimestampOption {
  std::optional<std::uint32_t> value;
  std::optional<std::uint32_t> echo;
};

/// NOP and EOL are padding here, so they are not kept, nor is the order of the others.
struct OptionsPattern {
  bool any = false;  ///< `<...>`: whatever they are.
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> window_scale;
  bool sack_permitted = false;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> sack;
  std::optional<TimestampOption> timestamp;
};

/// A segment as a script writes it: sequence numbers relative to those of the two SYNs.
struct SegmentPattern {
  std::uint8_t flags = 0;            ///< Of namespace flag, and ECE and CWR.
  std::optional<std::uint32_t> seq;  ///< Nothing for `...`.
  std::optional<std::uint32_t> payload_bytes;
  std::optional<std::uint32_t> ack;
  std::optional<std::uint16_t> window;
  OptionsPattern options;
};

struct SegmentEvent {
  bool outbound = false;  ///< `>`: expected; `<`: injected.
  SegmentPattern pattern;
  std::string ip_note;  ///< What stands in `[...]` before the flags, which IP alone knows.
};

struct IcmpEvent {
  bool outbound = false;
  std::string type;
  std::string code;
  std::optional<std::uint32_t> mtu;
  std::optional<SegmentPattern> about;  ///< The segment that it complains of.
};

struct ShellEvent {
  std::string command;
};

enum class Comparison : std::uint8_t { equal, unequal, less, at_most, more, at_least };

/// `tcpi_state == TCPI_ESTABLISHED`. Each side is a field, a constant or a number.
struct Claim {
  std::string left;
  Comparison comparison = Comparison::equal;
  std::string right;
};

/// The assertions of one `%{ ... }%`, which all have to hold.
struct AssertEvent {
  std::vector<Claim> claims;
  std::vector<std::string> others;  ///< Statements that assert nothing.
};

struct ScriptEvent {
  SourceSpan span;
  EventTime time;
  std::variant<CallEvent, SegmentEvent, IcmpEvent, ShellEvent, AssertEvent> what;
};

/// `--tolerance_usecs=4000`.
struct ScriptOption {
  SourceSpan span;
  std::string name;
  std::string value;
};

struct Script {
  std::string path;
  std::vector<ScriptOption> options;
  std::vector<ScriptEvent> events;
};

}  // namespace demuxsim::packetdrill
