#include "demuxsim/report/ledger.hpp"

#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr HostId kHost{3};
constexpr SimTime kNow = kStart + std::chrono::seconds{10};
constexpr PortRange kRange{Port{50000}, Port{50009}};

SocketRow row(TcpState state, Port port, Endpoint peer = {}, bool bound = false) {
  SocketRow made;
  made.state = static_cast<std::uint8_t>(state);
  made.local = {IpAddress::ipv4(0x0a000001), port};
  made.peer = peer;
  made.process = ProcessId{0};
  made.bound = bound;
  return made;
}

Endpoint peer(std::uint32_t number, std::uint16_t port = 80) {
  return {IpAddress::ipv4(0x0a010000 + number), Port{port}};
}

TraceRecord port_record(PortAction action, Port port, std::int64_t at_ns) {
  TraceRecord record;
  record.at = kStart + Duration{at_ns};
  record.host = kHost;
  record.process = ProcessId{1};
  record.kind = TraceKind::port;
  record.port_action = action;
  record.segment.source_port = port;
  return record;
}

HostLedger ledger_of(const std::vector<SocketRow>& rows, std::vector<Port> reserved = {},
                     const LedgerBook& book = {}) {
  return make_ledger({kHost, kNow, rows, kRange, std::move(reserved)}, book);
}

}  // namespace

TEST_CASE("a port that is taken again has a new beginning, one that is joined has not",
          "[ledger]") {
  LedgerBook book;
  const Port port{50000};
  const auto note = [&](PortAction action, std::int64_t at_ns) {
    const TraceRecord record = port_record(action, port, at_ns);
    book.consume({&record, 1});
  };
  note(PortAction::allocated, 5);
  note(PortAction::bound, 7);
  REQUIRE(book.find(kHost, port) != nullptr);
  CHECK(book.find(kHost, port)->at == kStart + Duration{5});
  CHECK(book.find(kHost, port)->action == PortAction::allocated);
  CHECK(book.find(HostId{2}, port) == nullptr);
  note(PortAction::released, 8);
  CHECK(book.find(kHost, port) == nullptr);
  CHECK(book.size() == 0);
  note(PortAction::bound, 9);
  REQUIRE(book.find(kHost, port) != nullptr);
  CHECK(book.find(kHost, port)->at == kStart + Duration{9});
}

TEST_CASE("a port is free when the last TIME-WAIT ends, unless a socket lives there", "[ledger]") {
  std::vector<SocketRow> rows;
  for (const int left : {3, 7, 5}) {
    rows.push_back(row(TcpState::time_wait, Port{50000}, peer(static_cast<std::uint32_t>(left))));
    rows.back().process = {};
    rows.back().timer_left = std::chrono::seconds{left};
  }
  const HostLedger waiting = ledger_of(rows);
  REQUIRE(waiting.ports.size() == 1);
  CHECK(waiting.ports[0].free_at == kNow + std::chrono::seconds{7});
  CHECK(waiting.ports[0].owners.empty());
  rows.push_back(row(TcpState::established, Port{50000}, peer(9)));
  CHECK(ledger_of(rows).ports[0].free_at == std::nullopt);
}

TEST_CASE("reserved and bound ports are out of reach, each counted once", "[ledger]") {
  const std::vector<SocketRow> rows{
      row(TcpState::closed, Port{50001}, {}, true),  // Reserved, too.
      row(TcpState::closed, Port{50002}, {}, true),
      row(TcpState::established, Port{50002}, peer(1), true),
      row(TcpState::established, Port{50003}, peer(1)),
      row(TcpState::established, Port{50003}, peer(2)),
      row(TcpState::established, Port{50004}, peer(2)),
      row(TcpState::established, Port{40000}, peer(1), true),  // Not of the range.
  };
  const HostLedger ledger = ledger_of(rows, {Port{50000}, Port{50001}});
  CHECK(ledger.ephemeral.bound == 1);
  CHECK(ledger.ephemeral.free() == 7);
  REQUIRE(ledger.destinations.size() == 2);
  CHECK(ledger.destinations[0].destination == peer(2));
  CHECK(ledger.destinations[0].used == 2);
  CHECK(ledger.destinations[0].free == 5);
  CHECK(ledger.destinations[1].used == 2);
  CHECK(ledger.destinations[1].free == 6);
}

TEST_CASE("those who call a listener are no destinations", "[ledger]") {
  std::vector<SocketRow> rows{row(TcpState::listen, Port{50000}, {}, true)};
  for (std::uint32_t i = 0; i < 1000; ++i) {
    rows.push_back(row(TcpState::established, Port{50000}, peer(i, 1234), true));
    rows.back().process = ProcessId{i % 10};
    rows.back().fd = static_cast<std::int32_t>(i);
  }
  const HostLedger ledger = ledger_of(rows);
  REQUIRE(ledger.ports.size() == 1);
  CHECK(ledger.ports[0].count(TcpState::established) == 1000);
  CHECK(ledger.ports[0].owners.size() == 10);
  CHECK(ledger.ports[0].owners[3].fd == 3);
  CHECK(ledger.ports[0].owners[3].descriptors == 100);
  CHECK(ledger.destinations.empty());
}
