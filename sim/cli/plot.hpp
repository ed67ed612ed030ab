// Curves and bars as an SVG picture that can be told apart in print without colour: each curve has
// a dash pattern and a marker of its own.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/plot_axis.hpp"

namespace demuxsim::cli {

struct PlotPoint {
  double x = 0;
  double y = 0;
};

struct PlotBar {
  std::string name;  ///< Below it.
  double height = 0;
  std::string note;  ///< Above it.
};

/// A coordinate system. The curve at each place goes by Plot::names; one without points is not
/// there.
struct PlotPanel {
  std::string title;
  std::string y_label;
  std::vector<std::vector<PlotPoint>> curves;
  std::vector<PlotBar> bars;  ///< Where there are any, in place of curves, on a linear y axis.
  std::string x_label;        ///< Empty: that of the plot.
};

struct Plot {
  std::string title;
  std::string x_label;
  PlotScale x = PlotScale::decades;
  PlotScale y = PlotScale::decades;
  bool steps = false;       ///< A value holds until the next point; markers at both ends alone.
  std::size_t columns = 1;  ///< Panels side by side.
  std::vector<std::string> names;
  std::vector<PlotPanel> panels;
};

/// A whole SVG 1.1 document.
std::string to_svg(const Plot& plot);

}  // namespace demuxsim::cli
