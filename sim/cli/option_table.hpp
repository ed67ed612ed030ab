// All commands and all options, each with the words that help says of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "cli/options.hpp"

namespace demuxsim::cli {

struct CommandInfo {
  Command command;
  std::string_view name;
  std::string_view operands;      ///< As the usage line shows them: "FILE...".
  std::string_view operand_name;  ///< Of one: "FILE".
  std::size_t fewest_operands;
  std::size_t most_operands;
  std::string_view summary;
  std::string_view about;  ///< Lines for its help, each with its line feed.
};

enum class OptionId : std::uint8_t {
  set,
  seed,
  until,
  demux,
  profile,
  against,
  at,
  host,
  segment,
  socket,
  timers,
  ascii,
  width,
  event,
  absolute_seq,
  ports,
  connections,
  workload,
  limit,
  pick,
  range,
  occupancy,
  format,
  output,
  stats,
  plot,
  pcap,
  pcap_host,
  pcap_format,
  html,
  ladder,
  quiet,
  verbose,
  color,
  help,
};

struct OptionInfo {
  OptionId id;
  std::string_view name;
  char letter;  ///< 0: there is no short form.
  /// What help calls its value; the words to choose from, parted by '|'; empty: it has none.
  std::string_view argument;
  std::string_view help;
  std::uint32_t commands;  ///< A bit for each Command that has it.

  constexpr bool is_for(Command command) const {
    return (commands >> static_cast<unsigned>(command) & 1u) != 0;
  }
};

/// In the order of Command.
std::span<const CommandInfo> all_commands();
/// In the order in which help shows them.
std::span<const OptionInfo> all_options();

const CommandInfo& info_of(Command command);
/// Nothing for a word that is no command.
std::optional<Command> command_from(std::string_view name);
/// The option of this command, or null.
const OptionInfo* find_option(std::string_view name, Command command);

}  // namespace demuxsim::cli
