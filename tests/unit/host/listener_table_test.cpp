#include "demuxsim/host/listener_table.hpp"

#include <map>
#include <vector>

#include "demuxsim/core/random.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr IpAddress kOne = IpAddress::ipv4(0x0a000001);
constexpr IpAddress kTwo = IpAddress::ipv4(0x0a000002);
constexpr IpAddress kAnyIpv4 = IpAddress::ipv4(0);
const IpAddress kSix = *IpAddress::parse("2001:db8::1");
constexpr Port kWeb{80};

struct Row {
  Endpoint destination;
  std::uint32_t listener;
  LookupRule rule;
  std::uint32_t examined;
};

}  // namespace

TEST_CASE("a listener on the address comes before one on any address") {
  ListenerTable table;
  table.add({{}, kWeb}, 1);
  table.add({kAnyIpv4, kWeb}, 2);
  table.add({kOne, kWeb}, 3);
  table.add({kOne, Port{81}}, 4);
  using enum LookupRule;
  const std::vector<Row> rows = {
      {{kOne, kWeb}, 3, listener_address, 3},
      {{kTwo, kWeb}, 2, listener_any, 3},
      {{kSix, kWeb}, 1, listener_any, 3},
      {{kOne, Port{81}}, 4, listener_address, 1},
      {{kTwo, Port{81}}, ListenerTable::kNone, no_match, 1},
      {{kOne, Port{82}}, ListenerTable::kNone, no_match, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(to_string(row.destination));
    const ListenerTable::Found found = table.find(row.destination, 0);
    CHECK(found.listener == row.listener);
    CHECK(found.rule == row.rule);
    CHECK(found.examined == row.examined);
  }
}

TEST_CASE("the order in which listeners came does not matter but for the examined") {
  ListenerTable table;
  table.add({kOne, kWeb}, 3);
  table.add({kAnyIpv4, kWeb}, 2);
  table.add({{}, kWeb}, 1);
  CHECK(table.find({kOne, kWeb}, 0).listener == 3);
  CHECK(table.find({kOne, kWeb}, 0).examined == 1);
  CHECK(table.find({kTwo, kWeb}, 0).listener == 2);
  CHECK(table.find({kSix, kWeb}, 0).listener == 1);
}

TEST_CASE("0.0.0.0 listens for IPv4 alone") {
  ListenerTable table;
  table.add({kAnyIpv4, kWeb}, 1);
  CHECK(table.find({kOne, kWeb}, 0).rule == LookupRule::listener_any);
  CHECK(table.find({kSix, kWeb}, 0).rule == LookupRule::no_match);
}

TEST_CASE("listeners that share an endpoint get even shares, and keep their callers") {
  ListenerTable table;
  for (std::uint32_t i = 0; i < 4; ++i) table.add({{}, kWeb}, i);
  Rng rng(1, {StreamKind::test});
  std::map<std::uint32_t, int> shares;
  for (int i = 0; i < 40'000; ++i) {
    const auto hash = static_cast<std::uint32_t>(rng.next());
    const ListenerTable::Found found = table.find({kOne, kWeb}, hash);
    CHECK(found.rule == LookupRule::reuseport_hash);
    CHECK(found.examined == 1);
    CHECK(table.find({kOne, kWeb}, hash).listener == found.listener);
    ++shares[found.listener];
  }
  REQUIRE(shares.size() == 4);
  // Binomial, standard deviation 87.
  for (const auto& [listener, count] : shares) CHECK(std::abs(count - 10'000) < 450);
  CHECK(table.find({kOne, kWeb}, 0).listener == 0);
  CHECK(table.find({kOne, kWeb}, 0xffff'ffff).listener == 3);
}

TEST_CASE("who is removed is found no more") {
  ListenerTable table;
  table.add({kOne, kWeb}, 1);
  table.add({kOne, kWeb}, 2);
  table.add({{}, kWeb}, 3);
  table.remove({kOne, kWeb}, 1);
  CHECK(table.find({kOne, kWeb}, 0xffff'ffff).listener == 2);
  CHECK(table.find({kOne, kWeb}, 0).rule == LookupRule::listener_address);
  table.remove({kOne, kWeb}, 2);
  CHECK(table.find({kOne, kWeb}, 0).listener == 3);
  table.remove({{}, kWeb}, 3);
  CHECK(table.find({kOne, kWeb}, 0).listener == ListenerTable::kNone);
  table.add({{}, kWeb}, 4);
  table.clear();
  CHECK(table.find({kOne, kWeb}, 0).listener == ListenerTable::kNone);
}
