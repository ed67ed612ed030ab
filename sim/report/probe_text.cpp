#include "demuxsim/report/probe_text.hpp"

#include <string_view>

#include <fmt/core.h>

#include "demuxsim/demux/demultiplexer.hpp"

namespace demuxsim {
namespace {

/// So many comparisons in a row are told one by one at either end of the row.
constexpr std::size_t kToldAtEitherEnd = 3;

LookupStepKind kind_of(const TraceRecord& probe) { return static_cast<LookupStepKind>(probe.from); }

bool is_in_row(const TraceRecord& probe) {
  return kind_of(probe) == LookupStepKind::compare || kind_of(probe) == LookupStepKind::pass_over;
}

/// "10.0.0.1:80 - 10.0.0.11:49152: this is it".
std::string verdict(const TraceRecord& probe) {
  return fmt::format("{} - {}: {}", to_string(probe.segment.from()), to_string(probe.segment.to()),
                     probe.to != 0 ? "this is it" : "another");
}

std::string words_of(const TraceRecord& probe) {
  const std::uint32_t number = probe.examined_connections;
  const std::uint32_t count = probe.examined_listeners;
  switch (kind_of(probe)) {
    case LookupStepKind::queue:
      return fmt::format("receive-side scaling: Toeplitz hash 0x{:08x}, queue {} of {}",
                         probe.amount, number, count);
    case LookupStepKind::chain:
      return fmt::format("hash 0x{:08x}: chain {} of {}", probe.amount, number, count);
    case LookupStepKind::bucket:
      return fmt::format("bucket {} of {}", number, count);
    case LookupStepKind::received:
      return "last received from: " + verdict(probe);
    case LookupStepKind::sent:
      return "last sent to: " + verdict(probe);
    case LookupStepKind::chain_cache:
      return "last found in this chain: " + verdict(probe);
    case LookupStepKind::compare:
      return fmt::format("entry {}: {}", number + 1, verdict(probe));
    case LookupStepKind::pass_over:
      return fmt::format("entry {}: its hash is 0x{:08x}, passed over", number + 1, probe.amount);
  }
  return {};
}

ProbeLine line_of(const TraceRecord& probe) {
  switch (kind_of(probe)) {
    case LookupStepKind::queue:
    case LookupStepKind::chain:
    case LookupStepKind::bucket:
      return {words_of(probe), ProbeOutcome::chosen};
    default:
      return {words_of(probe), probe.to != 0 ? ProbeOutcome::found : ProbeOutcome::another};
  }
}

/// A row of comparisons; a long one without its middle.
void add_row(std::span<const TraceRecord> row, std::vector<ProbeLine>& lines) {
  const bool is_long = row.size() > 2 * kToldAtEitherEnd + 1;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const bool in_middle = is_long && i >= kToldAtEitherEnd && i + kToldAtEitherEnd < row.size();
    if (!in_middle) {
      lines.push_back(line_of(row[i]));
    } else if (i == kToldAtEitherEnd) {
      lines.push_back(
          {fmt::format("... {} more, all of them others ...", row.size() - 2 * kToldAtEitherEnd),
           ProbeOutcome::another});
    }
  }
}

}  // namespace

std::vector<ProbeLine> words_of_probes(std::span<const TraceRecord> probes) {
  std::vector<ProbeLine> lines;
  while (!probes.empty()) {
    std::size_t row = 0;
    while (row < probes.size() && is_in_row(probes[row])) ++row;
    add_row(probes.first(row), lines);
    if (row < probes.size()) {
      lines.push_back(line_of(probes[row++]));
      const bool goes_on = row < probes.size() && is_in_row(probes[row]);
      if (kind_of(probes[row - 1]) == LookupStepKind::bucket && !goes_on) {
        lines.back().text += ": empty";
      }
    }
    probes = probes.subspan(row);
  }
  return lines;
}

}  // namespace demuxsim
