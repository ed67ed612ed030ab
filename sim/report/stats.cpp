#include "demuxsim/report/stats.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "demuxsim/core/random.hpp"
#include "demuxsim/net/port.hpp"
#include "demuxsim/tcp/state.hpp"

namespace demuxsim {
namespace {

/// Of all hosts together, and of one: some ten megabytes at the most.
constexpr std::size_t kMostPoints = 400'000;
constexpr std::size_t kMostPointsOfHost = 512;
constexpr std::size_t kFewestPointsOfHost = 16;

/// How many rows a group takes.
std::uint32_t rows_of(std::uint32_t count, std::uint32_t most_alike) {
  return count <= most_alike ? count : 1;
}

/// The row that the one with this index within its group has.
std::string name_of_row(const std::string& group, bool numbered, bool alone, std::uint32_t index) {
  if (!numbered) return group;
  return alone ? fmt::format("{}.{}", group, index) : group + ".*";
}

std::size_t points_of_host(const Directory& directory, std::uint32_t most_alike) {
  std::size_t rows = 1;
  for (const Directory::Entry& entry : directory.entries()) {
    rows += rows_of(entry.group.count, most_alike);
  }
  return std::clamp(kMostPoints / rows, kFewestPointsOfHost, kMostPointsOfHost);
}

std::uint64_t key_of_port(const TraceRecord& record) {
  return std::uint64_t{record.host.value} << 16 | record.segment.source_port.value;
}

template <std::size_t N>
void add_all(std::array<std::uint64_t, N>& sums, const std::array<std::uint64_t, N>& more) {
  for (std::size_t i = 0; i < N; ++i) sums[i] += more[i];
}

template <std::size_t N>
bool any_of(const std::array<std::uint64_t, N>& counts) {
  return std::any_of(counts.begin(), counts.end(), [](std::uint64_t each) { return each != 0; });
}

void add_fate(StatsRow& row, ConnectionFate fate) {
  ++row.connections[static_cast<std::size_t>(fate)];
}

}  // namespace

// ---- counts ----

void SegmentCount::add(const Segment& segment) {
  ++segments;
  payload_bytes += segment.payload_bytes;
  ip_bytes += segment.ip_bytes();
}

void SegmentCount::take_back(const Segment& segment) {
  --segments;
  payload_bytes -= segment.payload_bytes;
  ip_bytes -= segment.ip_bytes();
}

SegmentCount& SegmentCount::operator+=(const SegmentCount& other) {
  segments += other.segments;
  payload_bytes += other.payload_bytes;
  ip_bytes += other.ip_bytes;
  return *this;
}

bool StatsRow::any() const {
  return in.segments != 0 || out.segments != 0 || examined.count() != 0 || any_of(connections) ||
         ports.bound != 0 || ports.allocated != 0 || ports.released != 0;
}

StatsRow& StatsRow::operator+=(const StatsRow& other) {
  in += other.in;
  out += other.out;
  add_all(lookups, other.lookups);
  examined += other.examined;
  add_all(connections, other.connections);
  ports.bound += other.ports.bound;
  ports.allocated += other.ports.allocated;
  ports.released += other.ports.released;
  ports.looked_at += other.ports.looked_at;
  ports.in_use += other.ports.in_use;
  ports.most_in_use += other.ports.most_in_use;
  return *this;
}

StatsRow HostStats::total() const {
  StatsRow sum = nobody;
  for (const ProcessStats& process : processes) sum += process.row;
  sum.ports.most_in_use = most_ports;
  return sum;
}

// ---- rows ----

StatsSink::StatsSink(const Directory& directory, std::uint32_t most_alike) {
  const std::size_t most_points = points_of_host(directory, most_alike);
  places_.reserve(directory.host_count());
  for (const Directory::Entry& entry : directory.entries()) {
    add_group(entry, most_alike, most_points);
  }
}

void StatsSink::add_group(const Directory::Entry& entry, std::uint32_t most_alike,
                          std::size_t most_points) {
  const Directory::HostGroup& group = entry.group;
  std::vector<ProcessStats> processes;
  const auto process_places = static_cast<std::uint32_t>(process_places_.size());
  std::uint32_t process = 0;
  for (const Directory::ProcessGroup& alike : group.processes) {
    const bool alone = alike.count <= most_alike;
    for (std::uint32_t i = 0; i < alike.count; ++i, ++process) {
      if (alone || i == 0) {
        processes.push_back({name_of_row(alike.name, alike.numbered, alone, i),
                             ProcessId{process},
                             alone ? 1 : alike.count,
                             {}});
      }
      process_places_.push_back(static_cast<std::uint32_t>(processes.size() - 1));
    }
  }
  const bool alone = group.count <= most_alike;
  for (std::uint32_t i = 0; i < group.count; ++i) {
    if (alone || i == 0) {
      HostStats host(name_of_row(group.name, group.numbered, alone, i), most_points);
      host.first = HostId{entry.first + i};
      host.count = alone ? 1 : group.count;
      host.processes = processes;
      hosts_.push_back(std::move(host));
    }
    places_.push_back({static_cast<std::uint32_t>(hosts_.size() - 1), process_places});
  }
}

StatsRow& StatsSink::row_of(const TraceRecord& record) {
  HostStats& host = host_of(record);
  if (!record.process) return host.nobody;
  const std::uint32_t first = places_[record.host.value].processes;
  return host.processes[process_places_[first + record.process.value]].row;
}

// ---- records ----

StatsRow StatsSink::total() const {
  StatsRow sum;
  for (const HostStats& host : hosts_) sum += host.total();
  return sum;
}

void StatsSink::consume(std::span<const TraceRecord> records) {
  for (const TraceRecord& record : records) count(record);
}

void StatsSink::count(const TraceRecord& record) {
  switch (record.kind) {
    case TraceKind::segment_sent:
      row_of(record).out.add(record.segment);
      return;
    case TraceKind::segment_received:
      host_of(record).nobody.in.add(record.segment);  // Until its look-up tells more.
      reset_.host = HostId{};
      return;
    case TraceKind::segment_dropped:
      return drop(record);
    case TraceKind::demux:
      return lookup(record);
    case TraceKind::state:
      return state(record);
    case TraceKind::port:
      return port(record);
    case TraceKind::call:
      return call(record);
    case TraceKind::probe:
      return;
  }
}

/// A SYN that finds TIME-WAIT and opens it anew is looked up twice: it is for whom the second
/// look-up names.
void StatsSink::lookup(const TraceRecord& record) {
  StatsRow& row = row_of(record);
  ++row.lookups[static_cast<std::size_t>(record.rule)];
  row.examined.add(std::uint64_t{record.examined_connections} + record.examined_listeners);
  if (record.process) {
    host_of(record).nobody.in.take_back(record.segment);
    row.in.add(record.segment);
  }
  if (record.segment.has(flag::kRst)) reset_ = record;
}

void StatsSink::drop(const TraceRecord& record) {
  DropCounts& counts = record.host ? host_of(record).dropped : dropped_of_strangers_;
  ++counts[static_cast<std::size_t>(record.reason)];
}

void StatsSink::state(const TraceRecord& record) {
  const auto from = static_cast<TcpState>(record.from);
  const auto to = static_cast<TcpState>(record.to);
  bool has_called = from == TcpState::syn_sent;
  if (from == TcpState::syn_received && !callers_called_.empty()) {
    has_called = callers_called_.erase(end_of(record)) != 0;
  }
  if (to == TcpState::established) {
    add_fate(row_of(record), has_called ? ConnectionFate::active : ConnectionFate::passive);
  } else if (to == TcpState::syn_received && has_called) {
    callers_called_.insert(end_of(record));
  } else if (to == TcpState::closed || to == TcpState::listen) {
    ended(record);
  }
}

void StatsSink::ended(const TraceRecord& record) {
  const bool by_reset = record.host == reset_.host && record.at == reset_.at &&
                        record.segment.from() == reset_.segment.to() &&
                        record.segment.to() == reset_.segment.from();
  if (record.result == Errno::econnrefused) {
    add_fate(row_of(record), ConnectionFate::refused);
  } else if (record.result == Errno::etimedout) {
    add_fate(row_of(record), ConnectionFate::timed_out);
  } else if (by_reset && static_cast<TcpState>(record.from) != TcpState::time_wait) {
    add_fate(row_of(record), ConnectionFate::reset);
  }
}

/// The other answers of connect come with a change of state.
void StatsSink::call(const TraceRecord& record) {
  reset_.host = HostId{};
  if (record.call != SocketCall::connect) return;
  switch (record.result) {
    case Errno::ok:
    case Errno::econnrefused:
    case Errno::econnreset:
    case Errno::econnaborted:
    case Errno::etimedout:
      return;
    case Errno::eaddrnotavail:
      return add_fate(row_of(record), ConnectionFate::no_port);
    default:
      return add_fate(row_of(record), ConnectionFate::failed);
  }
}

std::size_t StatsSink::EndHash::operator()(const End& end) const {
  std::uint64_t hash = end.host.value;
  for (const Endpoint& each : {end.local, end.peer}) {
    hash = mix64(hash ^ each.address.high());
    hash = mix64(hash ^ each.address.low());
    hash = mix64(hash ^ each.port.value);
  }
  return static_cast<std::size_t>(hash);
}

// ---- ports ----

void StatsSink::port(const TraceRecord& record) {
  StatsRow& row = row_of(record);
  switch (record.port_action) {
    case PortAction::bound:
      ++row.ports.bound;
      return take_port(record, row);
    case PortAction::allocated:
      ++row.ports.allocated;
      row.ports.looked_at += record.amount;
      return take_port(record, row);
    case PortAction::released:
      ++row.ports.released;
      return release_port(record);
  }
}

/// More sockets may join the one that took it.
void StatsSink::take_port(const TraceRecord& record, StatsRow& row) {
  if (!takers_.try_emplace(key_of_port(record), &row).second) return;
  row.ports.most_in_use = std::max(row.ports.most_in_use, ++row.ports.in_use);
  ++host_of(record).ports_now[static_cast<std::size_t>(class_of(record.segment.source_port))];
  note_ports(record);
}

void StatsSink::release_port(const TraceRecord& record) {
  const auto taker = takers_.find(key_of_port(record));
  if (taker == takers_.end()) return;
  --taker->second->ports.in_use;
  takers_.erase(taker);
  --host_of(record).ports_now[static_cast<std::size_t>(class_of(record.segment.source_port))];
  note_ports(record);
}

void StatsSink::note_ports(const TraceRecord& record) {
  HostStats& host = host_of(record);
  std::uint64_t in_use = 0;
  for (const std::uint32_t count : host.ports_now) in_use += count;
  host.most_ports = std::max(host.most_ports, in_use);
  host.ports.note(record.at, host.ports_now);
}

}  // namespace demuxsim
