#include "cli/commands.hpp"
#include "cli/dot.hpp"
#include "cli/output.hpp"
#include "cli/scenario_input.hpp"
#include "demuxsim/picture/network_svg.hpp"

namespace demuxsim::cli {

Status draw_graph(const Options& options) {
  const auto input = load_scenario(options);
  if (!input) return Status::usage;
  Output output(options.output);
  if (!output.is_open()) return Status::machine;
  const bool svg = options.format == Format::svg;
  output.sink().append(svg ? network_svg(input->spec) : dot_of(input->spec));
  return output.finish(Status::ok);
}

}  // namespace demuxsim::cli
