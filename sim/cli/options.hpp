// The command line as one plain struct. The one user of Boost.Program_options, which splits the
// words; what the options are stands in option_table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/stress_options.hpp"
#include "demuxsim/core/result.hpp"
#include "demuxsim/scenario/load.hpp"

namespace demuxsim::cli {

enum class Command : std::uint8_t {
  run,
  check,
  explain,
  compare,
  ss,
  ledger,
  ports,
  graph,
  step,
  verify,
  stress,
  packetdrill,
  version,
  help
};

enum class Format : std::uint8_t { text, json, jsonl, csv, dot, svg };

enum class ColorWhen : std::uint8_t { automatic, always, never };

/// Where a run goes beside its answer; empty: nowhere.
struct RunFileOptions {
  std::string pcap;
  std::string pcap_host;  ///< As it sees the run; empty: each segment once, at its sender.
  bool pktap = false;
  std::string html;
  std::string ladder;
};

/// What compare is to vary beside --set; empty: nothing.
struct CompareOptions {
  std::vector<Algorithm> algorithms;
  std::vector<Profile> profiles;
};

/// Those that a command has no use for keep their defaults.
struct Options {
  Command command = Command::help;
  std::vector<std::string> operands;  ///< Files, or what to ask; of help: at most one command.
  Format format = Format::text;
  std::string output = "-";  ///< A path, or "-" for standard output.
  ColorWhen color = ColorWhen::automatic;
  bool quiet = false;
  bool verbose = false;
  bool absolute_seq = false;
  bool timers = false;
  bool ascii = false;
  std::uint64_t width = 0;  ///< Characters of a line; 0: those of the terminal.
  bool stats = false;
  std::string plot;                      ///< Of run and stress: a path that ends in .svg, or empty.
  std::optional<std::uint64_t> segment;  ///< The one to explain; none: all.
  std::string socket;                    ///< Whose segments to explain; empty: everybody's.
  std::uint64_t event = 1;               ///< Where step begins.
  bool against_kernel = false;           ///< What verify compares with.
  std::string host;                      ///< Whose sockets or ports; empty: everybody's.
  RunFileOptions files;
  CompareOptions compare;
  StressOptions stress;
  LoadOptions load;  ///< --set, --seed, --until, --demux; of ss and ledger: --at.
};

struct UsageError {
  std::string message;
  std::string help;  ///< A way out, or empty.
};

/// `arguments` are those after the program's name. `--help` after a command is the command help.
Result<Options, UsageError> parse_options(std::span<const char* const> arguments);

}  // namespace demuxsim::cli
