// The parameters of a scenario: what `${name}` stands for, and whether a `when` holds.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenario/diagnostic_collector.hpp"
#include "scenario/value.hpp"

namespace demuxsim::loading {

class Params {
 public:
  using Settings = std::vector<std::pair<std::string, std::string>>;

  /// From the `params` of the file (null: there are none) and values that replace some of them. The
  /// value of one may refer to others, as long as they do not go round in circles.
  Params(const ValueNode* node, const Settings& settings, DiagnosticCollector& diagnostics);

  /// Replaces each `${name}` in the scalars of the tree; `$${` stands for `${`. Keys stay.
  void substitute(ValueNode& tree);

  /// Whether `when` holds: each parameter it names has its value, or one of its values. A broken
  /// one holds.
  bool holds(const ValueNode& when) const;

  /// Names and values in force, in file order.
  Settings values() const;

 private:
  enum class State : std::uint8_t { raw, busy, done };
  struct Param {
    std::string name;
    std::string text;
    SourceSpan span;  ///< Of the value in the file.
    bool from_file = true;
    State state = State::raw;
    ValueNode node;  ///< As the file has it.
  };

  void declare(const ValueNode& item);
  void set(const std::string& name, const std::string& value);
  void resolve(Param& param, std::size_t depth);
  void substitute_scalar(ValueNode& node);
  /// Appends what the text stands for; false after a complaint about `node`.
  bool expand(const ValueNode& node, std::string& out, std::size_t depth, SourceSpan* last);
  Param* find(std::string_view name);
  const Param* find(std::string_view name) const;
  std::string suggestion(std::string_view name) const;

  std::vector<Param> params_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  DiagnosticCollector& diagnostics_;
  std::size_t added_bytes_ = 0;
};

}  // namespace demuxsim::loading
