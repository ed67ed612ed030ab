// A run that is over, walked through event by event: where one is, and what each command answers.
// It reads nothing, and what it says is text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/moment_report.hpp"
#include "cli/step_command.hpp"
#include "demuxsim/core/result.hpp"
#include "demuxsim/picture/ladder.hpp"
#include "demuxsim/picture/seen_run.hpp"
#include "demuxsim/report/explain.hpp"
#include "demuxsim/report/line_text.hpp"
#include "demuxsim/report/text.hpp"

namespace demuxsim::cli {

struct StepperOptions {
  std::size_t width = 80;  ///< Of a line.
  bool ascii = false;
  bool colour = false;
};

/// An event is a moment of the story, and its number counts from 1.
class Stepper {
 public:
  using Answer = Result<std::string, UsageError>;

  /// `run` outlives this. Where nothing happens in it, only `help` and `expect` have an answer.
  Stepper(const SeenRun& run, const StepperOptions& options);

  /// How much there is, and what is not.
  std::string welcome() const;
  /// `(12/97) `
  std::string prompt() const;
  /// Of any command but quit.
  Answer answer(const StepCommand& command);

  std::uint64_t event() const { return events() == 0 ? 0 : here_ + 1; }
  std::uint64_t events() const { return story_.moments().size(); }
  /// The terminal may become narrower, or wider.
  void set_width(std::size_t width) { options_.width = width; }

 private:
  void find_resent();
  Answer move(const StepCommand& command);
  Answer move_until(const StepCommand& command);
  Answer go_to(std::uint64_t event);
  std::size_t moment_at(Duration time) const;
  std::string step_by(const StepCommand& command);
  std::string arrive_at(std::size_t moment);
  std::string show();
  std::string lines_of(std::size_t moment);
  std::string verdict_of(std::size_t moment);
  Answer tables(const StepCommand& command) const;
  Answer why();
  std::optional<std::size_t> look_up_of(std::size_t moment) const;
  std::string draw(std::uint64_t rungs) const;
  std::string list(std::uint64_t events);
  std::string expectations() const;
  const char* ellipsis() const { return options_.ascii ? "..." : "…"; }
  std::string fitted(const std::string& text) const;

  const SeenRun& run_;
  const Story& story_;
  StepperOptions options_;
  Painter painter_;
  Ladder ladder_;
  std::vector<bool> resent_;  ///< By moment: whether its segment is sent again.
  MomentReport<TextSink, TextOptions> lines_;
  MomentReport<ExplainSink, ExplainOptions> reasons_;
  std::size_t here_ = 0;
  StepCommand movement_;  ///< The last one.
};

}  // namespace demuxsim::cli
