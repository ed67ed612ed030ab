#include <fmt/core.h>

#include "kernel/report.hpp"

namespace demuxsim::kernel {
namespace {

std::string_view word_of(StepAction action) {
  switch (action) {
    case StepAction::bind:
      return "bind";
    case StepAction::listen:
      return "listen";
    case StepAction::connect:
      return "connect";
    case StepAction::send:
      return "send";
    case StepAction::shutdown_write:
      return "shutdown";
    case StepAction::close:
      return "close";
    case StepAction::abort:
      return "abort";
    case StepAction::exit:
      return "exit";
    case StepAction::reboot:
      return "reboot";
    case StepAction::inject:
    case StepAction::link_down:  // These are not replayed.
    case StepAction::link_up:
    case StepAction::partition:
    case StepAction::heal:
      break;
  }
  return "inject";
}

std::string argument_of(const StepSpec& step) {
  switch (step.action) {
    case StepAction::bind:
    case StepAction::connect:
      return to_string(step.target);
    case StepAction::listen:
      return step.listen.local.port == Port{} ? std::string{} : to_string(step.listen.local);
    case StepAction::send:
      return std::to_string(step.bytes);
    case StepAction::inject:
      return fmt::format("{} > {}", to_string(step.segment.from()), to_string(step.segment.to()));
    default:
      return {};
  }
}

std::string who(const PlannedCall& call, const Directory& directory) {
  if (call.socket.name) {
    return directory.socket(call.socket.name) + (call.socket.peer ? ".peer" : "");
  }
  const ProcessRef by = call.step->by;
  if (!by.process) return directory.host(by.host);
  return directory.host(by.host) + '/' + directory.process(by.host, by.process);
}

}  // namespace

std::string describe(const PlannedCall& call, const Directory& directory) {
  return fmt::format("{} {}({})", who(call, directory), word_of(call.step->action),
                     argument_of(*call.step));
}

}  // namespace demuxsim::kernel
