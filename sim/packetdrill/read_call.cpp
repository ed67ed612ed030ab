// Calls and their arguments.
#include <limits>
#include <vector>

#include <fmt/core.h>

#include "packetdrill/call_names.hpp"
#include "packetdrill/grammar.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::packetdrill {
namespace {

/// Lists and structures stand in each other at most so deep.
constexpr int kDeepest = 16;

using Kind = Expression::Kind;

Expression read_value(Reader& reader, int depth);

/// Values up to `end`, with commas between them.
std::vector<Expression> read_parts(Reader& reader, std::string_view end, int depth) {
  std::vector<Expression> parts;
  if (depth > kDeepest) reader.complain(reader.offset(), "this is nested too deeply");
  if (reader.has_failed() || reader.take(end)) return parts;
  do {
    parts.push_back(read_value(reader, depth));
  } while (!reader.has_failed() && reader.take(","));
  reader.expect(end);
  return parts;
}

Expression read_string(Reader& reader) {
  const std::size_t begin = reader.offset() - 1;
  Expression value{Kind::string, 0, std::string(reader.take_until("\"\n")), {}};
  if (reader.peek() != '"') reader.complain(begin, "this string never ends");
  reader.take("\"");
  return value;
}

/// A constant, a call such as htons(8080), or a field of a structure: `events=POLLIN`, where a
/// message's fields tell their length in parentheses.
Expression read_named(Reader& reader, std::string_view word, int depth) {
  Expression value{Kind::word, 0, std::string(word), {}};
  if (reader.take("(")) {
    value.kind = Kind::call;
    value.parts = read_parts(reader, ")", depth + 1);
  }
  if (reader.take("=")) {
    value.kind = Kind::field;
    value.parts = {};
    value.parts.push_back(read_value(reader, depth + 1));
  }
  return value;
}

Expression read_operand(Reader& reader, int depth) {
  if (reader.take("...")) return {};
  if (reader.take("[")) return {Kind::list, 0, {}, read_parts(reader, "]", depth + 1)};
  if (reader.take("{")) return {Kind::structure, 0, {}, read_parts(reader, "}", depth + 1)};
  if (reader.take("\"")) return read_string(reader);
  if (const std::string_view word = reader.take_word(); !word.empty()) {
    return read_named(reader, word, depth);
  }
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const char next = reader.peek();
  if (next != '-' && (next < '0' || next > '9')) {
    reader.complain(reader.offset(), "a value is missing here");
    return {};
  }
  return {Kind::number, reader.number(-kMost, kMost).value_or(0), {}, {}};
}

Expression read_value(Reader& reader, int depth) {
  if (depth > kDeepest) reader.complain(reader.offset(), "this is nested too deeply");
  if (reader.has_failed()) return {};
  Expression value = read_operand(reader, depth);
  if (reader.has_failed() || reader.peek() != '|') return value;
  Expression either{Kind::either, 0, {}, {}};
  either.parts.push_back(std::move(value));
  while (!reader.has_failed() && reader.take("|")) {
    either.parts.push_back(read_operand(reader, depth));
  }
  return either;
}

/// Complains of a call that is not known, or has too few or too many arguments.
void check_call(Reader& reader, std::size_t begin, std::string_view name, std::size_t arguments) {
  std::vector<std::string_view> names;
  for (const CallName& each : kCallNames) names.push_back(each.name);
  const CallName* const call = find_call(name);
  if (call == nullptr) {
    std::string help = loading::did_you_mean(name, names);
    if (help.empty()) help = fmt::format("known are {}", loading::alternatives(names));
    reader.complain(begin, fmt::format("the call {} is not known", loading::quote(name)),
                    std::move(help));
  } else if (arguments < call->fewest || arguments > call->most) {
    reader.complain(begin, fmt::format("{} takes {} arguments, not {}", name,
                                       call->fewest == call->most
                                           ? fmt::format("{}", call->most)
                                           : fmt::format("{} or {}", call->fewest, call->most),
                                       arguments));
  }
}

}  // namespace

Expression read_expression(Reader& reader) { return read_value(reader, 0); }

CallEvent read_call(Reader& reader) {
  CallEvent event;
  reader.at_end();
  const std::size_t begin = reader.offset();
  const std::string_view name = reader.take_word();
  if (name.empty()) {
    reader.complain(begin, "this is neither a call nor a segment",
                    "a segment begins with < or >, a shell line with ` and a call with its name");
    return event;
  }
  event.name = name;
  if (find_call(name) == nullptr) check_call(reader, begin, name, 0);
  if (!reader.expect("(")) return event;
  event.arguments = read_parts(reader, ")", 0);
  if (!reader.has_failed()) check_call(reader, begin, name, event.arguments.size());
  if (!reader.expect("=")) return event;
  event.result = read_expression(reader);
  event.error = reader.take_word();
  if (reader.take("(")) reader.take_through(")", reader.offset() - 1);
  return event;
}

}  // namespace demuxsim::packetdrill
