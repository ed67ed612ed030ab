#include "demuxsim/ports/port_space.hpp"

#include <initializer_list>
#include <string>

#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr Port kPort{8080};
constexpr std::uint8_t kAny = PortHolding::kAnyAddress;

/// "*", "4", "0", "1": any address, any IPv4 address, and two addresses of which 0 is one for IPv4
/// and 1 for IPv6; then A for SO_REUSEADDR, P for SO_REUSEPORT, L for listening.
PortHolding holding(const std::string& text) {
  const auto has = [&](char letter) { return text.find(letter) != std::string::npos; };
  PortHolding made;
  made.address = has('*') || has('4') ? kAny : has('1') ? std::uint8_t{1} : std::uint8_t{0};
  made.ipv4 = !has('1');
  made.ipv6 = has('*') || has('1');
  made.reuse_address = has('A');
  made.reuse_port = has('P');
  made.listening = has('L');
  made.bound = true;
  return made;
}

struct Row {
  const char* holder;
  const char* wish;
  bool conflict;
};

}  // namespace

TEST_CASE("who may bind a port that somebody holds, as socket(7) and ip(7) of Linux say") {
  const std::initializer_list<Row> rows = {
      // Different addresses of the host are different places, whatever else is set.
      {"0", "1", false},
      {"0L", "1", false},
      {"0L", "1L", false},
      // The same address, or any address at either end.
      {"0", "0", true},
      {"*", "0", true},
      {"0", "*", true},
      {"*", "*", true},
      // Any address of IPv4 is apart from the addresses of IPv6.
      {"4", "0", true},
      {"4", "1", false},
      {"1L", "4L", false},
      {"*", "1", true},
      {"1", "*", true},
      {"4", "*", true},
      {"*", "4", true},
      // SO_REUSEADDR counts where both have it and the holder does not listen.
      {"0A", "0A", false},
      {"*A", "*A", false},
      {"*A", "0A", false},
      {"0A", "*A", false},
      {"0A", "0", true},
      {"0", "0A", true},
      {"0AL", "0A", true},
      {"*AL", "0A", true},
      {"*AL", "*AL", true},
      {"0A", "0AL", false},
      // SO_REUSEPORT counts where both have it, listening or not.
      {"0P", "0P", false},
      {"0PL", "0PL", false},
      {"*PL", "*PL", false},
      {"*PL", "0P", false},
      {"0P", "0", true},
      {"0", "0P", true},
      {"0PL", "0L", true},
      // One option at each end is none.
      {"0A", "0P", true},
      {"0P", "0A", true},
      {"0AP", "0P", false},
      {"0APL", "0A", true},
      {"0APL", "0AP", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.holder, row.wish);
    PortSpace ports;
    ports.hold(kPort, holding(row.holder));
    CHECK(ports.may_bind(kPort, holding(row.wish)) == !row.conflict);
    CHECK(ports.may_bind(Port{8081}, holding(row.wish)));
  }
}

TEST_CASE("every holder of a port has a say") {
  PortSpace ports;
  ports.hold(kPort, holding("0AP"));
  ports.hold(kPort, holding("1A"));
  CHECK(ports.may_bind(kPort, holding("0P")));
  CHECK_FALSE(ports.may_bind(kPort, holding("*P")));
  CHECK(ports.may_bind(kPort, holding("*A")));
  ports.hold(kPort, holding("1AL"));
  CHECK_FALSE(ports.may_bind(kPort, holding("*A")));
}

TEST_CASE("connections share a port that the host has chosen, not one that is held by number") {
  PortSpace ports;
  CHECK(ports.may_share(kPort));
  PortHolding chosen = holding("0");
  chosen.bound = false;
  ports.hold(kPort, chosen);
  CHECK(ports.may_share(kPort));
  CHECK_FALSE(ports.may_bind(kPort, holding("0")));
  ports.hold(kPort, holding("1"));
  CHECK_FALSE(ports.may_share(kPort));
  CHECK_FALSE(ports.release(kPort, holding("1")));
  CHECK(ports.may_share(kPort));
}

TEST_CASE("a port that the host chooses is shared with nobody, whatever both have set") {
  PortSpace ports;
  ports.hold(kPort, holding("0AP"));
  CHECK(ports.may_bind(kPort, holding("0AP")));
  CHECK_FALSE(ports.may_choose(kPort, holding("0AP")));
  CHECK_FALSE(ports.may_choose(kPort, holding("*AP")));
  CHECK_FALSE(ports.may_choose(kPort, holding("4")));
  CHECK(ports.may_choose(kPort, holding("1")));
  CHECK(ports.may_choose(Port{8081}, holding("0")));
}

TEST_CASE("a port is free when the last of its holders has gone, in whatever order") {
  const std::initializer_list<std::initializer_list<const char*>> orders = {{"0", "0", "1A", "*P"},
                                                                            {"*P", "1A", "0", "0"},
                                                                            {"0", "1A", "0", "*P"},
                                                                            {"1A", "0", "*P", "0"}};
  for (const auto& order : orders) {
    PortSpace ports;
    for (const char* each : {"0", "1A", "0", "*P"}) ports.hold(kPort, holding(each));
    ports.hold(Port{8081}, holding("0"));
    CHECK(ports.size() == 2);
    std::size_t gone = 0;
    for (const char* each : order) {
      CAPTURE(each);
      CHECK(ports.in_use(kPort));
      CHECK(ports.release(kPort, holding(each)) == (++gone == order.size()));
    }
    CHECK_FALSE(ports.in_use(kPort));
    CHECK(ports.may_bind(kPort, holding("*")));
    CHECK(ports.size() == 1);
    CHECK(ports.in_use(Port{8081}));
  }
}

TEST_CASE("a million holders of one kind are counted") {
  PortSpace ports;
  for (int i = 0; i < 1'000'000; ++i) ports.hold(Port{80}, holding("0"));
  CHECK(ports.size() == 1);
  for (int i = 1; i < 1'000'000; ++i) REQUIRE_FALSE(ports.release(Port{80}, holding("0")));
  CHECK(ports.release(Port{80}, holding("0")));
}

TEST_CASE("clear frees every port, the first and the last number too") {
  PortSpace ports;
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{1, 63, 64, 65535})
    ports.hold(Port{port}, holding("0"));
  ports.hold(Port{1}, holding("1"));
  CHECK(ports.size() == 4);
  ports.clear();
  CHECK(ports.size() == 0);
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{1, 63, 64, 65535})
    CHECK_FALSE(ports.in_use(Port{port}));
}
