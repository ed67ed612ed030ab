// demuxsim: see which process a TCP segment reaches, why, and what it costs to find out.
#include <cerrno>
#include <csignal>
#include <exception>
#include <fcntl.h>
#include <new>
#include <span>
#include <unistd.h>

#include <fmt/core.h>

#include "cli/commands.hpp"
#include "cli/option_table.hpp"
#include "cli/scenario_input.hpp"
#include "cli/terminal.hpp"

namespace demuxsim::cli {
namespace {

/// A standard descriptor that came closed would be given to the next file that is opened. What is
/// put there fails when it is used the way a program uses it.
void hold_standard_descriptors() {
  for (int descriptor = 0; descriptor <= kStandardError; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    ::open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
  }
}

Status perform(const Options& options) {
  switch (options.command) {
    case Command::run:
      return run_scenario(options);
    case Command::check:
      return check_scenarios(options);
    case Command::explain:
      return explain_scenario(options);
    case Command::compare:
      return compare_runs(options);
    case Command::ss:
      return show_sockets(options);
    case Command::ledger:
      return show_ledger(options);
    case Command::ports:
      return show_ports(options);
    case Command::graph:
      return draw_graph(options);
    case Command::step:
      return step_scenario(options);
    case Command::verify:
      return verify_scenario(options);
    case Command::stress:
      return run_stress(options);
    case Command::packetdrill:
      return run_packetdrill(options);
    case Command::version:
      return show_version();
    case Command::help:
      break;
  }
  return show_help(options);
}

Status start(std::span<const char* const> arguments) {
  const auto options = parse_options(arguments);
  if (options && !would_overwrite_input(*options)) return perform(*options);
  complain_of_usage(options ? UsageError{"the output would replace the scenario", {}}
                            : options.error());
  const bool has_command = !arguments.empty() && command_from(arguments.front());
  write_error(fmt::format("Try 'demuxsim help{}{}'.\n", has_command ? " " : "",
                          has_command ? arguments.front() : ""));
  return Status::usage;
}

Status start_safely(std::span<const char* const> arguments) {
  try {
    return start(arguments);
  } catch (const std::bad_alloc&) {
    write_error("demuxsim: out of memory\n");
  } catch (const std::exception& error) {
    complain(error.what());
  }
  return Status::machine;
}

}  // namespace
}  // namespace demuxsim::cli

int main(int count, char** words) {
  using namespace demuxsim::cli;
  hold_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN);  // Both show as errors of write() instead.
  std::signal(SIGXFSZ, SIG_IGN);
  const std::span<const char* const> all(words, static_cast<std::size_t>(count));
  return static_cast<int>(start_safely(all.subspan(count > 0 ? 1 : 0)));
}
