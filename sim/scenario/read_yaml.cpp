#include "scenario/read_yaml.hpp"

#include <algorithm>
#include <numeric>
#include <sstream>
#include <string_view>

#include <fmt/core.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "scenario/diagnostic_text.hpp"
#include "scenario/read_yaml_text.hpp"
#include "scenario/source_text.hpp"

namespace demuxsim::loading {
namespace {

using Kind = ValueNode::Kind;

/// Thrown through the parser to stop it; the reason has been told.
struct Stop {};

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(Places& places, DiagnosticCollector& diagnostics)
      : places_(places), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (begun_) refuse_second_document(offset_of(mark));
    begun_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_properties(mark, anchor);
    if (key_comes_next()) stop(place_of_nothing(mark), "a key is missing here");
    ValueNode& node = add(Kind::nothing);
    node.span = place_of_nothing(mark);
    if (parent_is_list_in_block()) node.span = place_of_dash(mark);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    const std::size_t offset = offset_of(mark);
    const std::size_t end = text().find_first_of(" \t\r\n,]}", offset);
    const SourceSpan span = places_.span(offset, std::min(end, text().size()) - offset);
    diagnostics_.add(span, "aliases (*name) are not part of this format").help =
        help_for_indicator(text(), offset);
    if (key_comes_next()) throw Stop{};
    add(Kind::broken).span = span;
  }

  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool has_properties = refuse_properties(mark, anchor);
    const SourceSpan span = has_properties ? places_.span(offset_of(mark)) : span_of(mark, value);
    if (key_comes_next()) {
      take_key(value, span);
      return;
    }
    ValueNode& node = add(Kind::scalar);
    node.span = span;
    node.text = value;
    node.quoted = is_quote(offset_of(mark));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Kind::list, mark, anchor);
  }
  void OnSequenceEnd() override { stack_.pop_back(); }

  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Kind::map, mark, anchor);
  }
  void OnMapEnd() override {
    drop_repeated_keys(*stack_.back().node);
    stack_.pop_back();
  }

  bool has_begun() const { return begun_; }
  /// The parser may stand behind the end of the text.
  std::size_t offset_of(const YAML::Mark& mark) const {
    return mark.pos < 0 ? text().size()
                        : std::min(static_cast<std::size_t>(mark.pos), text().size());
  }
  ValueNode take() { return std::move(root_); }
  /// What the parser could not make sense of.
  ParserError parser_error(std::size_t offset, std::string message) const {
    ParserError error{offset, std::move(message), read_until_, {}};
    const auto bracket = std::find_if(stack_.rbegin(), stack_.rend(), [&](const Open& open) {
      return is_one_of(open.offset, "[{");
    });
    if (bracket != stack_.rend()) error.innermost_open = bracket->offset;
    return error;
  }

 private:
  struct Open {
    ValueNode* node;  ///< Stays in place: only the innermost open node grows.
    std::size_t offset;
    bool has_key = false;  ///< The key of the next item of a map is known.
    std::string key;
    SourceSpan key_span;
  };

  std::string_view text() const { return places_.text(); }
  bool is_one_of(std::size_t offset, std::string_view characters) const {
    return offset < text().size() && characters.find(text()[offset]) != std::string_view::npos;
  }
  bool is_quote(std::size_t offset) const { return is_one_of(offset, "\"'|>"); }

  [[noreturn]] void stop(SourceSpan span, std::string message, std::string help = {}) {
    diagnostics_.add(span, std::move(message)).help = std::move(help);
    throw Stop{};
  }

  [[noreturn]] void refuse_key(std::size_t offset) {
    // To the parser, a bracket that is never closed begins a key.
    if (const auto open = find_open_bracket(text(), offset)) {
      stop(places_.span(*open), "this bracket is never closed");
    }
    stop(places_.span(offset), "a key must be a plain text");
  }

  [[noreturn]] void refuse_second_document(std::size_t offset) {
    const SourceSpan span = places_.span(offset);
    if (text().substr(offset).starts_with("---")) {
      stop(places_.span(offset, 3), "a second document begins here",
           "a scenario is one document: remove what follows, or the '---'");
    }
    if (span.column < root_.span.column) {
      stop(span, "this stands further left than the first key",
           "keys of one map stand exactly below each other");
    }
    stop(span, "nothing can follow here: the scenario is complete");
  }

  bool key_comes_next() const {
    return !stack_.empty() && stack_.back().node->is_map() && !stack_.back().has_key;
  }
  bool parent_is_list_in_block() const {
    return !stack_.empty() && stack_.back().node->is_list() &&
           !is_one_of(stack_.back().offset, "[");
  }

  void take_key(const std::string& key, SourceSpan span) {
    Open& map = stack_.back();
    map.has_key = true;
    map.key = key;
    map.key_span = span;
    if (key == "<<") {
      diagnostics_.add(span, "merge keys (<<) are not part of this format").help =
          "repeat the keys, or give them to 'params'";
    }
  }

  /// The place in the tree for what comes next.
  ValueNode& add(Kind kind) {
    if (stack_.empty()) {
      root_.kind = kind;
      return root_;
    }
    Open& parent = stack_.back();
    ValueNode& node = parent.node->items.emplace_back();
    node.kind = kind;
    if (parent.node->is_map()) {
      node.key = std::exchange(parent.key, {});
      node.key_span = parent.key_span;
      parent.has_key = false;
    }
    return node;
  }

  void open(Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    const std::size_t offset = offset_of(mark);
    if (key_comes_next()) refuse_key(offset);
    refuse_properties(mark, anchor);
    if (stack_.size() >= kDeepestNesting) {
      stop(places_.span(offset), fmt::format("nested more than {} levels deep", kDeepestNesting));
    }
    ValueNode& node = add(kind);
    node.span = places_.span(offset);
    stack_.push_back({&node, offset, false, {}, {}});
    read_until_ = offset;
  }

  /// Complains about an anchor or tag in front of a value; true if there was one.
  bool refuse_properties(const YAML::Mark& mark, YAML::anchor_t anchor) {
    const std::size_t offset = offset_of(mark);
    if (anchor == YAML::NullAnchor && !is_one_of(offset, "!&")) return false;
    // The mark of an empty value is that of whatever follows.
    if (!is_one_of(offset, "!&")) return false;
    const std::size_t end = std::min(text().find_first_of(" \t\r\n,]}", offset), text().size());
    const SourceSpan span = places_.span(offset, end - offset);
    if (text()[offset] == '!') {
      diagnostics_.add(span, "tags (!name) are not part of this format").help =
          "put quotes around a text that begins with '!'";
    } else {
      diagnostics_.add(span, "anchors (&name) are not part of this format").help =
          "put quotes around a text that begins with '&'";
    }
    return true;
  }

  /// The whole scalar as it is written, up to the end of its first line.
  SourceSpan span_of(const YAML::Mark& mark, const std::string& value) {
    const std::size_t offset = offset_of(mark);
    if (is_one_of(offset, "|>")) return places_.span(offset);
    std::size_t bytes = value.size();
    if (is_one_of(offset, "\"'")) {
      const std::size_t end = end_of_quoted(text(), offset);
      if (end == std::string_view::npos) stop(places_.span(offset), "this quote is never closed");
      bytes = end - offset;
    } else if (!text().substr(offset).starts_with(value)) {
      bytes = places_.line_end(offset) - offset;  // Goes on in the next line.
    }
    read_until_ = offset + bytes;
    return places_.span(offset, bytes);
  }

  bool is_written_null(std::size_t offset) const {
    const std::string_view rest = text().substr(offset);
    return rest.starts_with('~') || rest.starts_with("null") || rest.starts_with("Null") ||
           rest.starts_with("NULL");
  }

  /// An empty value has the mark of what follows; its key is the better place.
  SourceSpan place_of_nothing(const YAML::Mark& mark) {
    const std::size_t offset = offset_of(mark);
    if (is_written_null(offset)) return places_.span(offset, text()[offset] == '~' ? 1 : 4);
    if (!stack_.empty() && stack_.back().node->is_map() && !stack_.back().node->items.empty()) {
      return stack_.back().node->items.back().key_span;
    }
    return places_.span(offset);
  }

  /// The '-' of an empty list item, which stands somewhere before the mark.
  SourceSpan place_of_dash(const YAML::Mark& mark) {
    const std::size_t offset = offset_of(mark);
    if (is_written_null(offset)) return places_.span(offset, text()[offset] == '~' ? 1 : 4);
    const std::size_t dash =
        offset == 0 ? std::string_view::npos : text().find_last_of('-', offset - 1);
    return places_.span(dash == std::string_view::npos ? offset : dash);
  }

  void drop_repeated_keys(ValueNode& map) {
    std::erase_if(map.items, [](const ValueNode& item) { return item.key == "<<"; });
    std::vector<std::uint32_t> order(map.items.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return map.items[a].key < map.items[b].key;
    });
    bool repeated = false;
    for (std::size_t i = 1; i < order.size(); ++i) {
      const ValueNode& first = map.items[order[i - 1]];
      ValueNode& second = map.items[order[i]];
      if (first.key != second.key) continue;
      repeated = true;
      second.kind = Kind::broken;
      Diagnostic& diagnostic = diagnostics_.add(
          second.key_span, fmt::format("key {} is given twice", quote(second.key)));
      diagnostic.notes.push_back({first.key_span, "first given here"});
      order[i] = order[i - 1];  // All further ones refer to the first.
    }
    if (!repeated) return;
    std::vector<bool> keep(map.items.size(), false);
    for (const std::uint32_t i : order) keep[i] = true;
    std::vector<ValueNode> kept;
    for (std::size_t i = 0; i < map.items.size(); ++i) {
      if (keep[i]) kept.push_back(std::move(map.items[i]));
    }
    map.items = std::move(kept);
  }

  Places& places_;
  DiagnosticCollector& diagnostics_;
  ValueNode root_;
  std::vector<Open> stack_;
  bool begun_ = false;
  std::size_t read_until_ = 0;
};

/// True when the parser came to the end of the text. Its exceptions end here.
bool parse(TreeBuilder& builder, Places& places, DiagnosticCollector& diagnostics) {
  std::istringstream stream{std::string(places.text())};
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    return true;
  } catch (const Stop&) {
  } catch (const YAML::Exception& exception) {
    const std::size_t offset = builder.offset_of(exception.mark);
    Diagnostic explained = explain(builder.parser_error(offset, exception.msg), places);
    Diagnostic& diagnostic = diagnostics.add(explained.span, {});
    diagnostic = std::move(explained);
  }
  return false;
}

}  // namespace

std::optional<ValueNode> read_yaml(const SourceFile& source, DiagnosticCollector& diagnostics) {
  Places places{without_mark(source.text)};
  if (auto trap = find_trap(places, kDeepestNesting)) {
    const SourceSpan span = trap->span;
    diagnostics.add(span, {}) = std::move(*trap);
    return std::nullopt;
  }
  TreeBuilder builder{places, diagnostics};
  if (!parse(builder, places, diagnostics)) return std::nullopt;
  if (!builder.has_begun()) {
    const bool blank = places.text().find_first_not_of(" \t\r\n") == std::string_view::npos;
    diagnostics.add({}, blank ? "the file is empty" : "the file holds nothing but comments");
    return std::nullopt;
  }
  return builder.take();
}

}  // namespace demuxsim::loading
