// What may be typed at the stepper's prompt, and what it is taken for.
#include "cli/step_command.hpp"

#include "support/catch.hpp"

namespace demuxsim::cli {
namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

StepCommand parsed(std::string_view line) {
  const auto command = parse_step(line);
  INFO(line);
  REQUIRE(command);
  return *command;
}

UsageError refused(std::string_view line) {
  const auto command = parse_step(line);
  INFO(line);
  REQUIRE_FALSE(command);
  return command.error();
}

}  // namespace

TEST_CASE("verbs have a name, a letter, and what is unique of the name", "[cli][step]") {
  for (const std::string_view line : {"next", "n", "ne", "  next  ", "next\r"}) {
    CHECK(parsed(line).verb == StepVerb::next);
  }
  CHECK(parsed("l").verb == StepVerb::list);
  CHECK(parsed("d").verb == StepVerb::ladder);
  CHECK(parsed("lad").verb == StepVerb::ladder);
  CHECK(parsed("z").verb == StepVerb::last);
  CHECK(parsed("?").verb == StepVerb::help);
  CHECK(parsed("q").verb == StepVerb::quit);
  CHECK(parsed("").verb == StepVerb::again);
  CHECK(parsed(" \t ").verb == StepVerb::again);
}

TEST_CASE("every line of help begins with a verb that is one", "[cli][step]") {
  const std::string help = step_help();
  std::size_t verbs = 0;
  for (std::string_view rest = help; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    CHECK(line.size() <= 90);
    if (line.size() < 4 || line[1] != ',') continue;
    ++verbs;
    const std::string_view name = line.substr(3, line.find(' ', 3) - 3);
    const bool needs_more = name == "to" || name == "until" || name == "event";
    const std::string operand = name == "to" ? " 1s" : name == "until" ? " drop" : " 1";
    const std::string rest_of_line = needs_more ? operand : std::string{};
    CHECK(parsed(std::string(name) + rest_of_line).verb ==
          parsed(std::string(line.substr(0, 1)) + rest_of_line).verb);
  }
  CHECK(verbs == 15);
}

TEST_CASE("numbers, times and hosts", "[cli][step]") {
  CHECK(parsed("n 12").count == 12u);
  CHECK_FALSE(parsed("n").count);
  CHECK(parsed("event 7").count == 7u);
  CHECK(parsed("to 40ms").time == std::chrono::milliseconds{40});
  CHECK(parsed("sockets web").host == "web");
  CHECK(parsed("ports").host.empty());
  CHECK(has(refused("n x").message, "'x'"));
  CHECK(has(refused("n -1").message, "negative"));
  CHECK(has(refused("n 99999999999999999999").message, "9999"));
  CHECK(has(refused("to 5").message + refused("to 5").help, "5"));
  CHECK(refused("to").message == "to needs TIME");
  CHECK(refused("event").message == "event needs N");
  CHECK(refused("first 3").message == "first takes nothing more, not '3'");
  CHECK(refused("next 3 4").message == "next takes one word, not '4'");
}

TEST_CASE("conditions", "[cli][step]") {
  using Kind = StepCondition::Kind;
  CHECK(parsed("until host web").condition.name == "web");
  CHECK(parsed("u process web/nginx").condition.kind == Kind::process);
  CHECK(parsed("u state time-wait").condition.state == TcpState::time_wait);
  CHECK(parsed("u port 80").condition.port == Port{80});
  CHECK(parsed("u port http").condition.port == Port{80});
  CHECK(parsed("u segment 12").condition.segment == 12);
  CHECK(parsed("u flags syn,ACK").condition.flags == (flag::kSyn | flag::kAck));
  CHECK(parsed("u demux miss").condition.rule == LookupRule::no_match);
  CHECK(parsed("u demux listener-any").condition.rule == LookupRule::listener_any);
  CHECK_FALSE(parsed("u demux hit").condition.rule);
  CHECK_FALSE(parsed("u demux hit").condition.any);
  CHECK(parsed("u demux").condition.any);
  CHECK(parsed("u drop loss").condition.reason == DropReason::loss);
  CHECK(parsed("u call connect").condition.call == SocketCall::connect);
  CHECK(parsed("back until drop").backwards);
  CHECK(parsed("b u drop").verb == StepVerb::until);
  CHECK_FALSE(parsed("u drop").backwards);
}

TEST_CASE("what makes no sense gets a way out", "[cli][step]") {
  CHECK(refused("nxt").help == "did you mean 'next'?");
  CHECK(refused("xyzzy").help == "'help' lists the commands");
  CHECK(has(refused("la").message, "last or ladder"));
  CHECK(refused("until").message == "until needs a condition");
  CHECK(refused("until hots web").help == "did you mean 'host'?");
  CHECK(refused("until state TIME-WIAT").help == "did you mean 'TIME-WAIT'?");
  CHECK(refused("until state").message == "state takes one word, not 0");
  CHECK(refused("until port 80800").message == "port 80800 is out of range 0..65535");
  CHECK(has(refused("until flags RTS").help, "RST"));
  CHECK(refused("until demux misss").message == "'misss' is no rule of the look-up");
  CHECK(refused("until port htpp").help == "did you mean 'http'?");
  for (const std::string_view line : {"\x1b[31m", "\x1b[A", "next\x1b[D", "\x1bOA"}) {
    CHECK(refused(line).message == "arrow keys mean nothing here");
    CHECK(has(refused(line).help, "rlwrap"));
  }
}

}  // namespace demuxsim::cli
