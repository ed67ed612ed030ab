#include <algorithm>
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
  const std::string_view name = text.substr(0, text.find_first_of(":/@"));
  const bool is_known = std::find(names.begin(), names.end(), name) != names.end();
  complain(diagnostics, node, algorithm.error(),
           is_known ? std::string() : did_you_mean(name, names));
  return std::nullopt;
}

/// What the number of this algorithm is called as a key; empty where it takes none.
std::string_view number_key(std::string_view name) {
  if (name == kRssInfo.name) return kRssInfo.number_name;
  for (const AlgorithmInfo& info : table_infos()) {
    if (info.name == name) return info.number_name;
  }
  return {};
}

/// Complains about keys that mean nothing to this algorithm.
bool fits(const Record& record, std::string_view name, DiagnosticCollector& diagnostics) {
  const bool is_rss = name == kRssInfo.name;
  bool fits = true;
  for (const std::string_view key : {"queues", "chains", "buckets", "table"}) {
    const ValueNode* const value = record.find(key);
    if (value == nullptr || key == number_key(name) || (is_rss && key == "table")) continue;
    complain(diagnostics, *value, fmt::format("'{}' has no {}", name, key), std::string());
    fits = false;
  }
  return fits;
}

/// A map says the same as a name: `{algorithm: rss, queues: 4, table: open}` is `rss:4/open`. It is
/// put together piece by piece, so that a complaint points at the piece that is wrong.
std::optional<Algorithm> decode_map(const Record& record, DiagnosticCollector& diagnostics) {
  const ValueNode* const named = record.need("algorithm");
  if (named == nullptr) return std::nullopt;
  const auto name = text_of(*named, "the name of a look-up algorithm", diagnostics);
  if (!name) return std::nullopt;
  std::string text(*name);
  auto algorithm = parse(*named, text, diagnostics);
  if (!algorithm || !fits(record, *name, diagnostics)) return std::nullopt;

  const auto add = [&](std::string_view key, std::string_view mark) {
    const ValueNode* const value = record.find(key);
    if (value == nullptr || !algorithm) return;
    const auto found = text_of(*value, "a word or a number", diagnostics);
    if (found) text += fmt::format("{}{}", mark, *found);
    algorithm = found ? parse(*value, text, diagnostics) : std::nullopt;
  };
  if (!number_key(*name).empty()) add(number_key(*name), ":");
  add("table", "/");
  // The hash is that of the table behind the queues, which may be the usual one.
  if (algorithm && algorithm->queues != 0 && !record.has("table")) text = to_string(*algorithm);
  add("hash", "@");
  return algorithm;
}

}  // namespace

std::optional<Algorithm> decode_demux(const ValueNode& node, DiagnosticCollector& diagnostics) {
  if (!node.is_map()) {
    const auto text = text_of(node, "the name of a look-up algorithm", diagnostics);
    return text ? parse(node, *text, diagnostics) : std::nullopt;
  }
  const Record record(node, "a look-up algorithm",
                      {"algorithm", "chains", "buckets", "queues", "table", "hash"}, diagnostics);
  return decode_map(record, diagnostics);
}

}  // namespace demuxsim::loading
