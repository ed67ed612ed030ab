// A map with a fixed set of keys, read one key after the other.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenario/diagnostic_collector.hpp"
#include "scenario/value.hpp"

namespace demuxsim::loading {

class Record {
 public:
  /// Complains where the node is no map, and about every key that is not in `keys`, `proto` or an
  /// extension. `what` is what messages call it: "a host".
  Record(const ValueNode& node, std::string_view what, std::span<const std::string_view> keys,
         DiagnosticCollector& diagnostics);
  Record(const ValueNode& node, std::string_view what, std::initializer_list<std::string_view> keys,
         DiagnosticCollector& diagnostics)
      : Record(node, what, std::span(keys.begin(), keys.size()), diagnostics) {}

  const ValueNode& node() const { return node_; }
  /// Where to point when something is missing: the key of the map, or else its beginning.
  SourceSpan span() const { return node_.key_span ? node_.key_span : node_.span; }

  /// The value of a key; null where it is absent.
  const ValueNode* find(std::string_view key) const { return loading::find(node_, key); }
  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// The same, with a complaint where it is absent (and not just misspelt).
  const ValueNode* need(std::string_view key) const;

  /// Sets `into` to the decoded value of the key, if it is there and right. True if so.
  template <class T, class Decode>
  bool read(std::string_view key, T& into, const Decode& decode) const {
    const ValueNode* const node = find(key);
    if (node == nullptr) return false;
    auto value = decode(*node, diagnostics_);
    if (!value) return false;
    into = std::move(*value);
    return true;
  }

  /// The one of these keys that the map has. Complains where there are several, or none.
  const ValueNode* one_of(std::span<const std::string_view> keys) const;

  /// Complains if both stand in the map: "'by' and 'socket' exclude each other in a step".
  void exclude(std::string_view one, std::string_view other) const;

  /// Whether an unknown key looks like this one, which is the better complaint.
  bool is_misspelt(std::string_view key) const;

 private:
  /// A map, or the empty value that counts as one without keys.
  bool is_readable() const { return node_.is_map() || node_.is_nothing(); }

  const ValueNode& node_;
  std::string_view what_;
  std::vector<std::string_view> misspelt_;  ///< Known keys that unknown ones look like.
  DiagnosticCollector& diagnostics_;
};

}  // namespace demuxsim::loading
