#include "scenario/value_params.hpp"

#include <string>

#include "scenario/read_yaml.hpp"
#include "support/catch.hpp"

namespace demuxsim::loading {
namespace {

ValueNode tree_of(const std::string& text) {
  DiagnosticCollector diagnostics;
  const auto tree = read_yaml({"a.yaml", text}, diagnostics);
  REQUIRE(tree.has_value());
  return *tree;
}

/// What a text with parameters comes to.
std::string substituted(const std::string& params, const std::string& text,
                        const Params::Settings& settings = {}) {
  DiagnosticCollector diagnostics;
  const ValueNode node = tree_of(params);
  Params all(&node, settings, diagnostics);
  ValueNode tree = tree_of("a: " + text + "\n");
  all.substitute(tree);
  const Diagnostics complaints = diagnostics.take();
  return complaints.empty() ? tree.items[0].text : "error: " + complaints[0].message;
}

TEST_CASE("parameters stand for their text, alone or as a part") {
  const std::string params = "{style: same-port, port: 80, url: \"web:${port}\", none: \"\"}";
  CHECK(substituted(params, "\"${style}\"") == "same-port");
  CHECK(substituted(params, "x${port}y${port}") == "x80y80");
  CHECK(substituted(params, "${url}/") == "web:80/");
  CHECK(substituted(params, "\"${none}\"").empty());
  CHECK(substituted(params, "\"a$b{c}$\"") == "a$b{c}$");
  CHECK(substituted(params, "\"$${style}\"") == "${style}");
  CHECK(substituted(params, "\"${port}$${port}${port}\"") == "80${port}80");
}

TEST_CASE("a setting replaces the value in the file, and the last one counts") {
  const std::string params = "{style: same-port, copy: \"${style}\"}";
  CHECK(substituted(params, "\"${copy}\"", {{"style", "a"}, {"style", "announce"}}) == "announce");
  CHECK(substituted(params, "\"${style}\"", {{"style", "${copy}"}}) == "${copy}");
  CHECK(substituted(params, "b", {{"stile", "x"}}) ==
        "error: there is no parameter 'stile' to set");
}

TEST_CASE("references that lead nowhere are found") {
  CHECK(substituted("{a: b}", "\"${c}\"") == "error: there is no parameter 'c'");
  CHECK(substituted("{a: b}", "\"${a\"") == "error: this '${' is never closed");
  CHECK(substituted("{a: \"${a}\"}", "b") == "error: parameter 'a' refers to itself");
  CHECK(substituted("{a: \"${b}\", b: \"${a}\"}", "b") == "error: parameter 'a' refers to itself");
}

TEST_CASE("parameters cannot be made to explode") {
  std::string params = "{a0: 0123456789";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "${a" + std::to_string(i - 1) + "}";
    params += ", a" + std::to_string(i) + ": \"" + before + before + "\"";
  }
  CHECK(substituted(params + "}", "\"${a29}\"") == "error: the text becomes too long here");

  std::string chain = "{a0: x";
  for (int i = 1; i < 5000; ++i) {
    chain +=
        ", a" + std::to_string(i) + ": \"${a" + std::to_string(i + 1 == 5000 ? 0 : i + 1) + "}\"";
  }
  CHECK(substituted(chain + "}", "b") == "error: parameters refer to each other too often");
}

TEST_CASE("a condition holds for a value, or for one of several") {
  DiagnosticCollector diagnostics;
  const ValueNode node = tree_of("{style: announce, profile: linux}");
  const Params params(&node, {}, diagnostics);
  const auto holds = [&](const std::string& when) { return params.holds(tree_of(when)); };
  CHECK(holds("{style: announce}"));
  CHECK(!holds("{style: same-port}"));
  CHECK(holds("{style: [same-port, announce]}"));
  CHECK(!holds("{style: []}"));
  CHECK(holds("{style: announce, profile: linux}"));
  CHECK(!holds("{style: announce, profile: freebsd}"));
  CHECK(holds("{x-note: whatever}"));
  CHECK(diagnostics.empty());
  CHECK(holds("{stile: announce}"));
  CHECK(diagnostics.take().at(0).help == "did you mean 'style'?");
}

}  // namespace
}  // namespace demuxsim::loading
