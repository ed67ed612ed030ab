#include <optional>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "demuxsim/demux/algorithm.hpp"
#include "scenario/decode.hpp"
#include "scenario/decode_record.hpp"
#include "scenario/decode_scalar.hpp"

namespace demuxsim::loading {
namespace {

std::optional<Algorithm> parse(const ValueNode& node, std::string_view text,
                               DiagnosticCollector& diagnostics) {
  const auto algorithm = parse_algorithm(text);
  if (algorithm) return *algorithm;
  std::vector<std::string_view> names = {kRssInfo.name};
  for (const AlgorithmInfo& info : table_infos()) names.push_back(info.name);
  complain(diagnostics, node, algorithm.error(),
           did_you_mean(text.substr(0, text.find_first_of(":/@")), names));
  return std::nullopt;
}

/// The map as the name that says the same: `{algorithm: rss, queues: 4, table: open}` is
/// `rss:4/open`.
std::string name_of_map(const Record& record, DiagnosticCollector& diagnostics) {
  const auto text = [&](std::string_view key, std::string_view mark) {
    const ValueNode* const value = record.find(key);
    if (value == nullptr) return std::string();
    const auto found = text_of(*value, "a word or a number", diagnostics);
    return found ? fmt::format("{}{}", mark, *found) : std::string();
  };
  std::string name = text("algorithm", "");
  for (const std::string_view key : {"queues", "chains", "buckets"}) name += text(key, ":");
  return name + text("table", "/") + text("hash", "@");
}

}  // namespace

std::optional<Algorithm> decode_demux(const ValueNode& node, DiagnosticCollector& diagnostics) {
  if (!node.is_map()) {
    const auto text = text_of(node, "the name of a look-up algorithm", diagnostics);
    return text ? parse(node, *text, diagnostics) : std::nullopt;
  }
  const Record record(node, "a look-up algorithm",
                      {"algorithm", "chains", "buckets", "queues", "table", "hash"}, diagnostics);
  if (record.need("algorithm") == nullptr) return std::nullopt;
  return parse(node, name_of_map(record, diagnostics), diagnostics);
}

}  // namespace demuxsim::loading
