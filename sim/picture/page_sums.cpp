#include "picture/page_sums.hpp"

#include <set>
#include <string>

namespace demuxsim {
namespace {

constexpr std::size_t kMostPorts = 6;   // Of a host.
constexpr std::size_t kMostHosts = 24;  // With ports.
constexpr std::size_t kMostReceivers = 24;

std::int64_t number_of(std::uint64_t count) { return static_cast<std::int64_t>(count); }

void write_fates(JsonWriter& json, const StatsRow& all) {
  json.key("fates").open('[');
  for (const ConnectionFate fate :
       {ConnectionFate::refused, ConnectionFate::timed_out, ConnectionFate::reset}) {
    json.number(number_of(all.count(fate)));
  }
  json.close(']').key("keys").open('[').number(number_of(all.examined.count()));
  json.number(number_of(all.examined.sum())).number(number_of(all.examined.max())).close(']');
}

void write_ports(JsonWriter& json, const PortsUsed& used, const Cast& cast) {
  json.key("ports").open('[');
  std::size_t hosts = 0;
  for (const Actor& actor : cast.actors()) {
    const std::set<Port> ports = used.of(actor.first, actor.count);
    if (ports.empty() || hosts++ >= kMostHosts) continue;
    json.open('[').text(actor.name).open('[');
    std::size_t shown = 0;
    for (const Port port : ports) {
      if (shown == kMostPorts) break;
      json.number(port.value);
      ++shown;
    }
    json.close(']').number(number_of(ports.size() - shown)).close(']');
  }
  json.close(']');
}

void write_receiver(JsonWriter& json, const std::string& name, const StatsRow& row) {
  json.open('[').text(name).number(number_of(row.in.segments)).open('[');
  for (std::size_t rule = 0; rule < kLookupRuleCount; ++rule) {
    if (row.lookups[rule] == 0) continue;
    json.open('[').number(number_of(rule)).number(number_of(row.lookups[rule])).close(']');
  }
  json.close(']').close(']');
}

/// Processes and, where there is none, hosts that have received something.
void write_receivers(JsonWriter& json, const StatsSink& stats) {
  std::size_t count = 0;
  const auto write = [&](const std::string& name, const StatsRow& row) {
    if (row.in.segments != 0 && count++ < kMostReceivers) write_receiver(json, name, row);
  };
  json.key("received").open('[');
  for (const HostStats& host : stats.hosts()) {
    for (const ProcessStats& process : host.processes) {
      write(host.name + '/' + process.name, process.row);
    }
    write(host.name + ", no process", host.nobody);
  }
  json.close(']').key("more").number(
      number_of(count > kMostReceivers ? count - kMostReceivers : 0));
}

}  // namespace

void write_sums(JsonWriter& json, const SeenRun& run, const Cast& cast) {
  if (run.stats == nullptr || run.ports == nullptr) return;
  json.key("sums").open('{');
  write_fates(json, run.stats->total());
  write_ports(json, *run.ports, cast);
  write_receivers(json, *run.stats);
  json.close('}');
}

}  // namespace demuxsim
