#include "kernel/socket_table.hpp"

#include <bit>

#include "support/catch.hpp"

using namespace demuxsim;
using namespace demuxsim::kernel;

namespace {

std::vector<SeenSocket> listed(std::string_view line) {
  std::vector<SeenSocket> sockets;
  add_listed_socket(line, HostId{3}, sockets);
  return sockets;
}

Endpoint at(std::string_view address, std::uint16_t port) {
  return {*IpAddress::parse(address), Port{port}};
}

}  // namespace

TEST_CASE("lines of /proc/net/tcp are read", "[kernel]") {
  if constexpr (std::endian::native != std::endian::little) return;
  const auto connection = listed("   1: 0100000A:0050 0B00000A:C350 01 00000000:00000000 00:0 0");
  REQUIRE(connection.size() == 1);
  CHECK(connection[0] ==
        SeenSocket{HostId{3}, TcpState::established, at("10.0.0.1", 80), at("10.0.0.11", 50000)});
  const auto listener = listed("   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:0 0");
  REQUIRE(listener.size() == 1);
  CHECK(listener[0] == SeenSocket{HostId{3}, TcpState::listen, at("0.0.0.0", 80), {}});
}

TEST_CASE("lines of /proc/net/tcp6 are read, with IPv4 as itself", "[kernel]") {
  if constexpr (std::endian::native != std::endian::little) return;
  const auto ipv6 = listed(
      "   1: B80D0120000000000000000001000000:0050 B80D0120000000000000000011000000:C350 08 0:0");
  REQUIRE(ipv6.size() == 1);
  CHECK(ipv6[0] == SeenSocket{HostId{3}, TcpState::close_wait, at("2001:db8::1", 80),
                              at("2001:db8::11", 50000)});
  const auto mapped = listed(
      "   1: 0000000000000000FFFF00000100000A:0050 0000000000000000FFFF00000B00000A:C350 06 0:0");
  REQUIRE(mapped.size() == 1);
  CHECK(mapped[0] ==
        SeenSocket{HostId{3}, TcpState::time_wait, at("10.0.0.1", 80), at("10.0.0.11", 50000)});
  const auto any = listed(
      "   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0:0");
  REQUIRE(any.size() == 1);
  CHECK(any[0] == SeenSocket{HostId{3}, TcpState::listen, {IpAddress{}, Port{80}}, {}});
}

TEST_CASE("heads, closed sockets and nonsense are passed over", "[kernel]") {
  CHECK(listed("  sl  local_address rem_address   st tx_queue rx_queue").empty());
  CHECK(listed("   1: 0100000A:0050 00000000:0000 07 00000000:00000000").empty());
  CHECK(listed("   1: 0100000A:0050 00000000:0000 2F 00000000:00000000").empty());
  CHECK(listed("").empty());
}
