#include "scenario/decode_record.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "scenario/decode_scalar.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::loading {
namespace {

/// `proto: tcp` may stand anywhere; another protocol may come one day.
void check_proto(const ValueNode& node, DiagnosticCollector& diagnostics) {
  const auto text = text_of(node, "'tcp'", diagnostics);
  if (text && *text != "tcp") {
    complain(diagnostics, node, fmt::format("protocol {} is not simulated", quote(*text)),
             "only 'tcp' is");
  }
}

/// Words that people use for keys of this format.
struct OtherWord {
  std::string_view word;
  std::string_view key;
};
constexpr std::array kOtherWords{
    OtherWord{"address", "ip"},     OtherWord{"addresses", "ip"}, OtherWord{"latency", "delay"},
    OtherWord{"bandwidth", "rate"}, OtherWord{"host", "by"},      OtherWord{"process", "by"},
    OtherWord{"time", "at"},        OtherWord{"repeat", "times"}, OtherWord{"name", "as"}};

/// The known key that was most likely meant, or an empty text.
std::string_view meant(std::string_view word, std::span<const std::string_view> keys) {
  const std::string_view alike = closest(word, keys);
  if (!alike.empty()) return alike;
  std::array<std::string_view, kOtherWords.size()> words;
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = kOtherWords[i].word;
  const std::string_view other = closest(word, words);
  for (const OtherWord& each : kOtherWords) {
    const bool known = std::find(keys.begin(), keys.end(), each.key) != keys.end();
    if (each.word == other && known) return each.key;
  }
  return {};
}

}  // namespace

Record::Record(const ValueNode& node, std::string_view what, std::span<const std::string_view> keys,
               DiagnosticCollector& diagnostics)
    : node_(node), what_(what), diagnostics_(diagnostics) {
  if (!node.is_map() && !node.is_nothing() && !node.is_broken()) {
    complain(diagnostics, node,
             fmt::format("expected {}, a map of keys, found {}", what, describe(node)));
    return;
  }
  for (const ValueNode& item : node.items) {
    if (std::find(keys.begin(), keys.end(), item.key) != keys.end()) continue;
    if (is_extension(item.key)) continue;
    if (item.key == "proto") {
      check_proto(item, diagnostics);
      continue;
    }
    Diagnostic& diagnostic =
        diagnostics.add(item.key_span, fmt::format("unknown key {} in {}", quote(item.key), what));
    const std::string_view key = meant(item.key, keys);
    misspelt_.push_back(key);
    diagnostic.help = key.empty() ? fmt::format("keys are {}", comma_separated(keys))
                                  : fmt::format("did you mean '{}'?", key);
  }
}

bool Record::is_misspelt(std::string_view key) const {
  return std::find(misspelt_.begin(), misspelt_.end(), key) != misspelt_.end();
}

const ValueNode* Record::need(std::string_view key) const {
  const ValueNode* const node = find(key);
  if (node == nullptr && is_readable() && !is_misspelt(key)) {
    diagnostics_.add(span(), fmt::format("{} needs the key '{}'", what_, key));
  }
  return node;
}

const ValueNode* Record::one_of(std::span<const std::string_view> keys) const {
  const ValueNode* found = nullptr;
  for (const ValueNode& item : node_.items) {
    if (std::find(keys.begin(), keys.end(), item.key) == keys.end()) continue;
    if (found != nullptr) {
      diagnostics_.add(item.key_span, fmt::format("'{}' and '{}' exclude each other in {}",
                                                  found->key, item.key, what_));
      continue;
    }
    found = &item;
  }
  const bool misspelt =
      std::any_of(keys.begin(), keys.end(), [&](std::string_view key) { return is_misspelt(key); });
  if (found == nullptr && is_readable() && !misspelt) {
    diagnostics_.add(span(), fmt::format("{} needs one of the keys {}", what_, alternatives(keys)));
  }
  return found;
}

void Record::exclude(std::string_view one, std::string_view other) const {
  const ValueNode* const first = find(one);
  const ValueNode* const second = find(other);
  if (first == nullptr || second == nullptr) return;
  Diagnostic& diagnostic = diagnostics_.add(
      second->key_span, fmt::format("'{}' and '{}' exclude each other in {}", one, other, what_));
  diagnostic.notes.push_back({first->key_span, "the other one is here"});
}

}  // namespace demuxsim::loading
