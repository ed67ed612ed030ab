// What a line of output costs, as text and as JSON Lines.
#include <algorithm>
#include <cstdint>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

#include <benchmark/benchmark.h>

#include "demuxsim/core/random.hpp"
#include "demuxsim/report/jsonl.hpp"
#include "demuxsim/report/text.hpp"
#include "demuxsim/tcp/state.hpp"

namespace demuxsim {
namespace {

constexpr std::uint32_t kServer = 0;

Directory star(std::uint32_t clients) {
  Directory directory;
  directory.add({"server", 1, false, "open", {{"web", 1, false}}});
  directory.add({"client", clients, true, "open", {{"load", 1, false}}});
  return directory;
}

/// One segment to the server, in the middle of a connection.
Segment some_segment(Rng& rng, std::uint32_t client) {
  Segment segment;
  segment.id = rng.below(10'000'000);
  segment.source = IpAddress::ipv4(0x0a00'0002 + client);
  segment.destination = IpAddress::ipv4(0x0a00'0001);
  segment.source_port = Port{static_cast<std::uint16_t>(49152 + rng.below(16384))};
  segment.destination_port = Port{80};
  segment.seq = {static_cast<std::uint32_t>(rng.next())};
  segment.ack = {static_cast<std::uint32_t>(rng.next())};
  segment.window = 65535;
  segment.payload_bytes = static_cast<std::uint16_t>(rng.below(1461));
  segment.flags = flag::kAck;
  return segment;
}

/// For each segment what a run records: sent, received, looked up, a change of state, and for
/// some a port or a call.
std::vector<TraceRecord> records_of(std::uint32_t clients, std::size_t segments) {
  Rng rng(1, {StreamKind::test});
  std::vector<TraceRecord> records;
  for (std::size_t i = 0; i < segments; ++i) {
    const auto client = static_cast<std::uint32_t>(rng.below(clients));
    TraceRecord record;
    record.at = kStart + Duration{static_cast<std::int64_t>(1'000'000'000 + i * 1731)};
    record.host = HostId{client + 1};
    record.segment = some_segment(rng, client);
    record.kind = TraceKind::segment_sent;
    records.push_back(record);
    record.at += Duration{800};
    record.host = HostId{kServer};
    record.kind = TraceKind::segment_received;
    records.push_back(record);
    record.kind = TraceKind::demux;
    record.rule = LookupRule::exact_4_tuple;
    record.process = ProcessId{0};
    record.fd = 7;
    record.examined_connections = 1;
    records.push_back(record);
    record.kind = TraceKind::state;
    record.from = static_cast<std::uint8_t>(TcpState::established);
    record.to = static_cast<std::uint8_t>(TcpState::close_wait);
    records.push_back(record);
    record.kind = i % 2 == 0 ? TraceKind::port : TraceKind::call;
    if (i % 2 == 0) record.port_action = PortAction::allocated;
    if (i % 2 != 0) record.call = SocketCall::send;
    records.push_back(record);
  }
  return records;
}

/// Hands the records on in batches of the recorder's size, as a run does.
template <class Sink>
void consume_all(Sink& sink, const std::vector<TraceRecord>& records) {
  for (std::size_t i = 0; i < records.size(); i += TraceRecorder::kBatch) {
    const std::size_t count = std::min(TraceRecorder::kBatch, records.size() - i);
    sink.consume(std::span(records).subspan(i, count));
  }
}

template <class Sink>
void lines(benchmark::State& state) {
  const auto clients = static_cast<std::uint32_t>(state.range(0));
  const Directory directory = star(clients);
  const auto records = records_of(clients, 20'000);
  const int descriptor = ::open("/dev/null", O_WRONLY);
  ByteSink out(descriptor);
  Sink sink(directory, out);
  for (auto _ : state) consume_all(sink, records);
  out.flush();
  ::close(descriptor);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(records.size()));
}
BENCHMARK(lines<JsonlSink>)->Name("jsonl")->Arg(100)->Arg(100'000);
BENCHMARK(lines<TextSink>)->Name("text")->Arg(100)->Arg(100'000);

}  // namespace
}  // namespace demuxsim
