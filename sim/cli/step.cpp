#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <unistd.h>

#include <fmt/core.h>

#include "cli/check_report.hpp"
#include "cli/commands.hpp"
#include "cli/drive.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/scenario_input.hpp"
#include "cli/step_command.hpp"
#include "cli/stepper.hpp"
#include "cli/summing_up.hpp"
#include "cli/terminal.hpp"
#include "demuxsim/report/wrap.hpp"
#include "demuxsim/scenario/run.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::cli {
namespace {

/// Where commands come from, a line at a time. Ctrl-C ends the waiting for one.
class CommandInput {
 public:
  /// Standard input or, where the scenario came from there, the terminal.
  explicit CommandInput(bool from_terminal)
      : descriptor_(from_terminal ? ::open("/dev/tty", O_RDONLY | O_CLOEXEC) : 0),
        is_own_(from_terminal) {}
  ~CommandInput() {
    if (is_own_ && descriptor_ >= 0) ::close(descriptor_);
  }
  CommandInput(const CommandInput&) = delete;
  CommandInput& operator=(const CommandInput&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  bool is_terminal() const { return cli::is_terminal(descriptor_); }

  /// Without its line feed; nothing at the end, and after a signal.
  std::optional<std::string> line() {
    for (;;) {
      const std::size_t end = buffer_.find('\n');
      if (end != buffer_.npos || (at_end_ && !buffer_.empty())) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end == buffer_.npos ? end : end + 1);
        return line;
      }
      if (at_end_ || !read_more()) return std::nullopt;
    }
  }

 private:
  /// Longer lines are no commands; what is cut off makes lines of its own.
  static constexpr std::size_t kLongestLine = 4096;

  bool read_more() {
    pollfd waiting{descriptor_, POLLIN, 0};
    // A signal that comes just before the call is noticed a little later.
    while (::poll(&waiting, 1, 250) <= 0) {
      if (interrupt() != 0) return false;
    }
    char bytes[kLongestLine];
    const ssize_t count = ::read(descriptor_, bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) return interrupt() == 0;
    at_end_ = count <= 0;
    if (count > 0) buffer_.append(bytes, static_cast<std::size_t>(count));
    if (buffer_.size() > kLongestLine && buffer_.find('\n') == buffer_.npos) buffer_ += '\n';
    return true;
  }

  int descriptor_;
  bool is_own_;
  bool at_end_ = false;
  std::string buffer_;
};

class Session {
 public:
  Session(const Options& options, const SeenRun& run, CommandInput& input, Output& output)
      : input_(input),
        output_(output),
        is_asked_(input.is_terminal()),
        stepper_(run, {width(), options.ascii || !speaks_utf8(),
                       wants_color(options.color, output.descriptor())}) {}

  Status talk(std::uint64_t event) {
    say(stepper_.welcome());
    if (stepper_.events() != 0 && !go_to(event)) return Status::usage;
    for (;;) {
      prompt();
      if (!output_.sink().flush()) return Status::machine;
      const auto line = input_.line();
      if (!line) break;
      if (!is_asked_) output_.sink().append(fmt::format("> {}\n", loading::printable(*line)));
      if (!obey(*line)) return Status::ok;
    }
    if (is_asked_) say("\n");
    return interrupt() != 0 ? ended_by(interrupt()) : Status::ok;
  }

 private:
  std::size_t width() const { return width_of_terminal(output_.descriptor()); }

  bool go_to(std::uint64_t event) {
    StepCommand start;
    start.verb = StepVerb::event;
    start.count = event;
    return tell(stepper_.answer(start));
  }
  void prompt() {
    if (is_asked_) say(stepper_.prompt());
  }
  void say(std::string_view text) { output_.sink().append(text); }
  bool tell(const Stepper::Answer& answer) {
    if (answer) {
      say(*answer);
    } else {
      const UsageError& error = answer.error();
      std::string text;
      append_wrapped(text, error.message + "\n", width());
      if (!error.help.empty()) append_wrapped(text, fmt::format("  {}\n", error.help), width());
      say(text);
    }
    return answer.has_value();
  }

  /// False for quit.
  bool obey(std::string_view line) {
    const auto command = parse_step(line);
    if (command && command->verb == StepVerb::quit) return false;
    stepper_.set_width(width());
    if (command) {
      tell(stepper_.answer(*command));
    } else {
      tell(failure(command.error()));
    }
    return true;
  }

  CommandInput& input_;
  Output& output_;
  bool is_asked_;  ///< Somebody types.
  Stepper stepper_;
};

Status walk(const Options& options, const ScenarioInput& input, ScenarioRun& run, Story& story,
            CommandInput& commands, Output& output) {
  story.finish();
  const SeenRun seen{input.spec,
                     run,
                     story,
                     results_of(run.verdicts()),
                     summary_of(run),
                     loading::printable(input.path),
                     {}};
  const std::size_t events = story.moments().size();
  if (options.event > std::max<std::size_t>(events, 1)) {
    complain_of_usage(
        {fmt::format("--event: there is no event {}", options.event),
         events == 0 ? "nothing happens in this run" : fmt::format("they are 1 to {}", events)});
    return Status::usage;
  }
  return Session(options, seen, commands, output).talk(options.event);
}

}  // namespace

Status step_scenario(const Options& options) {
  const auto input = load_scenario(options);
  if (!input) return Status::usage;
  CommandInput commands(options.operands.front() == "-");
  if (!commands.is_open()) {
    complain_of_usage(
        {"the scenario comes from standard input, and there is no terminal for "
         "commands",
         "name a file"});
    return Status::usage;
  }
  Output output("-");
  ScenarioRun run(input->spec);
  const CheckReport check_report(run, input->spec.seed);
  Story story;
  run.simulation().trace().attach(story, Story::kinds());
  Status status = drive({run, output});
  if (status == Status::ok) {
    run.simulation().trace().flush();
    status = walk(options, *input, run, story, commands, output);
  }
  return output.finish(status);
}

}  // namespace demuxsim::cli
