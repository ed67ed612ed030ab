// What `demuxsim stress` is to measure, and the lists of the command line that say so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "demuxsim/core/result.hpp"
#include "demuxsim/core/units.hpp"
#include "demuxsim/demux/algorithm.hpp"
#include "demuxsim/net/port.hpp"
#include "demuxsim/ports/config.hpp"
#include "demuxsim/stress/traffic.hpp"

namespace demuxsim::cli {

/// What is empty was not given.
struct StressOptions {
  bool ports = false;
  std::vector<Algorithm> algorithms;
  std::optional<std::uint64_t> most_steps_to_build;  ///< See StressCellConfig.
  std::vector<std::uint32_t> connections;
  std::vector<TrafficKind> traffic;
  std::vector<PortPick> picks;
  std::optional<PortRange> range;
  std::vector<Ratio> occupancies;
};

/// A list, each of it once, or what is wrong with the text.
template <class T>
using ParsedList = Result<std::vector<T>, std::string>;

/// `open,sequent:19`.
ParsedList<Algorithm> parse_algorithms(std::string_view text);
/// `1000,20k,1e6`, and `1e3..1e6`: the first, its multiples by ten, and the last.
ParsedList<std::uint32_t> parse_counts(std::string_view text);
/// `1e9`, as one of such counts.
Result<std::uint64_t, std::string> parse_steps(std::string_view text);
/// `uniform,tpca`.
ParsedList<TrafficKind> parse_traffic(std::string_view text);
/// `sequential,linux`.
ParsedList<PortPick> parse_picks(std::string_view text);
/// `10%,99.5%`.
ParsedList<Ratio> parse_occupancies(std::string_view text);
/// `32768-60999`, `50000`.
Result<PortRange, std::string> parse_port_range(std::string_view text);

/// What does not go together, or nothing.
std::optional<std::string> conflict_in(const StressOptions& options);

}  // namespace demuxsim::cli
