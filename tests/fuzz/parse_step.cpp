// Any bytes as a line at the stepper's prompt: a command, or a message that can be shown; never a
// crash, and what was understood is what was meant by its parts.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cli/step_command.hpp"

namespace {

using demuxsim::cli::StepCommand;
using demuxsim::cli::StepVerb;

/// Whether a terminal would be safe with it.
bool is_showable(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

void check(const StepCommand& command) {
  if (command.verb > StepVerb::quit) std::abort();
  if (command.backwards && command.verb != StepVerb::until) std::abort();
  if (command.verb == StepVerb::event && !command.count) std::abort();
  if (command.time < demuxsim::Duration{}) std::abort();
  const bool has_host = command.verb == StepVerb::sockets || command.verb == StepVerb::ports;
  if (!command.host.empty() && !has_host) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto command = demuxsim::cli::parse_step(line);
  if (command) {
    check(*command);
  } else if (command.error().message.empty() || !is_showable(command.error().message) ||
             !is_showable(command.error().help)) {
    std::abort();
  }
  return 0;
}
