#include "demuxsim/scenario/diagnostic.hpp"

#include <string>

#include "support/catch.hpp"

namespace demuxsim {
namespace {

std::string shown(const std::string& text, SourceSpan span) {
  return render({"a.yaml", text}, {span, "wrong", {}, {}}, Color::off);
}

TEST_CASE("a message has its place, the line and carets below it") {
  const SourceFile source{"web.yaml", "hosts:\n  web: {listen: 80800}\nname: web\n"};
  Diagnostic diagnostic{{2, 17, 5}, "port 80800 is out of range 0..65535", "try 80", {}};
  diagnostic.notes.push_back({{3, 7, 3}, "first used here"});
  CHECK(render(source, diagnostic, Color::off) ==
        "web.yaml:2:17: error: port 80800 is out of range 0..65535\n"
        "    2 |   web: {listen: 80800}\n"
        "      |                 ^^^^^\n"
        "      = help: try 80\n"
        "web.yaml:3:7: note: first used here\n"
        "    3 | name: web\n"
        "      |       ^^^\n");
}

TEST_CASE("a message without a place names the file alone") {
  const SourceFile source{"web.yaml", ""};
  CHECK(render(source, {{}, "the file is empty", {}, {}}, Color::off) ==
        "web.yaml: error: the file is empty\n");
}

TEST_CASE("carets stand below their text whatever its characters") {
  CHECK(shown("a: \tb", {1, 5, 1}) ==
        "a.yaml:1:5: error: wrong\n    1 | a:     b\n      |        ^\n");
  // Two columns each; then a letter with a combining accent, one column together.
  CHECK(shown("\xe6\xbc\xa2\xe5\xad\x97x", {1, 3, 1}) ==
        "a.yaml:1:3: error: wrong\n    1 | \xe6\xbc\xa2\xe5\xad\x97x\n      |     ^\n");
  CHECK(shown("e\xcc\x81x", {1, 3, 1}) ==
        "a.yaml:1:3: error: wrong\n    1 | e\xcc\x81x\n      |  ^\n");
  CHECK(shown("a\x1b"
              "b",
              {1, 3, 1}) == "a.yaml:1:3: error: wrong\n    1 | a\\x1bb\n      |      ^\n");
  CHECK(shown("a\r\nb\r\n", {1, 1, 1}) == "a.yaml:1:1: error: wrong\n    1 | a\n      | ^\n");
}

TEST_CASE("a place behind the end of a line or file has its caret there") {
  CHECK(shown("ab\n", {1, 3, 1}) == "a.yaml:1:3: error: wrong\n    1 | ab\n      |   ^\n");
  CHECK(shown("ab\n", {2, 1, 1}) == "a.yaml:2:1: error: wrong\n    2 | \n      | ^\n");
  CHECK(shown("ab\n", {9, 9, 9}) == "a.yaml:9:9: error: wrong\n    9 | \n      | ^\n");
}

TEST_CASE("long lines are cut around the place") {
  const std::string line(1'000'000, 'x');
  for (const std::uint32_t column : {1u, 50u, 100u, 500'000u, 1'000'000u}) {
    const std::string text = shown(line, {1, column, 2'000'000});
    CAPTURE(column);
    CHECK(text.size() < 400);
    CHECK(text.find('^') != std::string::npos);
  }
}

TEST_CASE("colour only wraps the text") {
  const SourceFile source{"a.yaml", "abc\n"};
  const Diagnostic diagnostic{{1, 2, 1}, "wrong", "do it right", {{{1, 1, 1}, "there"}}};
  std::string text = render(source, diagnostic, Color::on);
  CHECK(text.find("\x1b[1;31merror:\x1b[0m") != std::string::npos);
  for (std::size_t at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b')) {
    text.erase(at, text.find('m', at) - at + 1);
  }
  CHECK(text == render(source, diagnostic, Color::off));
}

TEST_CASE("after twenty messages the rest is counted") {
  const SourceFile source{"a.yaml", "abc\n"};
  const auto count_of = [&](std::size_t count) {
    const std::string text =
        render(source, Diagnostics(count, Diagnostic{{1, 1, 1}, "wrong", {}, {}}), Color::off);
    std::size_t errors = 0;
    for (std::size_t at = text.find("error: "); at != std::string::npos;
         at = text.find("error: ", at + 1)) {
      ++errors;
    }
    const std::size_t last = text.rfind('\n', text.size() - 2);
    return std::pair(errors, text.substr(last + 1));
  };
  CHECK(count_of(20).first == 20);
  CHECK(count_of(21) == std::pair<std::size_t, std::string>(20, "a.yaml: 1 more error\n"));
  CHECK(count_of(500) == std::pair<std::size_t, std::string>(20, "a.yaml: 480 more errors\n"));
}

}  // namespace
}  // namespace demuxsim
