// One run of a script: event after event, each at its time.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "demuxsim/packetdrill/run.hpp"
#include "packetdrill/flow.hpp"
#include "packetdrill/machine.hpp"
#include "packetdrill/process.hpp"
#include "packetdrill/settings.hpp"
#include "packetdrill/shell.hpp"

namespace demuxsim::packetdrill {

class Runner {
 public:
  /// Both must outlive this.
  Runner(const Script& script, Settings& settings);

  TraceRecorder& trace() { return machine_.trace(); }
  Verdict run();

 private:
  /// When an event may happen.
  struct Window {
    SimTime from;
    SimTime to;
  };
  /// A call that has not returned.
  struct Blocked {
    const ScriptEvent* event = nullptr;
    SimTime since;
    SimTime end;  ///< When the script expects it to return.
  };

  // runner.cpp
  Window window_of(const EventTime& time) const;
  void wait_until(SimTime at);
  bool step(SimTime limit);
  void collect();
  void perform(const ScriptEvent& event);
  void perform(const CallEvent& call, const ScriptEvent& event);
  void judge(const CallEvent& call, const Answer& answer);
  void judge_return(const CallEvent& call, SimTime end);
  void resume();
  void await_blocked();
  void fail(std::string reason);
  void ignore(std::string what);
  bool has_failed() const { return !verdict_.passed; }

  // runner_checks.cpp
  void perform(const ShellEvent& shell, const ScriptEvent& event);
  void perform(const AssertEvent& assertion, const ScriptEvent& event);
  void perform(const SetSysctl& set);
  void perform(const CountSockets& count);
  void perform(const DropSockets& drop);
  void perform(const OtherCommand& other);
  std::optional<std::int64_t> side_of(std::string_view side);

  // runner_segments.cpp
  void perform(const SegmentEvent& segment, const ScriptEvent& event);
  void perform(const IcmpEvent& icmp, const ScriptEvent& event);
  void inject(const SegmentPattern& pattern);
  void expect(const SegmentPattern& pattern, const EventTime& time);
  void compare(const SegmentPattern& pattern, const Machine::Sent& sent, Window window);

  const Script& script_;
  Settings& settings_;
  Machine machine_;
  Process process_;
  Verdict verdict_;
  std::deque<Machine::Sent> sent_;  ///< By the host to the script's peer, and not yet expected.
  Blocked blocked_;
  SimTime base_ = kStart;   ///< From where relative times count.
  std::uint32_t line_ = 0;  ///< Of the event that is being performed.
  std::uint32_t steps_left_;
};

}  // namespace demuxsim::packetdrill
