// One axis of a plot: from values to places, and the marks along it.
#pragma once

#include <string>
#include <vector>

namespace demuxsim::cli {

enum class PlotScale : unsigned char {
  decades,  ///< Logarithmic, in whole decades around all values; a 0 has a place below them.
  percent,  ///< From 0 to 100.
  linear,   ///< From 0 to a round number that no value exceeds.
};

class PlotAxis {
 public:
  struct Tick {
    double place = 0;
    std::string name;
  };

  /// An axis for such values.
  PlotAxis(PlotScale scale, const std::vector<double>& values);

  /// From 0 to 1.
  double place(double value) const;
  const std::vector<Tick>& ticks() const { return ticks_; }

 private:
  void set_decades(const std::vector<double>& values);
  void set_linear(double most);

  bool is_log_ = false;
  double low_ = 0;  ///< Of a logarithmic axis: exponents of ten.
  double high_ = 0;
  std::vector<Tick> ticks_;
};

}  // namespace demuxsim::cli
