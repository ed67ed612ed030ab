#include "packetdrill/shell.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "packetdrill/constants.hpp"

namespace demuxsim::packetdrill {
namespace {

using Words = std::vector<std::string>;

/// The words of each command of a pipe; quotes hold a word together.
std::vector<Words> pipe_of(std::string_view command) {
  std::vector<Words> pipe(1);
  std::string word;
  char quote = 0;
  const auto end_word = [&] {
    if (!word.empty()) pipe.back().push_back(std::exchange(word, {}));
  };
  for (const char c : command) {
    if (quote != 0) {
      if (c == quote) quote = 0;
      if (c != '"' && c != '\'') word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      end_word();
    } else if (c == '|') {
      end_word();
      pipe.emplace_back();
    } else {
      word += c;
    }
  }
  end_word();
  return pipe;
}

std::int64_t first_number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// Nothing unless every word is an option or a setting.
std::vector<ShellCommand> settings_of(const Words& words) {
  std::vector<ShellCommand> settings;
  for (auto word = words.begin() + 1; word != words.end(); ++word) {
    if (word->starts_with('-')) continue;
    const std::size_t equals = word->find('=');
    if (equals == word->npos) return {};
    settings.push_back(SetSysctl{word->substr(0, equals), first_number(word->substr(equals + 1))});
  }
  return settings;
}

/// `grep packetdril` in between only chooses the script's own sockets, and there are no others.
std::optional<CountSockets> count_of(const std::vector<Words>& pipe) {
  std::optional<TcpState> state;
  std::string count;
  for (const Words& words : pipe) {
    if (words.empty() || words.front() != "grep") continue;
    if (words.size() == 3 && words[1] == "-c") state = state_named(words[2]);
    if (words.size() == 2) count = words[1];
  }
  if (!state || first_number(count) == 0) return std::nullopt;
  return CountSockets{*state, count};
}

void add_command(std::string_view text, std::vector<ShellCommand>& commands) {
  const std::vector<Words> pipe = pipe_of(text);
  if (pipe.front().empty()) return;
  const Words& words = pipe.front();
  if (words.front() == "sysctl" && pipe.size() == 1) {
    const std::vector<ShellCommand> settings = settings_of(words);
    commands.insert(commands.end(), settings.begin(), settings.end());
    if (!settings.empty()) return;
  } else if (words.front() == "sockstat") {
    if (const std::optional<CountSockets> count = count_of(pipe)) {
      commands.push_back(*count);
      return;
    }
  } else if (words.front() == "tcpdrop" && words.size() == 3 && words[1] == "-s") {
    if (const std::optional<TcpState> state = state_named(words[2])) {
      commands.push_back(DropSockets{*state});
      return;
    }
  }
  commands.push_back(OtherCommand{std::string(text)});
}

}  // namespace

std::vector<ShellCommand> commands_of(std::string_view line) {
  std::vector<ShellCommand> commands;
  while (!line.empty()) {
    const std::size_t end =
        std::min({line.find(';'), line.find('\n'), line.find("&&"), line.size()});
    add_command(line.substr(0, end), commands);
    line.remove_prefix(
        std::min(line.substr(end).starts_with("&&") ? end + 2 : end + 1, line.size()));
  }
  return commands;
}

}  // namespace demuxsim::packetdrill
