#include "cli/options.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <fmt/core.h>

#include "cli/option_table.hpp"
#include "cli/run_files.hpp"
#include "demuxsim/core/check.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::cli {
namespace {

namespace po = boost::program_options;

using Complaint = std::optional<UsageError>;

std::string dashed(std::string_view name) { return fmt::format("--{}", name); }

UsageError unknown_command(std::string_view word) {
  std::vector<std::string_view> names;
  for (const CommandInfo& each : all_commands()) names.push_back(each.name);
  std::string help = loading::did_you_mean(word, names);
  if (help.empty() && word.find('.') != word.npos) {
    help = fmt::format("to run a scenario: demuxsim run {}", loading::printable(word));
  }
  return {fmt::format("there is no command {}", loading::quote(word)), std::move(help)};
}

bool is_written(const OptionInfo& option, std::string_view written) {
  const bool is_short = option.letter != 0 && written == fmt::format("-{}", option.letter);
  return is_short || written == dashed(option.name);
}

/// An option that this command does not have, but perhaps another.
UsageError unknown_option(std::string_view written, const CommandInfo& command) {
  written = written.substr(0, written.find('='));
  std::vector<std::string_view> owners;
  for (const CommandInfo& each : all_commands()) {
    const bool owns =
        std::any_of(all_options().begin(), all_options().end(), [&](const OptionInfo& option) {
          return option.is_for(each.command) && is_written(option, written);
        });
    if (owns) owners.push_back(each.name);
  }
  if (!owners.empty()) {
    return {fmt::format("option {} is not for {}", loading::quote(written), command.name),
            fmt::format("it is an option of {}", loading::alternatives(owners))};
  }
  std::vector<std::string> names;
  for (const OptionInfo& option : all_options()) {
    if (option.is_for(command.command)) names.push_back(dashed(option.name));
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  return {fmt::format("{} has no option {}", command.name, loading::quote(written)),
          loading::did_you_mean(written, candidates)};
}

/// The whole text as a number, without a sign.
Result<std::uint64_t, std::string> parse_number(std::string_view text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error == std::errc{} && end == text.data() + text.size()) return seed;
  return failure(
      fmt::format("{} is no whole number from 0 to {}", loading::quote(text), ~std::uint64_t{0}));
}

/// The number of an event, from 1.
Result<std::uint64_t, std::string> parse_event(std::string_view text) {
  std::uint64_t event = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), event);
  if (error == std::errc{} && end == text.data() + text.size() && event != 0) return event;
  return failure(fmt::format("{} is no whole number from 1 on", loading::quote(text)));
}

/// One of the words that the table lists for this option, by its place among them.
Result<std::size_t, std::string> parse_word(std::string_view text, const OptionInfo& option) {
  std::vector<std::string_view> words;
  for (std::string_view rest = option.argument; !rest.empty();) {
    words.push_back(rest.substr(0, rest.find('|')));
    rest.remove_prefix(std::min(words.back().size() + 1, rest.size()));
  }
  const auto found = std::find(words.begin(), words.end(), text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  return failure(fmt::format("{} is not {}", loading::quote(text), loading::alternatives(words)));
}

Result<Profile, std::string> parse_profile(std::string_view text) {
  if (const auto profile = profile_from(text)) return *profile;
  std::vector<std::string_view> names;
  for (const ProfileName& each : kProfiles) names.push_back(each.name);
  return failure(fmt::format("{} is not {}", loading::quote(text), loading::alternatives(names)));
}

Result<std::vector<Profile>, std::string> parse_profiles(std::string_view text) {
  std::vector<Profile> profiles;
  for (;;) {
    const std::size_t comma = text.find(',');
    const auto profile = parse_profile(text.substr(0, comma));
    if (!profile) return failure(profile.error());
    if (std::find(profiles.begin(), profiles.end(), *profile) == profiles.end()) {
      profiles.push_back(*profile);
    }
    if (comma == text.npos) return profiles;
    text.remove_prefix(comma + 1);
  }
}

/// Puts what was parsed into its place, or says what is wrong with it.
template <class Parsed, class Place>
Complaint assign(Parsed parsed, const OptionInfo& option, Place place) {
  if (!parsed) return UsageError{fmt::format("--{}: {}", option.name, parsed.error()), {}};
  place(*parsed);
  return std::nullopt;
}

Complaint set_parameter(std::string_view text, Options& options) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == text.npos) {
    return UsageError{fmt::format("--set: {} is not key=value", loading::quote(text)), {}};
  }
  options.load.params.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  return std::nullopt;
}

Complaint set_format(std::string_view text, const OptionInfo& option, Options& options) {
  constexpr std::pair<std::string_view, Format> kFormats[] = {
      {"text", Format::text}, {"json", Format::json}, {"jsonl", Format::jsonl},
      {"csv", Format::csv},   {"dot", Format::dot},   {"svg", Format::svg}};
  return assign(parse_word(text, option), option, [&](std::size_t) {
    for (const auto& [name, format] : kFormats) {
      if (name == text) options.format = format;
    }
  });
}

Complaint set_color(std::string_view text, const OptionInfo& option, Options& options) {
  return assign(parse_word(text, option), option,
                [&](std::size_t i) { options.color = static_cast<ColorWhen>(i); });
}

Complaint set_text(std::string_view text, const OptionInfo& option, std::string& place) {
  if (text.empty()) return UsageError{fmt::format("--{}: is empty", option.name), {}};
  place = text;
  return std::nullopt;
}

/// A path whose name says what will be in it.
Complaint set_plot(std::string_view path, const OptionInfo& option, std::string& place) {
  if (!path.empty() && !path.ends_with(".svg")) {
    return UsageError{fmt::format("--plot: {} does not end in .svg", loading::quote(path)),
                      "a plot is always an SVG picture"};
  }
  return set_text(path, option, place);
}

/// Of an option that stress alone has, or understands in its own way.
Complaint apply_to_stress(const OptionInfo& option, const std::string& value,
                          StressOptions& stress) {
  const auto into = [](auto& place) { return [&place](const auto& parsed) { place = parsed; }; };
  switch (option.id) {
    case OptionId::demux:
      return assign(parse_algorithms(value), option, into(stress.algorithms));
    case OptionId::connections:
      return assign(parse_counts(value), option, into(stress.connections));
    case OptionId::workload:
      return assign(parse_traffic(value), option, into(stress.traffic));
    case OptionId::limit:
      return assign(parse_steps(value), option, into(stress.most_steps_to_build));
    case OptionId::pick:
      return assign(parse_picks(value), option, into(stress.picks));
    case OptionId::range:
      return assign(parse_port_range(value), option, into(stress.range));
    case OptionId::occupancy:
      return assign(parse_occupancies(value), option, into(stress.occupancies));
    default:
      stress.ports = true;
  }
  return std::nullopt;
}

Complaint apply(const OptionInfo& option, const std::string& value, Options& options) {
  switch (option.id) {
    case OptionId::set:
      return set_parameter(value, options);
    case OptionId::seed:
      return assign(parse_number(value), option,
                    [&](std::uint64_t seed) { options.load.seed = seed; });
    case OptionId::until:
    case OptionId::at:
      return assign(parse_duration(value), option,
                    [&](Duration until) { options.load.until = until; });
    case OptionId::demux:
      if (options.command == Command::stress) return apply_to_stress(option, value, options.stress);
      if (options.command == Command::compare) {
        return assign(parse_algorithms(value), option,
                      [&](const auto& list) { options.compare.algorithms = list; });
      }
      return assign(parse_algorithm(value), option,
                    [&](const Algorithm& algorithm) { options.load.algorithm = algorithm; });
    case OptionId::profile:
      if (options.command == Command::compare) {
        return assign(parse_profiles(value), option,
                      [&](const auto& list) { options.compare.profiles = list; });
      }
      return assign(parse_profile(value), option,
                    [&](Profile profile) { options.load.profile = profile; });
    case OptionId::against:
      return assign(parse_word(value, option), option,
                    [&](std::size_t) { options.against_kernel = true; });
    case OptionId::host:
      return set_text(value, option, options.host);
    case OptionId::segment:
      return assign(parse_number(value), option,
                    [&](std::uint64_t number) { options.segment = number; });
    case OptionId::socket:
      return set_text(value, option, options.socket);
    case OptionId::format:
      return set_format(value, option, options);
    case OptionId::output:
      return set_text(value, option, options.output);
    case OptionId::pcap:
      return set_text(value, option, options.files.pcap);
    case OptionId::pcap_host:
      return set_text(value, option, options.files.pcap_host);
    case OptionId::pcap_format:
      return assign(parse_word(value, option), option,
                    [&](std::size_t word) { options.files.pktap = word == 1; });
    case OptionId::html:
      return set_text(value, option, options.files.html);
    case OptionId::ladder:
      return set_text(value, option, options.files.ladder);
    case OptionId::color:
      return set_color(value, option, options);
    case OptionId::quiet:
      options.quiet = true;
      break;
    case OptionId::verbose:
      options.verbose = true;
      break;
    case OptionId::absolute_seq:
      options.absolute_seq = true;
      break;
    case OptionId::timers:
      options.timers = true;
      break;
    case OptionId::width:
      return assign(parse_number(value), option, [&](std::uint64_t number) {
        options.width = std::clamp<std::uint64_t>(number, 20, 1000);
      });
    case OptionId::ascii:
      options.ascii = true;
      break;
    case OptionId::stats:
      options.stats = true;
      break;
    case OptionId::plot:
      return set_plot(value, option, options.plot);
    case OptionId::event:
      return assign(parse_event(value), option,
                    [&](std::uint64_t event) { options.event = event; });
    case OptionId::ports:
    case OptionId::connections:
    case OptionId::workload:
    case OptionId::limit:
    case OptionId::pick:
    case OptionId::range:
    case OptionId::occupancy:
      return apply_to_stress(option, value, options.stress);
    case OptionId::help:
      break;
  }
  return std::nullopt;
}

po::options_description description_of(const CommandInfo& command) {
  po::options_description description;
  for (const OptionInfo& option : all_options()) {
    if (!option.is_for(command.command)) continue;
    std::string name(option.name);
    if (option.letter != 0) name += {',', option.letter};
    if (option.argument.empty()) {
      description.add_options()(name.c_str(), "");
    } else {
      description.add_options()(name.c_str(), po::value<std::string>(), "");
    }
  }
  return description;
}

/// The words split into options with their values and operands, in the order in which they stand.
Result<std::vector<po::option>, UsageError> split(const std::vector<std::string>& words,
                                                  const CommandInfo& command) {
  // A shortened name would stop working when an option that starts alike joins.
  constexpr int kStyle =
      po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  try {
    const po::options_description description = description_of(command);
    return po::command_line_parser(words).options(description).style(kStyle).run().options;
  } catch (const po::unknown_option& error) {
    return failure(unknown_option(error.get_option_name(), command));
  } catch (const po::error& error) {
    return failure(UsageError{error.what(), {}});
  }
}

Complaint take_options(const std::vector<po::option>& parsed, Options& options) {
  std::vector<OptionId> seen;
  for (const po::option& each : parsed) {
    if (each.string_key.empty()) {
      options.operands.insert(options.operands.end(), each.value.begin(), each.value.end());
      continue;
    }
    const OptionInfo* const option = find_option(each.string_key, options.command);
    DEMUXSIM_CHECK(option != nullptr);
    const bool again = std::find(seen.begin(), seen.end(), option->id) != seen.end();
    const bool has_one_value = !option->argument.empty() && option->id != OptionId::set;
    if (again && has_one_value) {
      return UsageError{fmt::format("--{} is given twice", option->name), {}};
    }
    seen.push_back(option->id);
    const std::string value = each.value.empty() ? std::string{} : each.value.front();
    if (Complaint complaint = apply(*option, value, options)) return complaint;
  }
  return std::nullopt;
}

Complaint check_stress(const Options& options) {
  if (const auto conflict = conflict_in(options.stress)) return UsageError{*conflict, {}};
  return std::nullopt;
}

/// Whether two paths lead to one place where the later result would replace the earlier.
bool are_one_file(const std::string& one, const std::string& other) {
  if (one.empty() || other.empty()) return false;
  if (one == "-" || other == "-") return one == other;
  std::error_code none;
  const auto place = std::filesystem::weakly_canonical(one, none);
  if (place != std::filesystem::weakly_canonical(other, none)) return false;
  return !std::filesystem::exists(place, none) || std::filesystem::is_regular_file(place, none);
}

Complaint check_places(const std::vector<std::string>& paths) {
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!are_one_file(paths[i], paths[j])) continue;
      return UsageError{fmt::format("two results would go to {}", loading::quote(paths[i])),
                        "name two files, with --output for the first"};
    }
  }
  return std::nullopt;
}

/// What only --stats makes, and what would overwrite what.
Complaint check_results(const Options& options) {
  const bool only_stats = options.format == Format::json || options.format == Format::csv;
  if (options.command == Command::run && !options.stats) {
    if (only_stats) {
      return UsageError{"--format json and csv are of statistics",
                        "add --stats, or take --format jsonl for each happening"};
    }
    if (!options.plot.empty()) return UsageError{"--plot draws statistics", "add --stats"};
  }
  const RunFileOptions& files = options.files;
  return check_places({options.output, options.plot, files.pcap, files.html, files.ladder});
}

Complaint check_operands(const CommandInfo& command, std::vector<std::string>& operands) {
  if (operands.size() < command.fewest_operands) {
    return UsageError{fmt::format("{} needs {}", command.name, command.operands), {}};
  }
  if (operands.size() <= command.most_operands) return std::nullopt;
  if (command.most_operands == 0) {
    return UsageError{fmt::format("{} takes nothing more, not {}", command.name,
                                  loading::quote(operands.front())),
                      {}};
  }
  return UsageError{
      fmt::format("{} takes one {}, not {}", command.name, command.operand_name, operands.size()),
      {}};
}

bool asks_for_help(const std::vector<po::option>& parsed) {
  return std::any_of(parsed.begin(), parsed.end(),
                     [](const po::option& each) { return each.string_key == "help"; });
}

}  // namespace

Result<Options, UsageError> parse_options(std::span<const char* const> arguments) {
  Options options;
  if (arguments.empty()) return failure(UsageError{"a command is missing", {}});
  const std::string_view word = arguments.front();
  if (word == "--help" || word == "-h") return options;
  options.command = Command::version;
  if (word == "--version" || word == "-V") return options;
  const std::optional<Command> named = command_from(word);
  if (!named && word.starts_with('-') && word.size() > 1) {
    return failure(
        UsageError{fmt::format("option {} stands before the command", loading::quote(word)),
                   "write: demuxsim COMMAND [OPTION...]"});
  }
  if (!named) return failure(unknown_command(word));

  options.command = *named;
  const CommandInfo& command = info_of(*named);
  const auto parsed = split({arguments.begin() + 1, arguments.end()}, command);
  if (!parsed) return failure(parsed.error());
  if (asks_for_help(*parsed)) {
    options.operands = {std::string(command.name)};
    options.command = Command::help;
    return options;
  }
  if (const Complaint complaint = take_options(*parsed, options)) return failure(*complaint);
  if (const Complaint complaint = check_operands(command, options.operands)) {
    return failure(*complaint);
  }
  if (options.command == Command::verify && !options.against_kernel) {
    return failure(UsageError{"verify has nothing to compare with", "add --against kernel"});
  }
  if (const Complaint complaint = check_stress(options)) return failure(*complaint);
  if (const Complaint complaint = check_results(options)) return failure(*complaint);
  if (const Complaint complaint = conflict_in(options.files)) {
    return failure(*complaint);
  }
  const bool asks_about_a_command = options.command == Command::help && !options.operands.empty();
  if (asks_about_a_command && !command_from(options.operands.front())) {
    return failure(unknown_command(options.operands.front()));
  }
  return options;
}

}  // namespace demuxsim::cli
