#include <string>
#include <string_view>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/csv_text.hpp"
#include "demuxsim/report/stats_text.hpp"

namespace demuxsim {
namespace {

class CsvLines {
 public:
  explicit CsvLines(ByteSink& out) : out_(out) {
    out.append("level,host,process,metric,key,value\n");
  }

  /// What the next lines are about. Without a process or host: empty names.
  void about(std::string_view level, std::string_view host, std::string_view process = {}) {
    before_ = level;
    before_ += ',';
    append_csv(before_, host);
    before_ += ',';
    if (!process.empty()) append_csv(before_, fmt::format("{}/{}", host, process));
    before_ += ',';
  }

  template <class Key, class Value>
  void line(std::string_view metric, const Key& key, const Value& value) {
    line_ = before_;
    append_format(line_, "{},{},{}\n", metric, key, value);
    out_.append(line_);
  }

  void row(const StatsRow& row) {
    segments("in", row.in);
    segments("out", row.out);
    for (std::size_t i = 0; i < row.lookups.size(); ++i) {
      line("lookups", name_of(static_cast<LookupRule>(i)), row.lookups[i]);
    }
    examined(row.examined);
    for (std::size_t i = 0; i < row.connections.size(); ++i) {
      line("connections", kConnectionFateNames[i], row.connections[i]);
    }
    line("ports", "bound", row.ports.bound);
    line("ports", "allocated", row.ports.allocated);
    line("ports", "looked-at", row.ports.looked_at);
    line("ports", "released", row.ports.released);
    line("ports", "in-use", row.ports.in_use);
    line("ports", "most-in-use", row.ports.most_in_use);
  }

  void drops(const DropCounts& counts) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (static_cast<DropReason>(i) == DropReason::none) continue;
      line("dropped", name_of(static_cast<DropReason>(i)), counts[i]);
    }
  }

  void series(const PortSeries& series) {
    for (const auto port_class :
         {PortClass::well_known, PortClass::registered, PortClass::ephemeral}) {
      const std::string metric = fmt::format("ports_in_use_{}", name_of(port_class));
      for (const PortSeries::Point& point : series.points()) {
        line(metric, point.at.time_since_epoch().count(),
             point.now[static_cast<std::size_t>(port_class)]);
      }
    }
  }

 private:
  void segments(std::string_view key, const SegmentCount& count) {
    line("segments", key, count.segments);
    line("payload_bytes", key, count.payload_bytes);
    line("ip_bytes", key, count.ip_bytes);
  }

  void examined(const ValueHistogram& examined) {
    line("examined", "lookups", examined.count());
    line("examined", "sum", examined.sum());
    if (examined.count() == 0) return;
    line("examined", "mean",
         fmt::format("{:.3f}",
                     static_cast<double>(examined.sum()) / static_cast<double>(examined.count())));
    line("examined", "p99", examined.p99());
    line("examined", "max", examined.max());
    for (const ValueHistogram::Range& range : examined.ranges()) {
      line("examined_histogram",
           range.first == range.last ? fmt::format("{}", range.first)
                                     : fmt::format("{}-{}", range.first, range.last),
           range.count);
    }
  }

  ByteSink& out_;
  std::string before_;
  std::string line_;
};

}  // namespace

void write_stats_csv(ByteSink& out, const StatsSink& stats, const Summary& summary) {
  CsvLines lines(out);
  for (const HostStats& host : stats.hosts()) {
    lines.about("host", host.name);
    lines.line("count", "", host.count);
    lines.row(host.total());
    lines.drops(host.dropped);
    lines.series(host.ports);
    for (const ProcessStats& process : host.processes) {
      lines.about("process", host.name, process.name);
      lines.line("count", "", process.count);
      lines.row(process.row);
    }
    lines.about("nobody", host.name);
    lines.row(host.nobody);
  }
  lines.about("strangers", "");
  lines.drops(stats.dropped_of_strangers());
  lines.about("run", "");
  lines.line("t_ns", "", summary.at.time_since_epoch().count());
  lines.line("events", "", summary.events);
  lines.line("segments", "delivered", summary.segments);
  lines.line("connections", "opened", summary.connections);
  lines.line("expectations", "", summary.expectations);
  lines.line("expectations", "failed", summary.failed_expectations);
}

}  // namespace demuxsim
