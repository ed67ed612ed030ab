#include "scenario/value_params.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "scenario/diagnostic_text.hpp"
#include "scenario/source_text.hpp"
#include "scenario/value_name.hpp"

namespace demuxsim::loading {
namespace {

using Kind = ValueNode::Kind;

constexpr std::size_t kLongestValue = 4096;
constexpr std::size_t kMostAddedBytes = kLargestSource;
constexpr std::size_t kLongestChain = 32;

/// The part of a scalar's place that holds these bytes of its text, where the two agree.
SourceSpan part_of(const ValueNode& node, std::string_view part) {
  const auto characters = count_characters(node.text);
  const std::uint32_t quotes = node.quoted ? 2 : 0;
  if (node.span.length != characters + quotes) return node.span;
  const std::string_view text = node.text;
  const auto before = static_cast<std::size_t>(part.data() - text.data());
  return {node.span.line, node.span.column + quotes / 2 + count_characters(text.substr(0, before)),
          count_characters(part)};
}

}  // namespace

Params::Params(const ValueNode* node, const Settings& settings, DiagnosticCollector& diagnostics)
    : diagnostics_(diagnostics) {
  if (node != nullptr && node->is_map()) {
    for (const ValueNode& item : node->items) declare(item);
  } else if (node != nullptr && !node->is_nothing() && !node->is_broken()) {
    diagnostics_.add(node->span,
                     fmt::format("expected a map of parameters, found {}", describe(*node)));
  }
  for (const auto& [name, value] : settings) set(name, value);
  for (Param& param : params_) resolve(param, 0);
}

void Params::declare(const ValueNode& item) {
  if (is_extension(item.key)) return;
  if (const auto error = check_name(item.key, "parameter")) {
    diagnostics_.add(item.key_span, error->message).help = error->help;
  }
  Param param{item.key, {}, item.span, true, State::raw, item};
  if (!item.is_scalar()) {
    param.state = State::done;
    if (!item.is_broken()) {
      diagnostics_.add(
          item.span, fmt::format("a parameter's value is a single text, found {}", describe(item)));
    }
  }
  by_name_.emplace(item.key, params_.size());
  params_.push_back(std::move(param));
}

void Params::set(const std::string& name, const std::string& value) {
  if (Param* const param = find(name)) {
    param->text = value;
    param->from_file = false;
    param->state = State::done;
    return;
  }
  diagnostics_.add({}, fmt::format("there is no parameter {} to set", quote(name))).help =
      suggestion(name);
}

std::string Params::suggestion(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const Param& param : params_) names.push_back(param.name);
  if (names.empty()) return "the scenario has no 'params'";
  std::string help = did_you_mean(name, names);
  if (!help.empty()) return help;
  names.resize(std::min<std::size_t>(names.size(), 10));
  return fmt::format("parameters are {}", printable(comma_separated(names)));
}

Params::Param* Params::find(std::string_view name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &params_[found->second];
}

const Params::Param* Params::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &params_[found->second];
}

void Params::resolve(Param& param, std::size_t depth) {
  if (param.state != State::raw) return;
  param.state = State::busy;
  std::string text;
  if (expand(param.node, text, depth + 1, nullptr)) param.text = std::move(text);
  param.state = State::done;
}

bool Params::expand(const ValueNode& node, std::string& out, std::size_t depth, SourceSpan* last) {
  const std::string_view text = node.text;
  std::size_t at = 0;
  for (std::size_t dollar = text.find("${"); dollar != std::string_view::npos;
       dollar = text.find("${", at)) {
    out += text.substr(at, dollar - at);
    if (out.ends_with('$') && dollar > at) {  // `$${` is a way to write `${`.
      out += '{';
      at = dollar + 2;
      continue;
    }
    const std::size_t close = text.find('}', dollar);
    if (close == std::string_view::npos) {
      diagnostics_.add(part_of(node, text.substr(dollar, 2)), "this '${' is never closed");
      return false;
    }
    const std::string_view name = text.substr(dollar + 2, close - dollar - 2);
    const SourceSpan place = part_of(node, text.substr(dollar, close + 1 - dollar));
    Param* const param = find(name);
    if (param == nullptr) {
      diagnostics_.add(place, fmt::format("there is no parameter {}", quote(name))).help =
          suggestion(name);
      return false;
    }
    if (param->state == State::busy || depth > kLongestChain) {
      diagnostics_.add(place, param->state == State::busy
                                  ? fmt::format("parameter {} refers to itself", quote(name))
                                  : "parameters refer to each other too often");
      return false;
    }
    resolve(*param, depth);
    out += param->text;
    if (out.size() > kLongestValue + text.size()) {
      diagnostics_.add(place, "the text becomes too long here");
      return false;
    }
    if (last != nullptr) *last = param->from_file ? param->span : SourceSpan{};
    at = close + 1;
  }
  out += text.substr(std::min(at, text.size()));
  return true;
}

void Params::substitute_scalar(ValueNode& node) {
  if (node.text.find("${") == std::string::npos) return;
  std::string text;
  const bool expanded = expand(node, text, 0, &node.parameter);
  added_bytes_ += text.size();
  if (added_bytes_ > kMostAddedBytes) {
    diagnostics_.add(node.span, "parameters make the scenario too large");
    node.kind = Kind::broken;
    return;
  }
  node.substituted = node.text.find("${") != std::string::npos;
  node.text = std::move(text);
  if (!expanded) node.kind = Kind::broken;
}

void Params::substitute(ValueNode& tree) {
  if (tree.is_scalar()) substitute_scalar(tree);
  for (ValueNode& item : tree.items) {
    if (!is_extension(item.key)) substitute(item);
  }
}

bool Params::holds(const ValueNode& when) const {
  if (!when.is_map()) {
    if (!when.is_broken()) {
      diagnostics_
          .add(when.span,
               fmt::format("expected a map of parameters and values, found {}", describe(when)))
          .help = "when: {style: same-port}";
    }
    return true;
  }
  bool all = true;
  for (const ValueNode& item : when.items) {
    if (is_extension(item.key)) continue;
    const Param* const param = find(item.key);
    if (param == nullptr) {
      diagnostics_.add(item.key_span, fmt::format("there is no parameter {}", quote(item.key)))
          .help = suggestion(item.key);
      continue;
    }
    const auto is_value = [&](const ValueNode& value) {
      return value.is_scalar() && value.text == param->text;
    };
    const auto is_text = [](const ValueNode& value) {
      return value.is_scalar() || value.is_broken();
    };
    const bool list = item.is_list();
    if (list ? !std::all_of(item.items.begin(), item.items.end(), is_text) : !is_text(item)) {
      diagnostics_.add(item.span, "expected a value, or a list of values, of the parameter");
      continue;
    }
    all = all &&
          (list ? std::any_of(item.items.begin(), item.items.end(), is_value) : is_value(item));
  }
  return all;
}

Params::Settings Params::values() const {
  Settings values;
  for (const Param& param : params_) values.emplace_back(param.name, param.text);
  return values;
}

}  // namespace demuxsim::loading
