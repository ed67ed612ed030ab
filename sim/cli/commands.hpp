// The commands, one source file each. Each prints its answer and its complaints, and returns the
// exit status.
#pragma once

#include "cli/options.hpp"
#include "cli/status.hpp"

namespace demuxsim::cli {

Status run_scenario(const Options& options);
Status check_scenarios(const Options& options);
Status explain_scenario(const Options& options);
Status compare_runs(const Options& options);
Status show_sockets(const Options& options);
Status show_ledger(const Options& options);
Status show_ports(const Options& options);
Status draw_graph(const Options& options);
Status step_scenario(const Options& options);
Status verify_scenario(const Options& options);
Status run_stress(const Options& options);
Status run_packetdrill(const Options& options);
Status show_version();
Status show_help(const Options& options);

}  // namespace demuxsim::cli
