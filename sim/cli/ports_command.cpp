#include <string>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/ports.hpp"
#include "cli/terminal.hpp"

namespace demuxsim::cli {
namespace {

PortsFormat format_of(Format format) {
  switch (format) {
    case Format::json:
      return PortsFormat::json;
    case Format::jsonl:
      return PortsFormat::jsonl;
    default:
      return PortsFormat::text;
  }
}

}  // namespace

Status show_ports(const Options& options) {
  std::string answers;
  std::string complaints;
  const int status = run_ports(options.operands, format_of(options.format), answers, complaints);
  Output output(options.output);
  if (!output.is_open()) return Status::machine;
  output.sink().append(answers);
  const Status finished = output.finish(static_cast<Status>(status));
  write_error(complaints);
  return finished;
}

}  // namespace demuxsim::cli
