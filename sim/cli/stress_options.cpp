#include "cli/stress_options.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "scenario/diagnostic_text.hpp"
#include "scenario/value_units.hpp"

namespace demuxsim::cli {
namespace {

/// The smallest table would take gigabytes.
constexpr std::uint64_t kMostConnections = 100'000'000;

/// Splits at commas. `parse_item` appends to the list and returns what is wrong, or an empty text.
template <class T, class ParseItem>
ParsedList<T> parse_list(std::string_view text, ParseItem parse_item) {
  std::vector<T> all;
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    std::vector<T> here;
    std::string problem = parse_item(text.substr(0, comma), here);
    if (!problem.empty()) return failure(std::move(problem));
    for (const T& each : here) {
      if (std::find(all.begin(), all.end(), each) == all.end()) all.push_back(each);
    }
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);
  }
  return all;
}

/// One word of several.
template <class T, class Find>
ParsedList<T> parse_words(std::string_view text, std::string_view what,
                          const std::vector<std::string_view>& words, Find find) {
  return parse_list<T>(text, [&](std::string_view word, std::vector<T>& found) -> std::string {
    if (const std::optional<T> value = find(word)) {
      found.push_back(*value);
      return {};
    }
    return fmt::format("{} is no {}; there are {}", loading::quote(word), what,
                       comma_separated(words));
  });
}

constexpr std::uint64_t kMostSteps = 1'000'000'000'000;

/// `1000`, `10k`, `2M`, `1e6`; 0 for anything else, and for more than `most`.
std::uint64_t count_from(std::string_view text, std::uint64_t most = kMostConnections) {
  const char* const end = text.data() + text.size();
  std::uint64_t count = 0;
  const auto digits = std::from_chars(text.data(), end, count);
  if (digits.ec != std::errc{}) return 0;
  unsigned zeros = 0;
  const std::string_view unit(digits.ptr, static_cast<std::size_t>(end - digits.ptr));
  if (unit == "k" || unit == "M") {
    zeros = unit == "k" ? 3 : 6;
  } else if (unit.starts_with('e') || unit.starts_with('E')) {
    const auto exponent = std::from_chars(digits.ptr + 1, end, zeros);
    if (exponent.ec != std::errc{} || exponent.ptr != end) return 0;
  } else if (!unit.empty()) {
    return 0;
  }
  for (; zeros > 0 && count != 0 && count <= most; --zeros) count *= 10;
  return count <= most ? count : 0;
}

std::string bad_count(std::string_view text) {
  return fmt::format("{} is no number of connections from 1 to 1e8, such as 1000, 10k or 1e6",
                     loading::quote(text));
}

std::string parse_count_item(std::string_view text, std::vector<std::uint32_t>& counts) {
  const std::size_t dots = text.find("..");
  const std::string_view first_text = text.substr(0, dots);
  const std::uint64_t first = count_from(first_text);
  if (first == 0) return bad_count(first_text);
  std::uint64_t last = first;
  if (dots != std::string_view::npos) {
    const std::string_view last_text = text.substr(dots + 2);
    last = count_from(last_text);
    if (last == 0) return bad_count(last_text);
    if (last < first) return fmt::format("{} goes from more to fewer", loading::quote(text));
  }
  for (std::uint64_t count = first; count < last; count *= 10) {
    counts.push_back(static_cast<std::uint32_t>(count));
  }
  counts.push_back(static_cast<std::uint32_t>(last));
  return {};
}

}  // namespace

ParsedList<Algorithm> parse_algorithms(std::string_view text) {
  return parse_list<Algorithm>(text, [](std::string_view word, std::vector<Algorithm>& found) {
    const auto algorithm = parse_algorithm(word);
    if (!algorithm) return algorithm.error();
    found.push_back(*algorithm);
    return std::string{};
  });
}

ParsedList<std::uint32_t> parse_counts(std::string_view text) {
  return parse_list<std::uint32_t>(text, parse_count_item);
}

Result<std::uint64_t, std::string> parse_steps(std::string_view text) {
  if (const std::uint64_t steps = count_from(text, kMostSteps)) return steps;
  return failure(fmt::format("{} is no number from 1 to 1e12, such as 1e9", loading::quote(text)));
}

ParsedList<TrafficKind> parse_traffic(std::string_view text) {
  return parse_words<TrafficKind>(text, "workload", {kTrafficNames.begin(), kTrafficNames.end()},
                                  traffic_from);
}

ParsedList<PortPick> parse_picks(std::string_view text) {
  std::vector<std::string_view> words;
  words.reserve(kPortPicks.size());
  for (const PortPick pick : kPortPicks) words.push_back(name_of(pick));
  return parse_words<PortPick>(text, "way to pick ports", words, port_pick_from);
}

ParsedList<Ratio> parse_occupancies(std::string_view text) {
  return parse_list<Ratio>(text, [](std::string_view word, std::vector<Ratio>& found) {
    const auto share = loading::parse_share(word);
    if (!share) {
      const loading::TextError& error = share.error();
      return error.help.empty() ? error.message : fmt::format("{}: {}", error.message, error.help);
    }
    if (share->numerator == 0) {
      return fmt::format("{} leaves no connection to measure", loading::quote(word));
    }
    found.push_back(*share);
    return std::string{};
  });
}

Result<PortRange, std::string> parse_port_range(std::string_view text) {
  const auto port = [](std::string_view digits) {
    Port parsed;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, parsed.value);
    return error == std::errc{} && stop == end ? parsed : Port{};
  };
  const std::size_t dash = text.find('-');
  const std::string_view last = dash == text.npos ? text : text.substr(dash + 1);
  const PortRange range{port(text.substr(0, dash)), port(last)};
  if (range.first.value != 0 && range.first <= range.last) return range;
  return failure(fmt::format("{} is no range of ports, such as 32768-60999, and no port",
                             loading::quote(text)));
}

std::optional<std::string> conflict_in(const StressOptions& options) {
  const bool has_ports_alone =
      !options.picks.empty() || options.range || !options.occupancies.empty();
  if (has_ports_alone && !options.ports) {
    return "--pick, --range and --occupancy go with --ports alone";
  }
  const bool has_tables_alone = !options.algorithms.empty() || !options.connections.empty() ||
                                !options.traffic.empty() || options.most_steps_to_build;
  if (has_tables_alone && options.ports) {
    return "--demux, --connections, --workload and --limit do not go with --ports";
  }
  return std::nullopt;
}

}  // namespace demuxsim::cli
