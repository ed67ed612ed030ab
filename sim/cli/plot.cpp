#include "cli/plot.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "picture/svg_text.hpp"

namespace demuxsim::cli {
namespace {

// In user units, of which there are 96 an inch.
constexpr double kPanelWidth = 360;
constexpr double kPanelHeight = 250;
constexpr double kLeft = 58;
constexpr double kTop = 40;
constexpr double kGapRight = 12;
constexpr double kGapBelow = 48;
constexpr double kTitleHeight = 34;
constexpr double kLegendWidth = 190;
constexpr double kLegendLine = 20;

// Dashes repeat after five curves and markers after seven, so no pair does before 35.
constexpr std::array<std::string_view, 5> kDashes = {"none", "7 3", "2 2", "9 3 2 3", "12 4"};
constexpr std::array<std::string_view, 7> kMarkers = {
    "<circle cx='5' cy='5' r='3.2'/>",
    "<rect x='2' y='2' width='6' height='6'/>",
    "<path d='M5 1 9 8.5H1z'/>",
    "<path d='M1.5 1.5l7 7m0-7l-7 7'/>",
    "<path d='M5 .5 9.5 5 5 9.5.5 5z'/>",
    "<circle class='w' cx='5' cy='5' r='3.2'/>",
    "<rect class='w' x='2' y='2' width='6' height='6'/>",
};

std::vector<double> values_of(const PlotPanel& panel, double PlotPoint::*coordinate) {
  std::vector<double> values;
  for (const auto& curve : panel.curves) {
    for (const PlotPoint& point : curve) values.push_back(point.*coordinate);
  }
  for (const PlotBar& bar : panel.bars) values.push_back(bar.height);
  return values;
}

class PanelPicture {
 public:
  PanelPicture(const PlotPanel& panel, const Plot& plot)
      : panel_(panel),
        plot_(plot),
        x_(plot.x, values_of(panel, &PlotPoint::x)),
        y_(panel.bars.empty() ? plot.y : PlotScale::linear, values_of(panel, &PlotPoint::y)) {}

  void draw(std::string& out) const {
    append_format(out, "<text class='h' x='0' y='-8'>{}</text>\n", escaped_xml(panel_.title));
    if (panel_.bars.empty()) draw_x_ticks(out);
    draw_axes(out);
    if (!panel_.bars.empty()) return draw_bars(out);
    for (std::size_t i = 0; i < panel_.curves.size(); ++i) {
      if (!panel_.curves[i].empty()) draw_curve(out, i);
    }
  }

 private:
  static double down(double place) { return kPanelHeight * (1 - place); }

  void draw_x_ticks(std::string& out) const {
    for (const PlotAxis::Tick& tick : x_.ticks()) {
      const double x = tick.place * kPanelWidth;
      append_format(
          out,
          "<path class='g' d='M{0:.1f} 0V{1}'/><text class='m' x='{0:.1f}' y='{2}'>{3}</text>\n", x,
          kPanelHeight, kPanelHeight + 15, tick.name);
    }
  }

  void draw_axes(std::string& out) const {
    for (const PlotAxis::Tick& tick : y_.ticks()) {
      const double y = down(tick.place);
      append_format(
          out,
          "<path class='g' d='M0 {0:.1f}H{1}'/><text class='e' x='-6' y='{2:.1f}'>{3}</text>\n", y,
          kPanelWidth, y + 4, tick.name);
    }
    append_format(out, "<rect class='f' width='{}' height='{}'/>\n", kPanelWidth, kPanelHeight);
    append_format(out, "<text class='m' x='{}' y='{}'>{}</text>\n", kPanelWidth / 2,
                  kPanelHeight + 32,
                  escaped_xml(panel_.x_label.empty() ? plot_.x_label : panel_.x_label));
    append_format(out, "<text class='m' transform='translate(-42 {}) rotate(-90)'>{}</text>\n",
                  kPanelHeight / 2, escaped_xml(panel_.y_label));
  }

  void draw_bars(std::string& out) const {
    const double width = kPanelWidth / static_cast<double>(panel_.bars.size());
    double left = 0;
    for (const PlotBar& bar : panel_.bars) {
      const double top = down(y_.place(bar.height));
      const double middle = left + width / 2;
      append_format(out,
                    "<rect class='b' x='{:.1f}' y='{:.1f}' width='{:.1f}' height='{:.1f}'/>"
                    "<text class='m n' x='{:.1f}' y='{:.1f}'>{}</text>"
                    "<text class='m n' x='{:.1f}' y='{}'>{}</text>\n",
                    left + width * 0.1, top, width * 0.8, kPanelHeight - top, middle,
                    top < 14 ? top + 12 : top - 4, escaped_xml(bar.note), middle, kPanelHeight + 14,
                    escaped_xml(bar.name));
      left += width;
    }
  }

  void draw_curve(std::string& out, std::size_t index) const {
    append_format(out, "<polyline class='c c{}{}' points='", index, plot_.steps ? " s" : "");
    std::string_view between;
    double height = 0;
    for (const PlotPoint& point : panel_.curves[index]) {
      const double x = x_.place(point.x) * kPanelWidth;
      // The corner of a step.
      if (plot_.steps && !between.empty()) append_format(out, " {:.1f},{:.1f}", x, height);
      height = down(y_.place(point.y));
      append_format(out, "{}{:.1f},{:.1f}", between, x, height);
      between = " ";
    }
    out += "'/>\n";
  }

  const PlotPanel& panel_;
  const Plot& plot_;
  PlotAxis x_;
  PlotAxis y_;
};

void add_styles(std::string& out, std::size_t curves) {
  out +=
      "<style>\n"
      "text{font:12px sans-serif}.t{font-size:16px}.h{font-weight:bold}.m{text-anchor:middle}"
      ".e{text-anchor:end}\n"
      ".n{font-size:10px}.g{stroke:#ccc;fill:none}.f{stroke:#000;fill:none}.w{fill:#fff}\n"
      ".b{stroke:#000;fill:#bbb}\n"
      "marker *{stroke:#000}\n"
      ".c{stroke:#000;stroke-width:1.4;fill:none}\n";
  for (std::size_t i = 0; i < curves; ++i) {
    append_format(out, ".c{0}{{stroke-dasharray:{1};marker:url(#m{2})}}\n", i,
                  kDashes[i % kDashes.size()], i % kMarkers.size());
  }
  out += ".s{marker-mid:none}\n</style>\n<defs>\n";
  for (std::size_t i = 0; i < std::min(curves, kMarkers.size()); ++i) {
    append_format(
        out,
        "<marker id='m{}' viewBox='0 0 10 10' refX='5' refY='5' markerWidth='9' markerHeight='9' "
        "markerUnits='userSpaceOnUse'>{}</marker>\n",
        i, kMarkers[i]);
  }
  out += "</defs>\n";
}

void add_legend(std::string& out, const Plot& plot, double x) {
  double y = kTitleHeight + kTop + 4;
  for (std::size_t i = 0; i < plot.names.size(); ++i, y += kLegendLine) {
    append_format(out, "<polyline class='c c{0}' points='{1},{2} {3},{2} {4},{2}'/>", i, x, y,
                  x + 22, x + 44);
    append_format(out, "<text x='{}' y='{}'>{}</text>\n", x + 54, y + 4,
                  escaped_xml(plot.names[i]));
  }
}

}  // namespace

std::string to_svg(const Plot& plot) {
  const std::size_t columns = std::max<std::size_t>(plot.columns, 1);
  const std::size_t rows = std::max<std::size_t>((plot.panels.size() + columns - 1) / columns, 1);
  constexpr double kCellWidth = kLeft + kPanelWidth + kGapRight;
  constexpr double kCellHeight = kTop + kPanelHeight + kGapBelow;
  const double legend_at = static_cast<double>(columns) * kCellWidth + 8;
  const double width = legend_at + kLegendWidth;
  const double legend_height = kTop + static_cast<double>(plot.names.size()) * kLegendLine;
  const double height =
      kTitleHeight + std::max(static_cast<double>(rows) * kCellHeight, legend_height);
  std::string out = "<?xml version='1.0' encoding='UTF-8'?>\n";
  append_format(
      out,
      "<svg xmlns='http://www.w3.org/2000/svg' width='{0}' height='{1}' viewBox='0 0 {0} {1}'>\n"
      "<title>{2}</title>\n",
      width, height, escaped_xml(plot.title));
  add_styles(out, plot.names.size());
  append_format(out,
                "<rect class='w' width='{}' height='{}'/><text class='t' x='{}' y='24'>{}</text>\n",
                width, height, kLeft, escaped_xml(plot.title));
  add_legend(out, plot, legend_at);
  for (std::size_t i = 0; i < plot.panels.size(); ++i) {
    const std::size_t row = i / columns;
    append_format(out, "<g transform='translate({} {})'>\n",
                  static_cast<double>(i % columns) * kCellWidth + kLeft,
                  static_cast<double>(row) * kCellHeight + kTop + kTitleHeight);
    PanelPicture(plot.panels[i], plot).draw(out);
    out += "</g>\n";
  }
  return out + "</svg>\n";
}

}  // namespace demuxsim::cli
