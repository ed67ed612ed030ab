#include "demuxsim/report/wrap.hpp"

#include "support/catch.hpp"

using namespace demuxsim;

TEST_CASE("a character is one place, a colour none") {
  CHECK(places("") == 0);
  CHECK(places("abc") == 3);
  CHECK(places("a→b") == 3);
  CHECK(places("\x1b[1mbold\x1b[0m") == 4);
  CHECK(places("\x1b[1m\x1b[0m") == 0);
  CHECK(places("\xff\xfe") == 2);  // No UTF-8: each byte has a place.
  CHECK(places("\x1b[") == 2);     // No code, as it does not end.
}

TEST_CASE("texts are cut between characters, and colours end") {
  CHECK(first_places("→→→", 2) == "→→");
  CHECK(first_places("abc", 9) == "abc");
  CHECK(first_places("\x1b[1mab\x1b[0m", 2) == "\x1b[1mab\x1b[0m");
  CHECK(shortened("abcdef", 4, "…") == "abc…");
  CHECK(shortened("abcdef", 6, "…") == "abcdef");
  CHECK(shortened("\x1b[1mabcdef\x1b[0m", 4, "...") == "\x1b[1ma\x1b[0m...");
}

TEST_CASE("lines break between words, or within long ones") {
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("abcdefgh", 3) == std::vector<std::string>{"abc", "def", "gh"});
  CHECK(wrapped("", 3) == std::vector<std::string>{""});
  std::string out;
  append_wrapped(out, "short\na longer line of words\n", 12);
  CHECK(out == "short\na longer\n    line of\n    words\n");
}

TEST_CASE("long words break after hyphens, or are shortened") {
  using Lines = std::vector<std::string>;
  CHECK(wrapped("SYN-RECEIVED", 10) == Lines{"SYN-", "RECEIVED"});
  CHECK(wrapped("nginx, listener-any", 10) == Lines{"nginx,", "listener-", "any"});
  CHECK(wrapped("ESTABLISHED", 10, "…") == Lines{"ESTABLISH…"});
  CHECK(wrapped("to SYN-RECEIVED", 8, "...") == Lines{"to", "SYN-", "RECEIVED"});
  CHECK(wrapped("a database_server", 8, "...") == Lines{"a", "datab..."});
}

TEST_CASE("a wrapped line keeps its indent, and goes on below its last column") {
  const auto lines = [](std::string_view text, std::size_t width) {
    std::string out;
    append_wrapped(out, text, width);
    return out;
  };
  CHECK(lines("  1. address of this one\n", 14) == "  1. address\n      of this\n      one\n");
  CHECK(lines("  rule   what it means for all\n", 30) == "  rule   what it means for all\n");
  CHECK(lines("  rule   what it means for all\n", 28) ==
        "  rule   what it means for\n         all\n");
  CHECK(lines("  \x1b[1mbold words\x1b[0m here\n", 14) ==
        "  \x1b[1mbold words\x1b[0m\n      here\n");
  CHECK(lines("          far  too far in\n", 12) == "      far\n      too\n      far in\n");
  CHECK(lines("words   \n", 12) == "words   \n");
  CHECK(lines("words          \n", 12) == "words\n");
}
