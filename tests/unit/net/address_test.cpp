#include "demuxsim/net/address.hpp"

#include <arpa/inet.h>
#include <array>
#include <string>

#include "support/catch.hpp"

namespace demuxsim {
namespace {

/// What the C library prints: a second opinion on RFC 5952.
std::string system_text(const IpAddress& address) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 16; ++i) {
    const std::uint64_t half = i < 8 ? address.high() : address.low();
    bytes[i] = static_cast<std::uint8_t>(half >> (56 - 8 * (i % 8)));
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.is_ipv4() ? AF_INET : AF_INET6;
  const void* const start = address.is_ipv4() ? bytes.data() + 12 : bytes.data();
  REQUIRE(inet_ntop(family, start, text.data(), text.size()) != nullptr);
  return text.data();
}

std::string canonical(std::string_view text) {
  const auto address = IpAddress::parse(text);
  return address ? to_string(*address) : "no address";
}

}  // namespace

TEST_CASE("every way to write an address gives its one canonical text", "[net][rfc5952]") {
  struct Row {
    const char* written;
    const char* canonical;
  };
  const Row rows[] = {
      // RFC 5952 section 1 and 2: eight and more ways to write one address.
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:db8::1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:0db8::1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:db8:0:0:1::1", "2001:db8::1:0:0:1"},
      {"2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"},
      {"2001:db8:aaaa:bbbb:cccc:dddd:eeee:AAAA", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"},
      // Section 4.1: leading zeros go, a group of zeros is one 0.
      {"2001:0db8::0001", "2001:db8::1"},
      {"2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"},
      // Section 4.2.1: as short as possible.
      {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
      {"2001:db8::0:1", "2001:db8::1"},
      // Section 4.2.2: one group alone is not shortened.
      {"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      // Section 4.2.3: the longest run, the first of equals.
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      // RFC 4291 section 2.2.
      {"ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"},
      {"2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"},
      {"FF01:0:0:0:0:0:0:101", "ff01::101"},
      {"0:0:0:0:0:0:0:1", "::1"},
      {"0:0:0:0:0:0:0:0", "::"},
      {"1::", "1::"},
      {"0:0:0:0:0:0:13.1.68.3", "::d01:4403"},
      // A mapped address is an IPv4 address (section 2.5.5.2).
      {"0:0:0:0:0:FFFF:129.144.52.38", "129.144.52.38"},
      {"::ffff:8190:3426", "129.144.52.38"},
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"10.0.0.11", "10.0.0.11"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.written);
    CHECK(canonical(row.written) == row.canonical);
  }
}

TEST_CASE("other text is no address", "[net]") {
  for (const char* text : {"",
                           " ",
                           "10",
                           "10.0.0",
                           "10.0.0.0.0",
                           "10.0.0.256",
                           "10.0.0.01",
                           "010.0.0.1",
                           "10.0.0.1 ",
                           " 10.0.0.1",
                           "10..0.1",
                           "10.0.0.-1",
                           "10.0.0.+1",
                           "0x0a.0.0.1",
                           "10.0.0.1/8",
                           "web",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           ":1::2",
                           "1:2:3:4:5:6:7:",
                           ":::",
                           "12345::",
                           "00001::",
                           "g::",
                           "[::1]",
                           "fe80::1%eth0",
                           "::1.2.3",
                           "::1.2.3.4:5",
                           "::ffff:10.0.0.01",
                           "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa:aaaa:aaaa"}) {
    CAPTURE(text);
    CHECK_FALSE(IpAddress::parse(text).has_value());
  }
  CHECK_FALSE(IpAddress::parse(std::string_view("10.0.0.1\0", 9)).has_value());
  CHECK_FALSE(IpAddress::parse(std::string_view("::1\0x", 5)).has_value());
}

TEST_CASE("a text may end within a longer one", "[net]") {
  CHECK(IpAddress::parse(std::string_view("10.0.0.12", 8)) == IpAddress::ipv4(0x0a000001));
}

TEST_CASE("printing agrees with the C library and reads back", "[net]") {
  Rng rng(7, {StreamKind::test});
  for (int round = 0; round < 20000; ++round) {
    // Each group is 0 half of the time, so that runs of every shape come up.
    std::uint64_t halves[2] = {};
    for (std::size_t i = 0; i < 8; ++i) {
      const std::uint64_t group = rng.below(2) == 0 ? 0 : rng.below(0x10000) >> rng.below(16);
      halves[i / 4] = halves[i / 4] << 16 | group;
    }
    const auto address = IpAddress::ipv6(halves[0], halves[1]);
    CAPTURE(halves[0], halves[1]);
    REQUIRE(IpAddress::parse(to_string(address)) == address);
    // The C library prints ::/96 with a dotted quad, which RFC 4291 section 2.5.5.1 deprecates.
    const bool compatible = halves[0] == 0 && (halves[1] >> 32) == 0;
    if (!compatible) REQUIRE(to_string(address) == system_text(address));

    const auto short_address = IpAddress::ipv4(static_cast<std::uint32_t>(rng.next()));
    REQUIRE(to_string(short_address) == system_text(short_address));
    REQUIRE(IpAddress::parse(to_string(short_address)) == short_address);
  }
}

TEST_CASE("addresses know their kind", "[net]") {
  const auto address = [](const char* text) { return IpAddress::parse(text).value(); };
  CHECK(address("10.0.0.1").family() == Family::ipv4);
  CHECK(address("::1").family() == Family::ipv6);
  CHECK(address("::ffff:1.2.3.4") == address("1.2.3.4"));
  CHECK(address("0.0.0.0").is_unspecified());
  CHECK(address("::").is_unspecified());
  CHECK_FALSE(address("::1").is_unspecified());
  CHECK(address("127.1.2.3").is_loopback());
  CHECK(address("::1").is_loopback());
  CHECK_FALSE(address("128.0.0.1").is_loopback());
  CHECK(address("224.0.0.1").is_multicast());
  CHECK(address("239.255.255.255").is_multicast());
  CHECK_FALSE(address("240.0.0.1").is_multicast());
  CHECK(address("ff02::1").is_multicast());
  CHECK_FALSE(address("fe80::1").is_multicast());
  CHECK(address("255.255.255.255").is_broadcast());
  CHECK_FALSE(address("255.255.255.254").is_broadcast());
}

TEST_CASE("counting up stays within the family", "[net]") {
  const auto plus = [](const char* text, std::uint64_t count) {
    const auto sum = IpAddress::parse(text).value().plus(count);
    return sum ? to_string(*sum) : "nothing";
  };
  CHECK(plus("10.0.0.255", 1) == "10.0.1.0");
  CHECK(plus("10.0.0.1", 0) == "10.0.0.1");
  CHECK(plus("10.0.0.1", 100'000) == "10.1.134.161");
  CHECK(plus("255.255.255.254", 1) == "255.255.255.255");
  CHECK(plus("255.255.255.255", 1) == "nothing");
  CHECK(plus("10.0.0.1", ~std::uint64_t{0}) == "nothing");
  CHECK(plus("2001:db8::ffff:ffff:ffff:ffff", 1) == "2001:db8:0:1::");
  CHECK(plus("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1) == "nothing");
  CHECK(plus("::fffe:ffff:ffff", 1) == "nothing");
}

TEST_CASE("a prefix is an address with nothing behind its length", "[net]") {
  const auto canonical_prefix = [](std::string_view text) {
    const auto prefix = IpPrefix::parse(text);
    return prefix ? to_string(*prefix) : "no prefix";
  };
  for (const char* text : {"10.0.0.0/8", "0.0.0.0/0", "10.1.2.3/32", "128.0.0.0/1", "::/0",
                           "2001:db8::/32", "2001:db8::1/128", "2001:db8:0:0:8000::/65"}) {
    CHECK(IpPrefix::parse(text).has_value());
  }
  CHECK(canonical_prefix("10.0.0.0/8") == "10.0.0.0/8");
  CHECK(canonical_prefix("2001:DB8:0::/32") == "2001:db8::/32");
  for (const char* text :
       {"", "/", "10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/33", "10.0.0.1/31", "10.0.0.0/08",
        "10.0.0.0/+8", "10.0.0.0/-8", "10.0.0.0/8 ", "10.0.0.0/8/8", "::/129", "::/256",
        "2001:db8::1/127", "2001:db8::1/64", "::ffff:10.0.0.0/104", "10.0.0.0/0"}) {
    CAPTURE(text);
    CHECK_FALSE(IpPrefix::parse(text).has_value());
  }
}

TEST_CASE("a prefix contains what shares its leading bits", "[net]") {
  struct Row {
    const char* prefix;
    const char* member;
    bool contained;
  };
  const Row rows[] = {
      {"10.0.0.0/8", "10.255.255.255", true},
      {"10.0.0.0/8", "11.0.0.0", false},
      {"10.0.0.0/31", "10.0.0.1", true},
      {"10.0.0.0/31", "10.0.0.2", false},
      {"10.0.0.1/32", "10.0.0.1", true},
      {"10.0.0.1/32", "10.0.0.0", false},
      {"0.0.0.0/0", "255.1.2.3", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"::/0", "2001:db8::1", true},
      {"::/0", "10.0.0.1", false},
      {"2001:db8::/32", "2001:db8:ffff::", true},
      {"2001:db8::/32", "2001:db9::", false},
      {"2001:db8::/64", "2001:db8::1", true},
      {"2001:db8::/64", "2001:db8:0:1::", false},
      {"2001:db8:0:0:8000::/65", "2001:db8::8000:0:0:1", true},
      {"2001:db8:0:0:8000::/65", "2001:db8::7000:0:0:1", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.prefix, row.member);
    CHECK(IpPrefix::parse(row.prefix).value().contains(IpAddress::parse(row.member).value()) ==
          row.contained);
  }
}

}  // namespace demuxsim
