#include <iterator>
#include <string>

#include <fmt/core.h>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "demuxsim/core/text.hpp"
#include "demuxsim/report/json_text.hpp"
#include "demuxsim/scenario/diagnostic.hpp"
#include "demuxsim/scenario/load.hpp"
#include "demuxsim/scenario/source.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::cli {
namespace {

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string ok_line(const SourceFile& source, const ScenarioSpec& spec) {
  std::size_t processes = 0;
  for (const HostGroupSpec& group : spec.hosts) {
    for (const ProcessSpec& process : group.processes) {
      processes += std::size_t{process.count} * group.count;
    }
  }
  std::string text =
      fmt::format("{}: ok ({}, {}, {}, {})\n", loading::printable(source.path),
                  counted(spec.host_count, "host"),
                  processes == 1 ? "1 process" : fmt::format("{} processes", processes),
                  counted(spec.steps.size(), "step"), counted(spec.expects.size(), "expectation"));
  return text;
}

/// `"line":12,"column":15,"length":5,"message":"..."`; null for the numbers of no place.
void append_place(std::string& out, SourceSpan span, std::string_view message) {
  if (span) {
    append_format(out, R"("line":{},"column":{},"length":{},)", span.line, span.column,
                  span.length);
  } else {
    out += R"("line":null,"column":null,"length":null,)";
  }
  out += R"("message":)";
  append_json(out, message);
}

std::string json_of(const SourceFile& source, const Diagnostic& diagnostic) {
  std::string out = R"({"file":)";
  append_json(out, source.path);
  out += ',';
  append_place(out, diagnostic.span, diagnostic.message);
  out += R"(,"help":)";
  if (diagnostic.help.empty()) {
    out += "null";
  } else {
    append_json(out, diagnostic.help);
  }
  out += R"(,"notes":[)";
  for (const Diagnostic::Note& note : diagnostic.notes) {
    if (out.back() == '}') out += ',';
    out += '{';
    append_place(out, note.span, note.message);
    out += '}';
  }
  return out + "]}\n";
}

void complain_of(const Options& options, const SourceFile& source, const Diagnostics& diagnostics,
                 Output& output) {
  if (options.format == Format::text) {
    output.sink().flush();  // So that both streams keep their order on one terminal.
    write_error(render(source, diagnostics, color_of_complaints(options.color)));
    return;
  }
  for (const Diagnostic& each : diagnostics) output.sink().append(json_of(source, each));
}

bool check_one(const Options& options, const std::string& path, Output& output) {
  const auto source = read_source(path);
  if (!source) {
    complain_of(options, {path, {}}, {source.error()}, output);
    return false;
  }
  const auto spec = load(*source, options.load);
  if (!spec) {
    complain_of(options, *source, spec.error(), output);
    return false;
  }
  if (options.format == Format::text && !options.quiet) {
    output.sink().append(ok_line(*source, *spec));
  }
  return true;
}

}  // namespace

Status check_scenarios(const Options& options) {
  Output output(options.output);
  if (!output.is_open()) return Status::machine;
  bool all_good = true;
  for (const std::string& path : options.operands) {
    if (!check_one(options, path, output)) all_good = false;
  }
  return output.finish(all_good ? Status::ok : Status::usage);
}

}  // namespace demuxsim::cli
