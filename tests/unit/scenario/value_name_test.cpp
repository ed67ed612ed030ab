#include "scenario/value_name.hpp"

#include "scenario/diagnostic_text.hpp"
#include "support/catch.hpp"

namespace demuxsim::loading {
namespace {

NameTable hosts() {
  NameTable table("host");
  table.add("web", 1, false, {});
  table.add("client", 100, true, {});
  table.add("one", 1, true, {});
  table.add("last", 1, false, {});
  return table;
}

TEST_CASE("a name stands for one thing, a numbered one for many in a row") {
  const NameTable table = hosts();
  CHECK(table.size() == 103);
  CHECK(table.find("web")->number == 0);
  CHECK(table.find("client.0")->number == 1);
  CHECK(table.find("client.99")->number == 100);
  CHECK(table.find("one.0")->number == 101);
  CHECK(table.find("last")->number == 102);
  CHECK(table.entry_of(0).name == "web");
  CHECK(table.entry_of(1).name == "client");
  CHECK(table.entry_of(100).name == "client");
  CHECK(table.entry_of(102).name == "last");
}

TEST_CASE("a name that does not fit is explained") {
  const NameTable table = hosts();
  const auto message = [&](std::string_view text) { return table.find(text).error().message; };
  const auto help = [&](std::string_view text) { return table.find(text).error().help; };
  CHECK(message("client") == "'client' is 100 hosts");
  CHECK(help("client") == "name one of them: 'client.0' to 'client.99'");
  CHECK(message("one") == "'one' is a numbered host");
  CHECK(message("client.100") == "there is no host 'client.100'");
  CHECK(message("client.-1") == "there is no host 'client.-1'");
  CHECK(message("client.01") == "there is no host 'client.01'");
  CHECK(message("client.4294967296") == "there is no host 'client.4294967296'");
  CHECK(message("web.0") == "'web' is a single host");
  CHECK(message("wbe") == "there is no host 'wbe'");
  CHECK(help("wbe") == "did you mean 'web'?");
  CHECK(help("server") == "hosts are web, client, one, last");
}

TEST_CASE("a name can be given once") {
  NameTable table = hosts();
  CHECK(!table.add("web", 5, true, {}));
  CHECK(table.size() == 103);
}

TEST_CASE("names have letters, digits, '_' and '-'") {
  for (const char* const good : {"a", "A-1_b", "80", "-"}) CHECK(!check_name(good, "host"));
  for (const char* const bad : {"", "a.b", "a/b", "a b", "a:b", "\xc3\xa9", "*"}) {
    CAPTURE(bad);
    CHECK(check_name(bad, "host"));
  }
  CHECK(!check_name(std::string(64, 'a'), "host"));
  CHECK(check_name(std::string(65, 'a'), "host"));
}

TEST_CASE("a suggestion is much like the word, or there is none") {
  const std::vector<std::string_view> keys{"listen", "connect", "ip", "count", "address"};
  CHECK(closest("conect", keys) == "connect");
  CHECK(closest("lisetn", keys) == "listen");
  CHECK(closest("IP", keys) == "ip");
  CHECK(closest("adress", keys) == "address");
  CHECK(closest("countt", keys) == "count");
  CHECK(closest("bandwidth", keys).empty());
  CHECK(closest("x", keys).empty());
  CHECK(closest("", keys).empty());
  CHECK(closest(std::string(1000, 'a'), keys).empty());
}

TEST_CASE("what the file says is shown without control characters, and not at length") {
  CHECK(quote("web") == "'web'");
  CHECK(quote("a\x1b[31m\nb") == "'a\\x1b[31m\\nb'");
  CHECK(quote("\xff") == "'\\xff'");
  CHECK(quote("\xe2\x80\xae") == "'\\u{202e}'");
  CHECK(quote("gr\xc3\xb6\xc3\x9f") == "'gr\xc3\xb6\xc3\x9f'");
  CHECK(quote(std::string(100, 'a')) == "'" + std::string(40, 'a') + "...'");
}

}  // namespace
}  // namespace demuxsim::loading
