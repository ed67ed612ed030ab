#include "lone_host.hpp"

using namespace lone_host;

namespace {

struct Lookups : TraceSink {
  void consume(std::span<const TraceRecord> records) override {
    all.insert(all.end(), records.begin(), records.end());
  }
  std::vector<TraceRecord> all;
};

/// The look-up of an ICMP error about a segment that this host has sent.
TraceRecord looked_up(Bench& bench, const Segment& quoted) {
  Lookups lookups;
  bench.output.trace.attach(lookups, TraceKinds{}.with(TraceKind::demux));
  bench.receive(icmp_error(IcmpError::time_exceeded, IpAddress::ipv4(0x0a0000fe), quoted));
  bench.output.trace.flush();
  CHECK(bench.sent().empty());
  REQUIRE(lookups.all.size() == 1);
  return lookups.all.front();
}

}  // namespace

TEST_CASE("an ICMP error finds the connection that it quotes", "[rfc9293-3.9.2.2]") {
  const ListenConfig web = service();
  Bench bench;
  bench.listen(web);
  establish(bench, 39'999);
  const Segment sent = establish(bench, 40'000);
  const TraceRecord found = looked_up(bench, sent);
  CHECK(found.rule == LookupRule::exact_4_tuple);
  CHECK(found.process == kServer);
}

TEST_CASE("an ICMP error about nobody's segment is ignored, whoever listens") {
  const ListenConfig web = service();
  Bench bench;
  bench.listen(web);
  Segment sent = establish(bench, 40'000);
  sent.destination_port = Port{40'001};
  const TraceRecord found = looked_up(bench, sent);
  CHECK(found.rule == LookupRule::no_match);
  CHECK(!found.process);
}
