#include "scenario/decode_ephemeral.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "scenario/decode_record.hpp"
#include "scenario/decode_scalar.hpp"

namespace demuxsim::loading {
namespace {

/// `1024-4999`, or one port.
std::optional<PortRange> decode_port_range(const ValueNode& node,
                                           DiagnosticCollector& diagnostics) {
  const auto text = text_of(node, "a range of ports such as 49152-65535", diagnostics);
  if (!text) return std::nullopt;
  const std::size_t dash = text->find('-', 1);
  const auto half = [&](std::string_view part) {
    ValueNode copy = node;
    copy.text = std::string(part);
    return decode_port(copy, diagnostics);
  };
  const auto first = half(text->substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : half(text->substr(dash + 1));
  if (!first || !last) return std::nullopt;
  if (*first <= *last) return PortRange{*first, *last};
  complain(diagnostics, node, fmt::format("range {} ends before it begins", quote(*text)));
  return std::nullopt;
}

std::optional<PortPick> decode_pick(const ValueNode& node, DiagnosticCollector& diagnostics) {
  std::array<Word<PortPick>, kPortPicks.size()> words{};
  std::transform(kPortPicks.begin(), kPortPicks.end(), words.begin(), [](PortPick pick) {
    return Word<PortPick>{name_of(pick), pick};
  });
  return decode_word(node, "way to pick a port", words, diagnostics);
}

}  // namespace

std::optional<EphemeralConfig> decode_ephemeral(const ValueNode& node, EphemeralConfig ephemeral,
                                                DiagnosticCollector& diagnostics) {
  if (node.is_scalar()) {
    const auto range = decode_port_range(node, diagnostics);
    if (range) ephemeral.range = *range;
    return ephemeral;
  }
  constexpr std::uint64_t kMostPorts = 65536;
  const Record record(node, "ephemeral ports",
                      {"range", "pick", "reserved", "max_increment", "table_length"}, diagnostics);
  record.read("range", ephemeral.range, decode_port_range);
  record.read("pick", ephemeral.pick, decode_pick);
  record.read("max_increment", ephemeral.max_increment,
              Limited<std::uint32_t>{{"an increment", 1, kMostPorts}});
  record.read("table_length", ephemeral.table_length,
              Limited<std::uint32_t>{{"a number of counters", 1, kMostPorts}});
  if (const ValueNode* const reserved = record.find("reserved")) {
    ephemeral.reserved = {};
    for (const PortRange& range :
         decode_one_or_more<PortRange>(*reserved, diagnostics, decode_port_range)) {
      ephemeral.reserved.add(range);
    }
  }
  return ephemeral;
}

}  // namespace demuxsim::loading
