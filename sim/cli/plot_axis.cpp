#include "cli/plot_axis.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

#include <fmt/core.h>

namespace demuxsim::cli {
namespace {

/// `0.01`, `1`, `100`, `10k`, `1M`.
std::string decade_name(int exponent) {
  if (exponent < 0) return fmt::format("{:.{}f}", std::pow(10.0, exponent), -exponent);
  constexpr std::array<std::string_view, 4> kUnits = {"", "k", "M", "G"};
  const auto thousands = std::min<std::size_t>(static_cast<std::size_t>(exponent) / 3, 3);
  const auto zeros = static_cast<std::size_t>(exponent) - 3 * thousands;
  return "1" + std::string(zeros, '0') + std::string(kUnits.at(thousands));
}

/// `5000`, `10k`, `2M`.
std::string whole_name(double value) {
  if (value >= 1e6) return fmt::format("{:g}M", value / 1e6);
  return value >= 1e4 ? fmt::format("{:g}k", value / 1e3) : fmt::format("{:.0f}", value);
}

/// 1, 2 or 5 times a power of ten, at least a whole, of which few reach `most`.
double round_step(double most) {
  constexpr double kMostSteps = 6;
  for (double power = 1;; power *= 10) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      if (most <= digit * power * kMostSteps) return digit * power;
    }
  }
}

}  // namespace

PlotAxis::PlotAxis(PlotScale scale, const std::vector<double>& values) {
  switch (scale) {
    case PlotScale::decades:
      set_decades(values);
      break;
    case PlotScale::percent:
      set_linear(100);
      break;
    case PlotScale::linear:
      set_linear(values.empty() ? 1 : *std::max_element(values.begin(), values.end()));
  }
}

double PlotAxis::place(double value) const {
  if (!is_log_) return (value - low_) / (high_ - low_);
  if (value <= 0) return 0;
  return (std::log10(value) - low_) / (high_ - low_);
}

void PlotAxis::set_linear(double most) {
  const double step = round_step(most);
  const auto steps = std::max(1, static_cast<int>(std::ceil(most / step)));
  high_ = step * steps;
  for (int i = 0; i <= steps; ++i) {
    ticks_.push_back({static_cast<double>(i) / steps, whole_name(i * step)});
  }
}

/// One decade at least; one more below them for a 0.
void PlotAxis::set_decades(const std::vector<double>& values) {
  double least = 0;
  double most = 0;
  bool has_zero = false;
  for (const double value : values) {
    has_zero = has_zero || value <= 0;
    if (value <= 0) continue;
    least = least == 0 ? value : std::min(least, value);
    most = std::max(most, value);
  }
  if (most == 0) least = most = 1;
  // What lies on a decade, but for rounding, does not begin another.
  constexpr double kSlack = 1e-9;
  is_log_ = true;
  low_ = std::floor(std::log10(least) + kSlack);
  high_ = std::ceil(std::log10(most) - kSlack);
  if (high_ <= low_) high_ = low_ + 1;
  if (has_zero) low_ -= 1;
  const int low = static_cast<int>(low_);
  const int high = static_cast<int>(high_);
  for (int exponent = low; exponent <= high; ++exponent) {
    const bool is_zero = has_zero && exponent == low;
    ticks_.push_back({static_cast<double>(exponent - low) / (high - low),
                      is_zero ? "0" : decade_name(exponent)});
  }
}

}  // namespace demuxsim::cli
