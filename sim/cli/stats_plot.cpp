#include "cli/stats_plot.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "demuxsim/net/port.hpp"
#include "demuxsim/report/line_text.hpp"

namespace demuxsim::cli {
namespace {

constexpr std::size_t kMostHosts = 12;
constexpr std::size_t kMostBars = 12;
constexpr std::array kPortClasses{PortClass::well_known, PortClass::registered,
                                  PortClass::ephemeral};

struct TimeUnit {
  double nanoseconds;
  std::string_view name;
};

/// The largest of which the run has a few.
TimeUnit unit_for(SimTime end) {
  constexpr std::array<TimeUnit, 3> kUnits{{{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}}};
  const auto last = static_cast<double>(end.time_since_epoch().count());
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const TimeUnit& each) {
    return last >= 2 * each.nanoseconds;
  });
  return unit == kUnits.end() ? TimeUnit{1, "ns"} : *unit;
}

/// No points where no port of the class was ever in use.
std::vector<PlotPoint> curve_of(const HostStats& host, PortClass port_class, SimTime end,
                                TimeUnit unit) {
  const auto place = static_cast<std::size_t>(port_class);
  const auto x = [unit](SimTime at) {
    return static_cast<double>(at.time_since_epoch().count()) / unit.nanoseconds;
  };
  std::vector<PlotPoint> curve{{0, 0}};
  bool any = false;
  for (const PortSeries::Point& point : host.ports.points()) {
    any = any || point.most[place] != 0;
    const double y = point.now[place];
    if (y == curve.back().y) continue;
    if (point.at == kStart) curve.clear();
    curve.push_back({x(point.at), y});
  }
  if (!any) return {};
  curve.push_back({x(std::max(end, kStart + Duration{1})), curve.back().y});
  return curve;
}

/// `950`, `12k`, `3.4M`: few places for a bar.
std::string short_count(std::uint64_t count) {
  if (count >= 1'000'000) return fmt::format("{:.1f}M", static_cast<double>(count) / 1e6);
  return count >= 10'000 ? fmt::format("{}k", count / 1000) : fmt::format("{}", count);
}

std::vector<PlotBar> bars_of(const ValueHistogram& examined) {
  unsigned width = 0;
  while (examined.ranges(width).size() > kMostBars) ++width;
  std::vector<PlotBar> bars;
  for (const ValueHistogram::Range& range : examined.ranges(width)) {
    const double share = static_cast<double>(range.count) / static_cast<double>(examined.count());
    bars.push_back({range.first == range.last ? fmt::format("{}", range.first)
                                              : fmt::format("{}-{}", range.first, range.last),
                    100 * share, short_count(range.count)});
  }
  return bars;
}

std::string name_of(const HostStats& host) {
  std::string name;
  append_name(name, host.name);
  return host.count == 1 ? name : fmt::format("{} ({})", name, host.count);
}

void add_panels(Plot& plot, const HostStats& host, SimTime end, TimeUnit unit) {
  PlotPanel ports{name_of(host) + ": ports", "ports in use", {}, {}, {}};
  for (const PortClass each : kPortClasses) ports.curves.push_back(curve_of(host, each, end, unit));
  PlotPanel lookups{name_of(host) + ": look-ups",
                    "% of look-ups",
                    {},
                    bars_of(host.total().examined),
                    "keys examined"};
  plot.panels.push_back(std::move(ports));
  plot.panels.push_back(std::move(lookups));
}

}  // namespace

Plot plot_of(const StatsSink& stats, SimTime end) {
  const TimeUnit unit = unit_for(end);
  Plot plot;
  plot.title = "Ports in use, and keys examined in look-ups";
  plot.x_label = fmt::format("time, {}", unit.name);
  plot.x = plot.y = PlotScale::linear;
  plot.steps = true;
  plot.columns = 2;
  for (const PortClass each : kPortClasses) plot.names.emplace_back(demuxsim::name_of(each));
  std::size_t shown = 0;
  std::size_t more = 0;
  for (const HostStats& host : stats.hosts()) {
    if (!host.total().any()) continue;
    if (shown == kMostHosts) {
      ++more;
      continue;
    }
    ++shown;
    add_panels(plot, host, end, unit);
  }
  if (more != 0) plot.title += fmt::format(" (and {} more hosts)", more);
  return plot;
}

}  // namespace demuxsim::cli
