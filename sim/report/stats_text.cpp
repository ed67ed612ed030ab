#include "demuxsim/report/stats_text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/net/port.hpp"
#include "demuxsim/report/line_text.hpp"
#include "text_table.hpp"

namespace demuxsim {
namespace {

constexpr std::size_t kMostHosts = 20;
constexpr std::size_t kMostProcesses = 20;
constexpr std::size_t kMostRanges = 12;
constexpr std::uint64_t kMostTimes = 8;
constexpr std::uint64_t kBarWidth = 40;
constexpr std::array kPortClasses{PortClass::well_known, PortClass::registered,
                                  PortClass::ephemeral};
/// Those that a 0 is told of.
constexpr std::array kUsualFates{ConnectionFate::active, ConnectionFate::passive,
                                 ConnectionFate::refused, ConnectionFate::timed_out};

using Cells = std::vector<std::string>;
using Columns = std::vector<TextTable::Column>;

std::string number(std::uint64_t value) { return std::to_string(value); }

std::string mean_text(const ValueHistogram& values) {
  return fmt::format("{:.2f}",
                     static_cast<double>(values.sum()) / static_cast<double>(values.count()));
}

std::string range_text(const ValueHistogram::Range& range) {
  if (range.first == range.last) return number(range.first);
  return fmt::format("{}-{}", range.first, range.last);
}

/// `10s`, `250ms`, `1500ns`: in the largest unit that gives a whole number.
std::string duration_text(std::uint64_t nanoseconds) {
  constexpr std::array<std::pair<std::uint64_t, std::string_view>, 3> kUnits{
      {{1'000'000'000, "s"}, {1'000'000, "ms"}, {1000, "us"}}};
  for (const auto& [size, unit] : kUnits) {
    if (nanoseconds % size == 0) return fmt::format("{}{}", nanoseconds / size, unit);
  }
  return fmt::format("{}ns", nanoseconds);
}

/// 1, 2 or 5 times a power of ten, such that `last` has few of them.
std::uint64_t round_step(std::uint64_t last) {
  for (std::uint64_t power = 1;; power *= 10) {
    for (const std::uint64_t digit : {1u, 2u, 5u}) {
      if (last / (digit * power) < kMostTimes) return digit * power;
    }
  }
}

/// How wide the ranges must be to fit into a table.
unsigned width_that_fits(const ValueHistogram& values) {
  unsigned width = 0;
  while (values.ranges(width).size() > kMostRanges) ++width;
  return width;
}

/// Places of the counts that are not 0.
template <std::size_t N>
std::vector<std::size_t> places_used(const std::array<std::uint64_t, N>& counts) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < N; ++i) {
    if (counts[i] != 0) places.push_back(i);
  }
  return places;
}

class StatsText {
 public:
  StatsText(ByteSink& out, const StatsSink& stats, SimTime end, bool colour)
      : out_(out), stats_(stats), end_(end), painter_(colour) {
    const auto hosts = stats.hosts();
    totals_.reserve(std::min(hosts.size(), kMostHosts));
    for (const HostStats& host : hosts) {
      const StatsRow total = host.total();
      all_ += total;
      if (totals_.size() < kMostHosts) add_host(host, total);
    }
    if (hosts.size() > kMostHosts) {
      lines_.push_back({fmt::format("... and {} more", hosts.size() - kMostHosts)});
    }
    if (hosts.size() > 1) lines_.push_back({"all hosts", &all_});
  }

  void write() {
    write_segments();
    write_lookups();
    write_histogram();
    write_connections();
    write_ports();
    write_ports_over_time();
    write_drops();
  }

 private:
  struct Line {
    std::string name;
    const StatsRow* row = nullptr;  ///< Null: a remark.
  };

  static std::string named(std::string_view name, std::uint32_t count) {
    std::string text;
    append_name(text, name);
    if (count > 1) append_format(text, " ({})", count);
    return text;
  }

  void add_host(const HostStats& host, const StatsRow& total) {
    totals_.push_back(total);
    lines_.push_back({named(host.name, host.count), &totals_.back()});
    const std::size_t shown = std::min(host.processes.size(), kMostProcesses);
    for (std::size_t i = 0; i < shown; ++i) {
      const ProcessStats& process = host.processes[i];
      lines_.push_back({"  " + named(process.name, process.count), &process.row});
    }
    if (shown < host.processes.size()) {
      lines_.push_back({fmt::format("  ... and {} more", host.processes.size() - shown)});
    }
    if (host.nobody.any()) lines_.push_back({"  (no process)", &host.nobody});
  }

  void begin(std::string_view title) {
    std::string text(begun_ ? "\n" : "");
    begun_ = true;
    painter_.paint(text, Colour::bold, title);
    out_.append(text += '\n');
  }

  /// A line for each host and process, with the cells that `cells_of` gives for its row.
  template <class CellsOf>
  void write_rows(std::string_view title, Columns columns, CellsOf cells_of) {
    begin(title);
    columns.insert(columns.begin(), {"Host, process"});
    TextTable table(columns);
    for (const Line& line : lines_) {
      Cells cells = line.row == nullptr ? Cells(columns.size() - 1) : cells_of(*line.row);
      cells.insert(cells.begin(), line.name);
      table.add(std::move(cells));
    }
    table.write(out_, "", painter_, 0);
  }

  void write_segments() {
    write_rows("Segments and bytes",
               {{"Segments in", true},
                {"out", true},
                {"Payload in", true},
                {"out", true},
                {"IP bytes in", true},
                {"out", true}},
               [](const StatsRow& row) {
                 return Cells{number(row.in.segments),      number(row.out.segments),
                              number(row.in.payload_bytes), number(row.out.payload_bytes),
                              number(row.in.ip_bytes),      number(row.out.ip_bytes)};
               });
  }

  void write_lookups() {
    if (all_.examined.count() == 0) return;
    const std::vector<std::size_t> rules = places_used(all_.lookups);
    Columns columns;
    for (const std::size_t rule : rules) {
      columns.push_back({std::string(name_of(static_cast<LookupRule>(rule))), true});
    }
    columns.insert(columns.end(), {{"Examined mean", true}, {"p99", true}, {"max", true}});
    write_rows("Look-ups by rule, and keys examined in each", columns, [&](const StatsRow& row) {
      Cells cells;
      for (const std::size_t rule : rules) cells.push_back(number(row.lookups[rule]));
      const ValueHistogram& examined = row.examined;
      if (examined.count() == 0) {
        cells.insert(cells.end(), 3, "-");
      } else {
        cells.insert(cells.end(),
                     {mean_text(examined), number(examined.p99()), number(examined.max())});
      }
      return cells;
    });
  }

  void write_histogram() {
    if (all_.examined.count() == 0) return;
    const unsigned width = width_that_fits(all_.examined);
    const auto ranges = all_.examined.ranges(width);
    Columns columns;
    for (const auto& range : ranges) columns.push_back({range_text(range), true});
    write_rows("Look-ups by keys examined", columns, [&](const StatsRow& row) {
      Cells cells(ranges.size(), "0");
      for (const auto& range : row.examined.ranges(width)) {
        const auto same = std::find_if(ranges.begin(), ranges.end(),
                                       [&](const auto& each) { return each.first == range.first; });
        cells[static_cast<std::size_t>(same - ranges.begin())] = number(range.count);
      }
      return cells;
    });
    out_.append("\n");
    write_bars(ranges);
  }

  void write_bars(const std::vector<ValueHistogram::Range>& ranges) {
    std::uint64_t most = 0;
    for (const auto& range : ranges) most = std::max(most, range.count);
    TextTable table({{"Examined", true}, {"Look-ups", true}, {"%", true}, {""}});
    for (const auto& range : ranges) {
      const double share =
          static_cast<double>(range.count) / static_cast<double>(all_.examined.count());
      const auto length = static_cast<std::size_t>((range.count * kBarWidth + most - 1) / most);
      table.add({range_text(range), number(range.count), fmt::format("{:.1f}", 100 * share),
                 std::string(length, '#')});
    }
    table.write(out_, "", painter_, 0);
  }

  void write_connections() {
    std::vector<std::size_t> fates = places_used(all_.connections);
    if (fates.empty()) return;
    for (const ConnectionFate each : kUsualFates) fates.push_back(static_cast<std::size_t>(each));
    std::sort(fates.begin(), fates.end());
    fates.erase(std::unique(fates.begin(), fates.end()), fates.end());
    Columns columns;
    for (const std::size_t fate : fates) {
      columns.push_back({std::string(kConnectionFateNames[fate]), true});
    }
    write_rows("Connections opened, and what went wrong", columns, [&](const StatsRow& row) {
      Cells cells;
      for (const std::size_t fate : fates) {
        cells.push_back(number(row.connections[fate]));
      }
      return cells;
    });
  }

  void write_ports() {
    if (all_.ports.bound == 0 && all_.ports.allocated == 0) return;
    const Columns columns{{"bound", true},    {"allocated", true}, {"looked at", true},
                          {"released", true}, {"in use", true},    {"most", true}};
    write_rows("Ports", columns, [&](const StatsRow& row) {
      const PortStats& ports = row.ports;
      return Cells{number(ports.bound),     number(ports.allocated),
                   number(ports.looked_at), number(ports.released),
                   number(ports.in_use),    &row == &all_ ? "-" : number(ports.most_in_use)};
    });
  }

  void write_ports_over_time() {
    if (all_.ports.bound == 0 && all_.ports.allocated == 0) return;
    const auto last = static_cast<std::uint64_t>(end_.time_since_epoch().count());
    const std::uint64_t step = round_step(last);
    Columns columns{{"Host"}, {"Class"}};
    for (std::uint64_t at = 0; at < last; at += step) columns.push_back({duration_text(at), true});
    columns.insert(columns.end(), {{"end", true}, {"most", true}});
    TextTable table(columns);
    const std::size_t shown = std::min(stats_.hosts().size(), kMostHosts);
    for (const HostStats& host : stats_.hosts().first(shown)) {
      for (const PortClass each : kPortClasses) {
        Cells cells = ports_of(host, each, step);
        if (!cells.empty()) table.add(std::move(cells));
      }
    }
    begin("Ports in use over time");
    table.write(out_, "", painter_, 0);
  }

  /// Nothing where no port of the class was ever in use.
  Cells ports_of(const HostStats& host, PortClass port_class, std::uint64_t step) const {
    const auto place = static_cast<std::size_t>(port_class);
    std::uint32_t most = 0;
    for (const PortSeries::Point& point : host.ports.points()) {
      most = std::max(most, point.most[place]);
    }
    if (most == 0) return {};
    Cells cells{named(host.name, host.count), std::string(name_of(port_class))};
    const auto last = static_cast<std::uint64_t>(end_.time_since_epoch().count());
    for (std::uint64_t at = 0; at < last; at += step) {
      const SimTime time = kStart + Duration{static_cast<std::int64_t>(at)};
      cells.push_back(number(host.ports.at(time)[place]));
    }
    cells.push_back(number(host.ports_now[place]));
    cells.push_back(number(most));
    return cells;
  }

  void write_drops() {
    DropCounts all = stats_.dropped_of_strangers();
    for (const HostStats& host : stats_.hosts()) {
      for (std::size_t i = 0; i < all.size(); ++i) all[i] += host.dropped[i];
    }
    const std::vector<std::size_t> reasons = places_used(all);
    if (reasons.empty()) return;
    Columns columns{{"Host"}};
    for (const std::size_t reason : reasons) {
      columns.push_back({std::string(name_of(static_cast<DropReason>(reason))), true});
    }
    TextTable table(columns);
    const auto add = [&](std::string name, const DropCounts& counts) {
      if (places_used(counts).empty()) return;
      Cells cells{std::move(name)};
      for (const std::size_t reason : reasons) cells.push_back(number(counts[reason]));
      table.add(std::move(cells));
    };
    const std::size_t shown = std::min(stats_.hosts().size(), kMostHosts);
    for (const HostStats& host : stats_.hosts().first(shown)) {
      add(named(host.name, host.count), host.dropped);
    }
    add("(no host)", stats_.dropped_of_strangers());
    if (stats_.hosts().size() > 1) add("all hosts", all);
    begin("Segments dropped, by the host that sent them or threw them away");
    table.write(out_, "", painter_, 0);
  }

  ByteSink& out_;
  const StatsSink& stats_;
  SimTime end_;
  Painter painter_;
  StatsRow all_;
  std::vector<StatsRow> totals_;  ///< Of the hosts shown.
  std::vector<Line> lines_;
  bool begun_ = false;  ///< There is a table already.
};

}  // namespace

void write_stats(ByteSink& out, const StatsSink& stats, SimTime end, bool colour) {
  StatsText(out, stats, end, colour).write();
}

}  // namespace demuxsim
