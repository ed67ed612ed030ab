#include "demuxsim/net/endpoint.hpp"

#include "demuxsim/net/four_tuple.hpp"
#include "support/catch.hpp"

namespace demuxsim {
namespace {

Endpoint endpoint(const char* address, std::uint16_t port) {
  return {IpAddress::parse(address).value(), Port{port}};
}

}  // namespace

TEST_CASE("an endpoint prints as in a URL, any address as a star", "[net][rfc5952-6]") {
  CHECK(to_string(endpoint("10.0.0.1", 80)) == "10.0.0.1:80");
  CHECK(to_string(endpoint("2001:db8::1", 80)) == "[2001:db8::1]:80");
  CHECK(to_string(endpoint("::1", 65535)) == "[::1]:65535");
  CHECK(to_string(endpoint("::", 80)) == "*:80");
  CHECK(to_string(endpoint("0.0.0.0", 80)) == "*:80");
  CHECK(to_string(Endpoint{}) == "*:*");
  CHECK(to_string(endpoint("10.0.0.1", 0)) == "10.0.0.1:0");
}

TEST_CASE("append adds to what is there", "[net]") {
  std::string line = "from ";
  append(line, endpoint("10.0.0.1", 80));
  line += " to ";
  append(line, endpoint("2001:db8::1", 443));
  CHECK(line == "from 10.0.0.1:80 to [2001:db8::1]:443");
}

TEST_CASE("a four-tuple gives back the ends it was made of", "[net]") {
  const Endpoint a4 = endpoint("10.0.0.1", 80);
  const Endpoint b4 = endpoint("203.0.113.9", 50000);
  const FourTuple4 key4 = four_tuple4(a4.address, a4.port, b4.address, b4.port);
  CHECK((local_of(key4) == a4 && remote_of(key4) == b4));
  const Endpoint a6 = endpoint("2001:db8:1:2:3:4:5:6", 80);
  const Endpoint b6 = endpoint("fe80::1", 50000);
  const FourTuple6 key6 = four_tuple6(a6.address, a6.port, b6.address, b6.port);
  CHECK((local_of(key6) == a6 && remote_of(key6) == b6));
}

}  // namespace demuxsim
