#include <algorithm>
#include <iterator>
#include <string>

#include <fmt/core.h>

#include "cli/commands.hpp"
#include "cli/option_table.hpp"
#include "cli/output.hpp"
#include "demuxsim/core/text.hpp"

namespace demuxsim::cli {
namespace {

/// `  -s, --seed N`.
std::string left_column(const OptionInfo& option) {
  std::string text = option.letter != 0 ? fmt::format("  -{}, ", option.letter) : "      ";
  text += fmt::format("--{}", option.name);
  if (!option.argument.empty()) text += fmt::format(" {}", option.argument);
  return text;
}

std::string help_of(const CommandInfo& command) {
  const bool has_file = command.operand_name == "FILE";
  std::string text = fmt::format("Usage: demuxsim {} [OPTION...]{}{}\n\n", command.name,
                                 command.operands.empty() ? "" : " ", command.operands);
  text += command.about;
  if (has_file) text += "FILE may be '-', standard input.\n";
  text += "\nOptions:\n";
  constexpr std::size_t kColumn = 36;
  for (const OptionInfo& option : all_options()) {
    if (!option.is_for(command.command)) continue;
    append_format(text, "{:<{}}{}\n", left_column(option), kColumn, option.help);
  }
  return text;
}

std::string overview() {
  std::string text =
      "Usage: demuxsim COMMAND [OPTION...] [FILE...]\n"
      "\n"
      "Simulates how TCP finds the process that a segment is for: which process got it,\n"
      "why, and what it cost to find out.\n"
      "\n"
      "Commands:\n";
  for (const CommandInfo& command : all_commands()) {
    append_format(text, "  {:<12}{}\n", command.name, command.summary);
  }
  text +=
      "\n"
      "A first look:  demuxsim run scenarios/web-server.yaml\n"
      "More of one command, and its options:  demuxsim help COMMAND\n"
      "\n"
      "Exit status: 0 all went well and every expectation held, 1 an expectation failed,\n"
      "2 bad usage or a bad scenario, 3 an error of the machine, 130 after Ctrl-C.\n";
  return text;
}

}  // namespace

Status show_help(const Options& options) {
  Output output(options.output);
  if (options.operands.empty()) {
    output.sink().append(overview());
  } else {
    output.sink().append(help_of(info_of(*command_from(options.operands.front()))));
  }
  return output.finish(Status::ok);
}

Status show_version() {
  Output output("-");
  output.sink().append("demuxsim " DEMUXSIM_VERSION "\n");
  return output.finish(Status::ok);
}

}  // namespace demuxsim::cli
