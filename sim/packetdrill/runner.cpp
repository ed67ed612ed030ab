#include "packetdrill/runner.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "demuxsim/report/line_text.hpp"
#include "packetdrill/constants.hpp"

namespace demuxsim::packetdrill {
namespace {

/// What may happen by itself in one run, so that each run ends.
constexpr std::uint32_t kMostSteps = 1'000'000;

std::string result_text(std::int64_t value, std::string_view error) {
  return error.empty() ? fmt::format("{}", value) : fmt::format("{} {}", value, error);
}

}  // namespace

Runner::Runner(const Script& script, Settings& settings)
    : script_(script),
      settings_(settings),
      machine_(settings.host, settings.local),
      process_(machine_, settings),
      steps_left_(kMostSteps) {
  for (const ScriptOption* const option : settings.ignored) {
    verdict_.ignored.push_back({option->span.line, fmt::format("option --{}", option->name)});
  }
}

Verdict Runner::run() {
  for (const ScriptEvent& event : script_.events) {
    line_ = event.span.line;
    perform(event);
    if (has_failed()) return verdict_;
  }
  await_blocked();
  return verdict_;
}

void Runner::fail(std::string reason) {
  if (has_failed()) return;
  verdict_.passed = false;
  verdict_.line = line_;
  verdict_.reason = std::move(reason);
}

void Runner::ignore(std::string what) { verdict_.ignored.push_back({line_, std::move(what)}); }

// ---- time ----

Runner::Window Runner::window_of(const EventTime& time) const {
  switch (time.kind) {
    case EventTime::Kind::any:
      return {machine_.now(), kNever};
    case EventTime::Kind::absolute:
      return {kStart + time.from, kStart + time.to};
    case EventTime::Kind::relative:
      break;
  }
  return {later(base_, time.from), later(base_, time.to)};
}

void Runner::collect() {
  for (const Machine::Sent& sent : machine_.take_sent()) {
    if (!process_.flow().has(sent.segment)) continue;
    process_.flow().note_sent(sent.segment);
    sent_.push_back(sent);
  }
}

bool Runner::step(SimTime limit) {
  if (steps_left_ == 0) {
    fail(fmt::format("more than {} things happen by themselves", kMostSteps));
    return false;
  }
  --steps_left_;
  if (!machine_.step(limit)) return false;
  collect();
  resume();
  return !has_failed();
}

/// Where that is over already, the script runs late.
void Runner::wait_until(SimTime at) {
  while (step(at)) {
  }
  if (has_failed()) return;
  if (at > machine_.now()) {
    machine_.advance(at);
  } else if (machine_.now() - at > settings_.tolerance) {
    std::string text = "the event before it happened only at ";
    append_time(text, machine_.now());
    fail(text + " s");
  }
}

void Runner::perform(const ScriptEvent& event) {
  const auto* const segment = std::get_if<SegmentEvent>(&event.what);
  const bool is_expected = segment != nullptr && segment->outbound;
  if (!is_expected) {
    wait_until(window_of(event.time).from);
    base_ = event.time.kind == EventTime::Kind::any ? machine_.now() : window_of(event.time).from;
  }
  if (has_failed()) return;
  std::visit([&](const auto& what) { perform(what, event); }, event.what);
  collect();
  resume();
}

// ---- calls ----

void Runner::perform(const CallEvent& call, const ScriptEvent& event) {
  await_blocked();
  if (has_failed()) return;
  const Answer answer = process_.call(call);
  collect();
  // A relative end counts from where the begin does.
  const bool is_absolute = event.time.kind == EventTime::Kind::absolute;
  const SimTime begin = is_absolute ? kStart : base_ - event.time.from;
  const SimTime end = event.time.end ? later(begin, *event.time.end) : machine_.now();
  if (!answer.blocks) {
    judge(call, answer);
    judge_return(call, end);
  } else if (event.time.end) {
    blocked_ = {&event, machine_.now(), end};
  } else {
    fail(fmt::format("error in {}(): it does not return at once", call.name));
  }
}

void Runner::judge_return(const CallEvent& call, SimTime end) {
  const SimTime now = machine_.now();
  if ((now > end ? now - end : end - now) <= settings_.tolerance) return;
  std::string text = fmt::format("timing error: expected {}() to return at ", call.name);
  append_time(text, end);
  text += " sec but happened at ";
  append_time(text, now);
  fail(text + " sec");
}

void Runner::judge(const CallEvent& call, const Answer& answer) {
  if (!answer.ignored.empty()) ignore(answer.ignored);
  if (!answer.trouble.empty()) {
    fail(fmt::format("error in {}(): {}", call.name, answer.trouble));
    return;
  }
  if (call.result.kind == Expression::Kind::any) return;
  const std::optional<std::int64_t> expected = number_of(call.result, settings_.profile);
  const bool same =
      expected == answer.value && (call.error.empty() || one_name_of(call.error) == answer.error);
  if (same) return;
  const std::string written = expected ? result_text(*expected, call.error) : call.result.text;
  fail(fmt::format("error in {}(): expected {}, actual {}", call.name, written,
                   result_text(answer.value, answer.error)));
}

/// Lets a call that has blocked go on, if it can.
void Runner::resume() {
  if (blocked_.event == nullptr || has_failed()) return;
  const CallEvent& call = std::get<CallEvent>(blocked_.event->what);
  const Answer answer = process_.call_again(call, machine_.now() - blocked_.since);
  collect();
  if (answer.blocks) return;
  const SimTime end = blocked_.end;
  const std::uint32_t line = std::exchange(line_, blocked_.event->span.line);
  blocked_ = {};
  judge(call, answer);
  judge_return(call, end);
  line_ = line;
}

/// There is one thread to make calls, so the next call waits for the one before to return.
void Runner::await_blocked() {
  if (blocked_.event == nullptr) return;
  const SimTime limit = later(blocked_.end, settings_.tolerance);
  while (blocked_.event != nullptr && step(limit)) {
  }
  if (blocked_.event == nullptr || has_failed()) return;
  machine_.advance(std::max(blocked_.end, machine_.now()));
  resume();
  if (blocked_.event == nullptr) return;
  line_ = blocked_.event->span.line;
  fail(fmt::format("error in {}(): it does not return",
                   std::get<CallEvent>(blocked_.event->what).name));
}

// ---- the whole ----

Directory directory_of(const Script& script) {
  Directory directory;
  directory.add({"host", 1, false, "open", {{"script", 1, false}}});
  // Each call makes one socket at most.
  for (std::size_t i = 0; i < script.events.size(); ++i) {
    directory.add_socket_name(fmt::format("s{}", i));
  }
  return directory;
}

Result<Verdict, Diagnostic> run_script(const Script& script, const RunOptions& options) {
  Result<Settings, Diagnostic> settings = settings_of(script, options.profile);
  if (!settings) return failure(settings.error());
  Runner runner(script, *settings);
  if (options.trace != nullptr) runner.trace().attach(*options.trace, TraceKinds::happenings());
  return runner.run();
}

}  // namespace demuxsim::packetdrill
