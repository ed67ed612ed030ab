#include "scenario/read_yaml.hpp"

#include <string>

#include "support/catch.hpp"

namespace demuxsim::loading {
namespace {

ValueNode tree_of(const std::string& text) {
  DiagnosticCollector diagnostics;
  const auto tree = read_yaml({"a.yaml", text}, diagnostics);
  for (const Diagnostic& diagnostic : diagnostics.take()) UNSCOPED_INFO(diagnostic.message);
  REQUIRE(tree.has_value());
  return *tree;
}

std::string complaint_about(const std::string& text) {
  DiagnosticCollector diagnostics;
  read_yaml({"a.yaml", text}, diagnostics);
  const Diagnostics all = diagnostics.take();
  return all.empty() ? "" : all[0].message;
}

TEST_CASE("scalars keep the text of the file, whatever YAML 1.1 makes of it") {
  for (const char* const text : {"22:22", "on", "yes", "0x10", "010", "1_000", "1e3", ".inf",
                                 "2001-12-14", "+1", "0b11", "12:30:45"}) {
    const ValueNode tree = tree_of(std::string("a: ") + text + "\n");
    CHECK(tree.items[0].is_scalar());
    CHECK(tree.items[0].text == text);
    CHECK(!tree.items[0].quoted);
  }
}

TEST_CASE("YAML, flow YAML and JSON give the same tree") {
  const std::string block = one_line(tree_of("a: 1\nb:\n  - x\n  - c: 'y'\n    d:\n"));
  CHECK(block == "{a: 1, b: [x, {c: y, d: }]}");
  CHECK(one_line(tree_of("{a: 1, b: [x, {c: \"y\", d: ~}]}")) == block);
  CHECK(one_line(tree_of("{\"a\": 1,\n\t\"b\":[\"x\",{\"c\":\"y\",\"d\":null}]}")) == block);
}

TEST_CASE("each node knows its place") {
  const ValueNode tree = tree_of("a: one\nb: {c: \"two\", d: [x, y]}\ne: 'it''s'\nf: |\n  text\n");
  const auto span = [&](std::initializer_list<std::size_t> path) {
    const ValueNode* node = &tree;
    for (const std::size_t index : path) node = &node->items[index];
    return node->span;
  };
  CHECK(span({0}) == SourceSpan{1, 4, 3});
  CHECK(span({1}) == SourceSpan{2, 4, 1});
  CHECK(span({1, 0}) == SourceSpan{2, 8, 5});
  CHECK(span({1, 1, 1}) == SourceSpan{2, 22, 1});
  CHECK(span({2}) == SourceSpan{3, 4, 7});
  CHECK(span({3}) == SourceSpan{4, 4, 1});
  CHECK(tree.items[1].items[1].key_span == SourceSpan{2, 15, 1});
}

TEST_CASE("an empty value stands where its key or dash does") {
  const ValueNode tree = tree_of("a:\nb:\n  -\n  - x\n  - ~\nc: null\n");
  CHECK(tree.items[0].is_nothing());
  CHECK(tree.items[0].span == SourceSpan{1, 1, 1});
  CHECK(tree.items[1].items[0].span == SourceSpan{3, 3, 1});
  CHECK(tree.items[1].items[2].span == SourceSpan{5, 5, 1});
  CHECK(tree.items[2].span == SourceSpan{6, 4, 4});
}

TEST_CASE("of a key given several times the first counts") {
  DiagnosticCollector diagnostics;
  const auto tree = read_yaml({"a.yaml", "a: 1\nb: 2\na: 3\na: 4\n"}, diagnostics);
  REQUIRE(tree.has_value());
  CHECK(one_line(*tree) == "{a: 1, b: 2}");
  const Diagnostics all = diagnostics.take();
  REQUIRE(all.size() == 2);
  CHECK(all[0].span == SourceSpan{3, 1, 1});
  CHECK(all[1].notes.at(0).span == SourceSpan{1, 1, 1});
}

TEST_CASE("what is outside of the strict subset is refused") {
  CHECK(complaint_about("a: &x 1\n") == "anchors (&name) are not part of this format");
  CHECK(complaint_about("a: &x 1\nb: *x\n") != "");
  CHECK(complaint_about("b: *x\n") == "aliases (*name) are not part of this format");
  CHECK(complaint_about("a: !!int 1\n") == "tags (!name) are not part of this format");
  CHECK(complaint_about("a: !x {b: 1}\n") == "tags (!name) are not part of this format");
  CHECK(complaint_about("a: {b: 1}\n<<: {c: 2}\n") ==
        "merge keys (<<) are not part of this format");
  CHECK(complaint_about("a: 1\n---\nb: 2\n") == "a second document begins here");
  CHECK(complaint_about("? [a]\n: b\n") == "a key must be a plain text");
  CHECK(complaint_about("a: 'it''s' \n").empty());
  CHECK(complaint_about("a: \"!x &y *z <<\"\n").empty());
}

TEST_CASE("the parser's own leniency ends here") {
  CHECK(complaint_about("a: \"never closed\n") == "this quote is never closed");
  CHECK(complaint_about("  a: 1\n b: 2\n") == "this stands further left than the first key");
  CHECK(complaint_about("{a: 1} {b: 2}\n") == "nothing can follow here: the scenario is complete");
}

std::string repeated(std::string_view part, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

TEST_CASE("deep nesting is refused, at any length") {
  for (const char* const part : {"[", "{", "{a: ", "- ", "? ", "[a, ", "[{"}) {
    CAPTURE(part);
    CHECK(!complaint_about(repeated(part, 65)).empty());
    CHECK(!complaint_about(repeated(part, 500'000)).empty());
  }
  std::string stairs;
  for (std::size_t i = 0; i < 1000; ++i) stairs += std::string(i, ' ') + "a:\n";
  CHECK(complaint_about(stairs) == "nested more than 64 levels deep");
  CHECK(complaint_about(repeated("[", 60) + repeated("]", 60)).empty());
}

std::size_t count_complaints(const std::string& text) {
  DiagnosticCollector diagnostics;
  try {
    read_yaml({"a.yaml", text}, diagnostics);
  } catch (const DiagnosticCollector::Full&) {
    CHECK(diagnostics.take().size() == DiagnosticCollector::kMost);
    return DiagnosticCollector::kMost;
  }
  return diagnostics.take().size();
}

// Long inputs that make the parser do one thing over and over.
TEST_CASE("a lot of anything is read") {
  for (const char* const part : {"a: b\n", "- {a: b}\n", "a\n",   "\"a\" ", "[], ", "{}, ", "&a ",
                                 "*a ",    "!a ",        "# a\n", "---\n",  "- \n", "a:\n", ": ",
                                 ", ",     "\xc3\xa9",   "'a': ", "${a}",   "|\n",  "\n\n "}) {
    CAPTURE(part);
    const std::string text = repeated(part, 200'000 / std::string_view(part).size());
    CHECK(count_complaints(text) <= DiagnosticCollector::kMost);
    CHECK(count_complaints("[" + text + "]") <= DiagnosticCollector::kMost);
  }
  std::string keys;
  for (std::size_t i = 0; i < 100'000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  CHECK(tree_of(keys).items.size() == 100'000);
}

}  // namespace
}  // namespace demuxsim::loading
