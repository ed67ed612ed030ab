// Curves as an SVG picture that can be told apart in print without colour: each has a dash pattern
// and a marker of its own.
#pragma once

#include <string>
#include <vector>

namespace demuxsim::cli {

struct PlotPoint {
  double x = 0;
  double y = 0;
};

/// A coordinate system. The curve at each place goes by Plot::names; one without points is not
/// there.
struct PlotPanel {
  std::string title;
  std::string y_label;
  std::vector<std::vector<PlotPoint>> curves;
};

struct Plot {
  std::string title;
  std::string x_label;
  bool x_is_log = true;     ///< Otherwise from 0 to 100. The other axis is always in decades.
  std::size_t columns = 1;  ///< Panels side by side.
  std::vector<std::string> names;
  std::vector<PlotPanel> panels;
};

/// A whole SVG 1.1 document. A y of 0, which has no logarithm, stands at the lower edge, below all
/// others, and the edge is marked 0.
std::string to_svg(const Plot& plot);

}  // namespace demuxsim::cli
