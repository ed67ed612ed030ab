#include <string>
#include <string_view>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/json_text.hpp"
#include "demuxsim/report/stats_text.hpp"

namespace demuxsim {
namespace {

/// `"name":{"a":1,"b":0}`.
template <std::size_t N, class NameOf>
void append_counts(std::string& out, std::string_view name,
                   const std::array<std::uint64_t, N>& counts, NameOf name_of_place) {
  append_format(out, R"("{}":{{)", name);
  for (std::size_t i = 0; i < N; ++i) {
    append_format(out, R"({}"{}":{})", i == 0 ? "" : ",", name_of_place(i), counts[i]);
  }
  out += '}';
}

void append_examined(std::string& out, const ValueHistogram& examined) {
  append_format(out, R"("examined":{{"lookups":{},"sum":{},)", examined.count(), examined.sum());
  if (examined.count() == 0) {
    out += R"("mean":null,"p99":null,"max":null,"histogram":[]})";
    return;
  }
  append_format(out, R"("mean":{:.3f},"p99":{},"max":{},"histogram":[)",
                static_cast<double>(examined.sum()) / static_cast<double>(examined.count()),
                examined.p99(), examined.max());
  std::string_view between;
  for (const ValueHistogram::Range& range : examined.ranges()) {
    append_format(out, R"({}{{"first":{},"last":{},"lookups":{}}})", between, range.first,
                  range.last, range.count);
    between = ",";
  }
  out += "]}";
}

void append_row(std::string& out, const StatsRow& row) {
  append_format(out,
                R"("segments_in":{},"segments_out":{},"payload_bytes_in":{},)"
                R"("payload_bytes_out":{},"ip_bytes_in":{},"ip_bytes_out":{},)",
                row.in.segments, row.out.segments, row.in.payload_bytes, row.out.payload_bytes,
                row.in.ip_bytes, row.out.ip_bytes);
  append_counts(out, "lookups", row.lookups,
                [](std::size_t i) { return name_of(static_cast<LookupRule>(i)); });
  out += ',';
  append_examined(out, row.examined);
  out += ',';
  append_counts(out, "connections", row.connections,
                [](std::size_t i) { return kConnectionFateNames[i]; });
  append_format(out,
                R"(,"ports":{{"bound":{},"allocated":{},"looked_at":{},"released":{},)"
                R"("in_use":{},"most_in_use":{}}})",
                row.ports.bound, row.ports.allocated, row.ports.looked_at, row.ports.released,
                row.ports.in_use, row.ports.most_in_use);
}

/// The numbers of all points: `"name":{"well-known":[1,2],...}`.
void append_points(std::string& out, std::string_view name, const PortSeries& series,
                   PortCounts PortSeries::Point::*counts) {
  append_format(out, R"(,"{}":{{)", name);
  for (const auto port_class :
       {PortClass::well_known, PortClass::registered, PortClass::ephemeral}) {
    const bool first = port_class == PortClass::well_known;
    append_format(out, R"({}"{}":[)", first ? "" : ",", name_of(port_class));
    std::string_view between;
    for (const PortSeries::Point& point : series.points()) {
      append_format(out, "{}{}", between, (point.*counts)[static_cast<std::size_t>(port_class)]);
      between = ",";
    }
    out += ']';
  }
  out += '}';
}

void append_series(std::string& out, const PortSeries& series) {
  append_format(out, R"("ports_over_time":{{"resolution_ns":{},"t_ns":[)",
                series.resolution().count());
  std::string_view between;
  for (const PortSeries::Point& point : series.points()) {
    append_format(out, "{}{}", between, point.at.time_since_epoch().count());
    between = ",";
  }
  out += ']';
  append_points(out, "now", series, &PortSeries::Point::now);
  append_points(out, "most", series, &PortSeries::Point::most);
  out += '}';
}

void append_drops(std::string& out, const DropCounts& counts) {
  out += R"("dropped":{)";
  std::string_view between;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (static_cast<DropReason>(i) == DropReason::none) continue;
    append_format(out, R"({}"{}":{})", between, name_of(static_cast<DropReason>(i)), counts[i]);
    between = ",";
  }
  out += '}';
}

void append_processes(std::string& out, const HostStats& host) {
  out += R"("processes":[)";
  for (const ProcessStats& process : host.processes) {
    out += R"({"process":)";
    append_json(out, fmt::format("{}/{}", host.name, process.name));
    append_format(out, R"(,"count":{},)", process.count);
    append_row(out, process.row);
    out += "},";
  }
  out += R"({"process":null,"count":0,)";
  append_row(out, host.nobody);
  out += "}]";
}

/// The members of a host's object.
void append_host(std::string& out, const HostStats& host) {
  out += R"("host":)";
  append_json(out, host.name);
  append_format(out, R"(,"count":{},)", host.count);
  append_row(out, host.total());
  out += ',';
  append_drops(out, host.dropped);
  out += ',';
  append_series(out, host.ports);
  out += ',';
  append_processes(out, host);
}

}  // namespace

void write_stats_json(ByteSink& out, const StatsSink& stats) {
  out.append(R"("hosts":[)");
  std::string text;
  for (const HostStats& host : stats.hosts()) {
    text = &host == stats.hosts().data() ? "\n{" : ",\n{";
    append_host(text, host);
    out.append(text += '}');
  }
  text = "],\n\"strangers\":{";
  append_drops(text, stats.dropped_of_strangers());
  out.append(text += '}');
}

void write_stats_jsonl(ByteSink& out, const StatsSink& stats, SimTime end) {
  std::string line;
  for (const HostStats& host : stats.hosts()) {
    line = fmt::format(R"({{"t_ns":{},"kind":"stats",)", end.time_since_epoch().count());
    append_host(line, host);
    out.append(line += "}\n");
  }
}

}  // namespace demuxsim
