#include "demuxsim/report/json_text.hpp"

#include <string>

#include "demuxsim/report/utf8.hpp"
#include "support/catch.hpp"

using namespace demuxsim;
using namespace std::string_literals;

namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json(out, text);
  return out;
}

}  // namespace

TEST_CASE("strings are escaped as JSON wants it", "[report][rfc8259-7]") {
  CHECK(json("") == R"("")");
  CHECK(json("web/nginx") == R"("web/nginx")");
  CHECK(json("a\"b\\c") == R"("a\"b\\c")");
  CHECK(json("\n\r\t") == R"("\n\r\t")");
  CHECK(json("\0\x01\x1f\x7f"s) == "\"\\u0000\\u0001\\u001f\x7f\"");
  CHECK(json("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") ==
        "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"");
}

TEST_CASE("bytes that are not UTF-8 are replaced one by one", "[report][rfc3629-4]") {
  const struct {
    std::string text;
    std::string expected;
  } rows[] = {
      {"\x80", R"("\ufffd")"},  // A continuation alone.
      {"\xff"
       "a",
       R"("\ufffda")"},                             // Never valid.
      {"\xc3", R"("\ufffd")"},                      // Cut off.
      {"\xc3(", R"("\ufffd(")"},                    // Not continued.
      {"\xc0\xaf", R"("\ufffd\ufffd")"},            // "/" in two bytes.
      {"\xe0\x80\xaf", R"("\ufffd\ufffd\ufffd")"},  // "/" in three.
      {"\xf0\x80\x80\xaf", R"("\ufffd\ufffd\ufffd\ufffd")"},
      {"\xed\xa0\x80", R"("\ufffd\ufffd\ufffd")"},            // A surrogate.
      {"\xf4\x90\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")"},  // Beyond U+10FFFF.
      {"\xe2\x82", R"("\ufffd\ufffd")"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.expected);
    CHECK(json(row.text) == row.expected);
  }
}

TEST_CASE("every code point is taken whole, every surrogate refused", "[report][rfc3629-3]") {
  const auto encode = [](unsigned point) {
    const auto byte = [](unsigned bits) { return static_cast<char>(bits); };
    if (point < 0x80) return std::string{byte(point)};
    if (point < 0x800) return std::string{byte(0xc0 | point >> 6), byte(0x80 | (point & 63))};
    if (point < 0x10000) {
      return std::string{byte(0xe0 | point >> 12), byte(0x80 | (point >> 6 & 63)),
                         byte(0x80 | (point & 63))};
    }
    return std::string{byte(0xf0 | point >> 18), byte(0x80 | (point >> 12 & 63)),
                       byte(0x80 | (point >> 6 & 63)), byte(0x80 | (point & 63))};
  };
  std::size_t wrong = 0;
  for (unsigned point = 0; point <= 0x10ffff; ++point) {
    const std::string text = encode(point);
    const bool surrogate = point >= 0xd800 && point < 0xe000;
    if (utf8_length(text) != (surrogate ? 0 : text.size())) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("names of a large run are right although few are remembered", "[report]") {
  Directory directory;
  directory.add({"h", 5000, true, "open", {{"p", 3, true}}});
  JsonNames names(directory);
  for (const std::uint32_t stride : {1u, 1024u, 7u}) {
    for (std::uint32_t i = 0; i < 5000; i += stride) {
      const HostId host{i};
      const std::string number = std::to_string(i);
      REQUIRE(names.host(host) == "\"h." + number + "\"");
      REQUIRE(names.process(host, ProcessId{i % 3}) ==
              "\"h." + number + "/p." + std::to_string(i % 3) + "\"");
      const IpAddress four = IpAddress::ipv4(0x0a00'0000 + i * 97);
      REQUIRE(names.address(four) == to_string(four));
      const IpAddress six = IpAddress::ipv6(0x2001'0db8'0000'0000, i);
      REQUIRE(names.address(six) == to_string(six));
      REQUIRE(std::string(names.before_port(six)) + "443" == to_string(Endpoint{six, Port{443}}));
    }
  }
  CHECK(names.process(HostId{0}, ProcessId{}) == "null");
  CHECK(names.socket({}) == "null");
  CHECK(names.algorithm(HostId{1}) == "\"open\"");
}
