#include <optional>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "demuxsim/core/text.hpp"
#include "demuxsim/packetdrill/parse.hpp"
#include "demuxsim/packetdrill/run.hpp"
#include "demuxsim/report/json_text.hpp"
#include "demuxsim/report/text.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::cli {
namespace {

using packetdrill::Script;
using packetdrill::Verdict;

struct Sums {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t broken = 0;

  Status status() const {
    if (broken != 0) return Status::usage;
    return failed != 0 ? Status::expectation_failed : Status::ok;
  }
};

/// What became of one script; without a verdict it could not be read.
struct Outcome {
  const SourceFile& source;
  std::optional<Verdict> verdict;
  std::string complaint;

  std::string_view word() const {
    if (!verdict) return "broken";
    return verdict->passed ? "passed" : "failed";
  }
};

std::string text_of(const Outcome& outcome, const Options& options) {
  if (!outcome.verdict) return {};
  const Verdict& verdict = *outcome.verdict;
  const std::string path = loading::printable(outcome.source.path);
  std::string text;
  if (options.verbose) {
    for (const packetdrill::IgnoredLine& each : verdict.ignored) {
      append_format(text, "{}:{}: ignored: {}\n", path, each.line, loading::printable(each.what));
    }
  }
  if (!verdict.passed) {
    append_format(text, "{}:{}: {}\n", path, verdict.line, verdict.reason);
  } else if (!options.quiet) {
    append_format(text, "{}: passed\n", path);
  }
  return text;
}

std::string json_of(const Outcome& outcome) {
  std::string text = R"({"file":)";
  append_json(text, outcome.source.path);
  append_format(text, R"(,"result":"{}")", outcome.word());
  const bool failed = outcome.verdict && !outcome.verdict->passed;
  text += R"(,"line":)";
  text += failed ? fmt::format("{}", outcome.verdict->line) : "null";
  text += R"(,"reason":)";
  if (failed || !outcome.verdict) {
    append_json(text, failed ? outcome.verdict->reason : outcome.complaint);
  } else {
    text += "null";
  }
  text += R"(,"ignored":[)";
  if (outcome.verdict) {
    for (const packetdrill::IgnoredLine& each : outcome.verdict->ignored) {
      if (text.back() == '}') text += ',';
      append_format(text, R"({{"line":{},"what":)", each.line);
      append_json(text, each.what);
      text += '}';
    }
  }
  return text + "]}";
}

/// Runs the scripts one after the other and tells of each as it ends.
class ScriptRuns {
 public:
  ScriptRuns(const Options& options, ByteSink& out) : options_(options), out_(out) {
    if (is_json()) out_.append(R"({"scripts":[)");
  }

  void run(const std::string& path) {
    const auto source = read_source(path);
    if (source) {
      tell(run_source(*source));
    } else {
      const SourceFile nothing{path, {}};
      tell(broken(nothing, {source.error()}));
    }
  }

  void finish() {
    if (is_json()) {
      out_.append(fmt::format("],\"passed\":{},\"failed\":{},\"broken\":{}}}\n", sums_.passed,
                              sums_.failed, sums_.broken));
    } else {
      out_.append(fmt::format("{} passed, {} failed, {} broken\n", sums_.passed, sums_.failed,
                              sums_.broken));
    }
  }

  const Sums& sums() const { return sums_; }

 private:
  bool is_json() const { return options_.format == Format::json; }
  Profile profile() const { return options_.load.profile.value_or(Profile::freebsd); }

  Outcome broken(const SourceFile& source, const Diagnostics& diagnostics) {
    out_.flush();  // So that both streams keep their order on one terminal.
    write_error(render(source, diagnostics, color_of_complaints(options_.color)));
    return {source, std::nullopt, diagnostics.front().message};
  }

  Outcome run_source(const SourceFile& source) {
    const auto script = packetdrill::parse_script(source, profile());
    if (!script) return broken(source, script.error());
    const Directory directory = packetdrill::directory_of(*script);
    TextOptions shown;
    shown.colour = wants_color(options_.color, kStandardOutput);
    TextSink trace(directory, out_, shown);
    const bool shows = options_.verbose && !is_json();
    const auto verdict = packetdrill::run_script(*script, {profile(), shows ? &trace : nullptr});
    if (!verdict) return broken(source, {verdict.error()});
    return {source, *verdict, {}};
  }

  void tell(const Outcome& outcome) {
    if (is_json()) {
      out_.append(told_++ == 0 ? "" : ",");
      out_.append(json_of(outcome));
    } else {
      out_.append(text_of(outcome, options_));
    }
    if (!outcome.verdict) {
      ++sums_.broken;
    } else {
      ++(outcome.verdict->passed ? sums_.passed : sums_.failed);
    }
  }

  const Options& options_;
  ByteSink& out_;
  Sums sums_;
  std::size_t told_ = 0;
};

}  // namespace

Status run_packetdrill(const Options& options) {
  Output output(options.output);
  if (!output.is_open()) return Status::machine;
  ScriptRuns runs(options, output.sink());
  for (const std::string& path : options.operands) runs.run(path);
  runs.finish();
  return output.finish(runs.sums().status());
}

}  // namespace demuxsim::cli
