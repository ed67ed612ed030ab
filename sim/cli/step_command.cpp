#include "cli/step_command.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "scenario/decode_port.hpp"
#include "scenario/diagnostic_text.hpp"
#include "scenario/value_units.hpp"

namespace demuxsim::cli {
namespace {

struct VerbInfo {
  StepVerb verb;
  std::string_view name;
  char letter;
  std::string_view operand;
  std::string_view help;
};

constexpr std::array kVerbs{
    VerbInfo{StepVerb::next, "next", 'n', "[N]", "go to the next event, or N further"},
    VerbInfo{StepVerb::back, "back", 'b', "[N]", "go back; 'back until ...' searches backwards"},
    VerbInfo{StepVerb::to, "to", 't', "TIME", "go to the last event at or before a time: to 40ms"},
    VerbInfo{StepVerb::until, "until", 'u', "CONDITION", "go on to the next event of a kind:"},
    VerbInfo{StepVerb::first, "first", 'f', "", "go to the first event"},
    VerbInfo{StepVerb::last, "last", 'z', "", "go to the last event"},
    VerbInfo{StepVerb::event, "event", 'e', "N", "go to event N"},
    VerbInfo{StepVerb::sockets, "sockets", 's', "[HOST]",
             "the sockets now; what changed is marked"},
    VerbInfo{StepVerb::ports, "ports", 'p', "[HOST]", "who holds which port, and since when"},
    VerbInfo{StepVerb::why, "why", 'w', "", "how the receiver of this segment was found"},
    VerbInfo{StepVerb::ladder, "ladder", 'd', "[N]", "draw the N steps around this event"},
    VerbInfo{StepVerb::list, "list", 'l', "[N]", "the N events around this one, a line each"},
    VerbInfo{StepVerb::expect, "expect", 'x', "", "the verdict on each expectation"},
    VerbInfo{StepVerb::help, "help", 'h', "", "this list"},
    VerbInfo{StepVerb::quit, "quit", 'q', "", "end"},
};

constexpr std::string_view kConditions =
    "  host NAME          something happens at this host\n"
    "  process HOST/NAME  this process is concerned\n"
    "  socket NAME        this socket of the scenario is concerned\n"
    "  state STATE        an end comes into this state: TIME-WAIT\n"
    "  port PORT          a segment from or to a port (80, http), or it changes hands\n"
    "  segment N          segment N is sent, arrives or gets lost\n"
    "  flags LIST         a segment with these flags: RST or SYN,ACK\n"
    "  demux RULE         a look-up that ends so: miss, hit, listener-any ...\n"
    "  drop [REASON]      a segment gets lost or is dropped: loss, backlog-full ...\n"
    "  call [NAME]        a process calls: connect, send, close ...\n";

using Kind = StepCondition::Kind;

struct ConditionInfo {
  Kind kind;
  std::string_view name;
};

constexpr std::array kConditionNames{
    ConditionInfo{Kind::host, "host"},     ConditionInfo{Kind::process, "process"},
    ConditionInfo{Kind::socket, "socket"}, ConditionInfo{Kind::state, "state"},
    ConditionInfo{Kind::port, "port"},     ConditionInfo{Kind::segment, "segment"},
    ConditionInfo{Kind::flags, "flags"},   ConditionInfo{Kind::demux, "demux"},
    ConditionInfo{Kind::drop, "drop"},     ConditionInfo{Kind::call, "call"}};

using Words = std::vector<std::string_view>;

Words words_of(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  Words words;
  for (;;) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
    if (line.empty()) return words;
    words.push_back(line.substr(0, line.find_first_of(kBlank)));
    line.remove_prefix(words.back().size());
  }
}

std::string upper(std::string_view word) {
  std::string text(word);
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

/// `'xyz' is no WHAT`, with what was perhaps meant or, where these are few, all there are.
UsageError unknown(std::string_view word, std::string_view what, const Words& candidates) {
  std::string help = loading::did_you_mean(word, candidates);
  if (help.empty()) help = fmt::format("one of {}", comma_separated(candidates));
  return {fmt::format("{} is no {}", loading::quote(word), what), std::move(help)};
}

Result<std::uint64_t, UsageError> number(std::string_view word) {
  const auto parsed = loading::parse_whole(word);
  if (!parsed) return failure(UsageError{parsed.error().message, parsed.error().help});
  return *parsed;
}

/// The enumerator up to `last` that has this name.
template <class Enum>
Result<Enum, UsageError> named(std::string_view word, std::string_view what, Enum first,
                               Enum last) {
  Words names;
  for (auto i = static_cast<unsigned>(first); i <= static_cast<unsigned>(last); ++i) {
    const auto value = static_cast<Enum>(i);
    if (name_of(value) == word) return value;
    names.push_back(name_of(value));
  }
  return failure(unknown(word, what, names));
}

Result<std::uint8_t, UsageError> flags(std::string_view list) {
  constexpr std::array<std::string_view, 6> kNames{"FIN", "SYN", "RST", "PSH", "ACK", "URG"};
  std::uint8_t bits = 0;
  while (!list.empty()) {
    const std::string_view word = list.substr(0, list.find(','));
    list.remove_prefix(std::min(word.size() + 1, list.size()));
    const auto found = std::find(kNames.begin(), kNames.end(), upper(word));
    if (found == kNames.end()) {
      return failure(unknown(word, "flag", {kNames.begin(), kNames.end()}));
    }
    bits = static_cast<std::uint8_t>(bits | 1u << (found - kNames.begin()));
  }
  return bits;
}

using Failure = std::optional<UsageError>;

/// Puts a value into its place, or gives what is wrong with it.
template <class Value, class Place>
Failure put(const Result<Value, UsageError>& value, Place& place) {
  if (!value) return value.error();
  place = *value;
  return std::nullopt;
}

Failure read_state(std::string_view word, StepCondition& condition) {
  const auto state = tcp_state_from(upper(word));
  if (!state) {
    return unknown(upper(word), "state", {kTcpStateNames.begin(), kTcpStateNames.end()});
  }
  condition.state = *state;
  return std::nullopt;
}

Failure read_port(std::string_view word, StepCondition& condition) {
  const auto port = loading::parse_port(word);
  if (!port) return UsageError{port.error().message, port.error().help};
  condition.port = *port;
  return std::nullopt;
}

Failure read_rule(std::string_view word, StepCondition& condition) {
  if (word == "hit") return std::nullopt;
  if (word == "miss") word = name_of(LookupRule::no_match);
  return put(named(word, "rule of the look-up", LookupRule::exact_4_tuple, LookupRule::no_match),
             condition.rule);
}

Failure read_value(std::string_view word, StepCondition& condition) {
  switch (condition.kind) {
    case Kind::host:
    case Kind::process:
    case Kind::socket:
      condition.name = word;
      return std::nullopt;
    case Kind::state:
      return read_state(word, condition);
    case Kind::port:
      return read_port(word, condition);
    case Kind::segment:
      return put(number(word), condition.segment);
    case Kind::flags:
      return put(flags(word), condition.flags);
    case Kind::demux:
      return read_rule(word, condition);
    case Kind::drop:
      return put(named(word, "reason", DropReason::loss, DropReason::unacceptable),
                 condition.reason);
    case Kind::call:
      return put(named(word, "call", SocketCall::bind, SocketCall::inject), condition.call);
  }
  return std::nullopt;
}

Result<StepCondition, UsageError> condition_of(const Words& words) {
  Words names;
  for (const ConditionInfo& each : kConditionNames) names.push_back(each.name);
  if (words.empty()) {
    return failure(
        UsageError{"until needs a condition", fmt::format("one of {}", comma_separated(names))});
  }
  const auto* const info =
      std::find_if(kConditionNames.begin(), kConditionNames.end(),
                   [&](const ConditionInfo& each) { return each.name == words.front(); });
  if (info == kConditionNames.end()) return failure(unknown(words.front(), "condition", names));
  StepCondition condition;
  condition.kind = info->kind;
  const bool may_stand_alone =
      info->kind == Kind::demux || info->kind == Kind::drop || info->kind == Kind::call;
  condition.any = words.size() == 1 && may_stand_alone;
  if (condition.any) return condition;
  if (words.size() != 2) {
    return failure(
        UsageError{fmt::format("{} takes one word, not {}", info->name, words.size() - 1),
                   "'help' lists the conditions"});
  }
  if (const Failure wrong = read_value(words[1], condition)) return failure(*wrong);
  return condition;
}

Result<const VerbInfo*, UsageError> verb_named(std::string_view word) {
  Words names;
  Words matching;
  const VerbInfo* found = nullptr;
  if (word == "?") word = "help";
  for (const VerbInfo& each : kVerbs) {
    const bool is_letter = word.size() == 1 && word.front() == each.letter;
    if (each.name == word || is_letter) return &each;
    names.push_back(each.name);
    if (word.size() < 2 || !each.name.starts_with(word)) continue;
    matching.push_back(each.name);
    found = &each;
  }
  if (matching.size() == 1) return found;
  if (matching.size() > 1) {
    return failure(UsageError{
        fmt::format("{} may be {}", loading::quote(word), loading::alternatives(matching)), {}});
  }
  std::string help = loading::did_you_mean(word, names);
  if (help.empty()) help = "'help' lists the commands";
  return failure(
      UsageError{fmt::format("there is no command {}", loading::quote(word)), std::move(help)});
}

Failure read_operands(const VerbInfo& info, const Words& operands, StepCommand& command) {
  const bool is_optional = info.operand.starts_with('[');
  if (operands.empty() && (is_optional || info.operand.empty())) return std::nullopt;
  if (operands.empty()) return UsageError{fmt::format("{} needs {}", info.name, info.operand), {}};
  if (operands.size() > 1 || info.operand.empty()) {
    return UsageError{fmt::format("{} takes {}, not {}", info.name,
                                  info.operand.empty() ? "nothing more" : "one word",
                                  loading::quote(operands[info.operand.empty() ? 0 : 1])),
                      {}};
  }
  if (info.verb == StepVerb::to) {
    const auto time = loading::parse_time(operands.front());
    if (!time) return UsageError{time.error().message, time.error().help};
    command.time = *time;
    return std::nullopt;
  }
  if (info.operand == "[HOST]") {
    command.host = operands.front();
    return std::nullopt;
  }
  return put(number(operands.front()), command.count);
}

}  // namespace

Result<StepCommand, UsageError> parse_step(std::string_view line) {
  // A terminal sends a sequence that begins so for an arrow and its like.
  if (line.find('\x1b') != line.npos) {
    return failure(UsageError{"arrow keys mean nothing here",
                              "for a history of lines: rlwrap demuxsim step FILE"});
  }
  const Words words = words_of(line);
  StepCommand command;
  if (words.empty()) return command;
  const auto info = verb_named(words.front());
  if (!info) return failure(info.error());
  command.verb = (*info)->verb;
  Words operands(words.begin() + 1, words.end());
  const bool searches_back = command.verb == StepVerb::back && !operands.empty() &&
                             (operands.front() == "until" || operands.front() == "u");
  if (searches_back) {
    operands.erase(operands.begin());
    command.verb = StepVerb::until;
    command.backwards = true;
  }
  if (command.verb == StepVerb::until) {
    const auto condition = condition_of(operands);
    if (!condition) return failure(condition.error());
    command.condition = *condition;
    return command;
  }
  if (const Failure wrong = read_operands(**info, operands, command)) return failure(*wrong);
  return command;
}

std::string step_help() {
  std::string text;
  for (const VerbInfo& each : kVerbs) {
    append_format(text, "{}, {:<18}{}\n", each.letter,
                  fmt::format("{} {}", each.name, each.operand), each.help);
    if (each.verb == StepVerb::until) text += kConditions;
  }
  text +=
      "An empty line repeats the last movement.\n"
      "An event is a segment that is sent, one that arrives, or a call, with all that it "
      "changes.\n";
  return text;
}

}  // namespace demuxsim::cli
