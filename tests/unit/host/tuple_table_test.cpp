#include "demuxsim/host/tuple_table.hpp"

#include <chrono>
#include <initializer_list>
#include <vector>

#include "support/catch.hpp"

using namespace demuxsim;
using namespace std::chrono_literals;

namespace {

using Table = TupleTable<FourTuple4>;

FourTuple4 key(std::uint16_t port) {
  return four_tuple4(IpAddress::ipv4(0x0a000001), Port{80}, IpAddress::ipv4(0x0a000002),
                     Port{port});
}

TimeWait marked(std::uint32_t number) { return {{number}, {number + 1}}; }

Table table_with(std::initializer_list<std::uint16_t> ports) {
  Table table{AnyDemux<FourTuple4>()};
  for (const std::uint16_t port : ports) REQUIRE(table.insert(key(port), port));
  return table;
}

/// The ports of all records, the oldest first; walked both ways.
std::vector<std::uint16_t> in_order(const Table& table) {
  std::vector<std::uint16_t> ports;
  std::uint32_t older = Table::kNone;
  for (std::uint32_t at = table.oldest(); at != Table::kNone; at = table.waiting(at).younger) {
    CHECK(table.waiting(at).older == older);
    older = at;
    ports.push_back(remote_of(table.waiting(at).key).port.value);
  }
  CHECK(ports.size() == table.waiting_count());
  return ports;
}

std::uint32_t waiting_slot(const Table& table, std::uint16_t port) {
  return table.find(key(port)).waiting;
}

}  // namespace

TEST_CASE("a 4-tuple belongs to one connection") {
  Table table = table_with({1, 2});
  CHECK(table.find(key(1)).connection == 1);
  CHECK(table.find(key(1)).waiting == Table::kNone);
  CHECK(table.find(key(1)).examined >= 1);
  CHECK_FALSE(table.insert(key(1), 7));
  CHECK(table.find(key(1)).connection == 1);
  table.erase(key(1));
  CHECK_FALSE(table.find(key(1)).any());
  CHECK_FALSE(table.contains(key(1)));
  CHECK(table.contains(key(2)));
}

TEST_CASE("in TIME-WAIT the 4-tuple stays taken, by a record in place of the connection") {
  Table table = table_with({1, 2});
  PortHolding holding;
  holding.address = 3;
  CHECK(table.next_end() == kNever);
  table.begin_wait(key(1), marked(100), kStart + 1s, holding, true);
  const Table::Found found = table.find(key(1));
  CHECK(found.connection == Table::kNone);
  REQUIRE(found.waiting != Table::kNone);
  const Table::Waiting& record = table.waiting(found.waiting);
  CHECK(record.tcp.snd_nxt.value == 100);
  CHECK(record.tcp.rcv_nxt.value == 101);
  CHECK(record.holding == holding);
  CHECK(record.named);
  CHECK(record.until == kStart + 1s);
  CHECK(table.next_end() == kStart + 1s);
  CHECK_FALSE(table.insert(key(1), 9));
  table.end_wait(found.waiting);
  CHECK_FALSE(table.contains(key(1)));
  CHECK(table.next_end() == kNever);
  CHECK(table.insert(key(1), 9));
}

TEST_CASE("records are in order of age; one that is counted anew is the youngest") {
  Table table = table_with({1, 2, 3, 4});
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{1, 2, 3, 4}) {
    table.begin_wait(key(port), marked(port), kStart + Duration{port}, {}, false);
  }
  CHECK(in_order(table) == std::vector<std::uint16_t>{1, 2, 3, 4});
  table.restart_wait(waiting_slot(table, 1), kStart + 5ns);
  CHECK(in_order(table) == std::vector<std::uint16_t>{2, 3, 4, 1});
  CHECK(table.next_end() == kStart + 2ns);
  table.restart_wait(waiting_slot(table, 3), kStart + 6ns);
  table.restart_wait(waiting_slot(table, 3), kStart + 7ns);
  CHECK(in_order(table) == std::vector<std::uint16_t>{2, 4, 1, 3});
  table.end_wait(waiting_slot(table, 4));
  CHECK(in_order(table) == std::vector<std::uint16_t>{2, 1, 3});
  table.end_wait(waiting_slot(table, 3));
  table.end_wait(waiting_slot(table, 2));
  CHECK(in_order(table) == std::vector<std::uint16_t>{1});
  CHECK(table.waiting(table.oldest()).until == kStart + 5ns);
  table.end_wait(table.oldest());
  CHECK(in_order(table).empty());
}

TEST_CASE("slots of connections and of records do not get mixed up") {
  // The first record has slot 0, as a connection may.
  Table table = table_with({1});
  REQUIRE(table.insert(key(9), 0));
  table.begin_wait(key(1), marked(1), kStart + 1s, {}, false);
  CHECK(table.find(key(9)).connection == 0);
  CHECK(table.find(key(1)).waiting == 0);
}
