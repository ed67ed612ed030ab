#include "cli/plot.hpp"

#include <string_view>

#include "support/catch.hpp"

namespace demuxsim::cli {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

std::size_t times(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

Plot plot(std::vector<PlotPoint> points) {
  Plot made;
  made.title = "Cost < 1 & more";
  made.x_label = "connections";
  made.names = {"open", "a<b"};
  made.panels = {{"uniform", "ns", {std::move(points), {}}, {}, {}}};
  return made;
}

}  // namespace

TEST_CASE("axes go in whole decades around the values", "[cli][plot]") {
  const std::string svg = to_svg(plot({{100, 12}, {1000, 999}, {100'000, 40}}));
  for (const std::string_view name : {">10<", ">100<", ">1k<", ">10k<", ">100k<"}) {
    CAPTURE(name);
    CHECK(has(svg, name));
  }
  CHECK(!has(svg, ">1<"));
  CHECK(!has(svg, ">1M<"));
  // From the left edge over the first decade of three to the right; 12 and 999 of 10 to 1000.
  CHECK(has(svg, "points='0.0,240.1 120.0,0.1 360.0,174.7'"));
}

TEST_CASE("texts are escaped, and every name has its line", "[cli][plot]") {
  const std::string svg = to_svg(plot({{100, 12}}));
  CHECK(has(svg, "Cost &lt; 1 &amp; more"));
  CHECK(has(svg, ">a&lt;b<"));
  CHECK(times(svg, "class='c c0'") == 2);  // The curve, and its place in the legend.
  CHECK(times(svg, "class='c c1'") == 1);  // A curve without points.
}

TEST_CASE("nothing examined has a place below all others", "[cli][plot]") {
  const std::string svg = to_svg(plot({{100, 0}, {1000, 1}}));
  CHECK(has(svg, ">0<"));
  CHECK(has(svg, "points='0.0,250.0 360.0,125.0'"));
}

TEST_CASE("a plot without points is whole", "[cli][plot]") {
  Plot empty = plot({});
  CHECK(has(to_svg(empty), "</svg>"));
  empty.panels.clear();
  empty.names.clear();
  CHECK(has(to_svg(empty), "</svg>"));
}

TEST_CASE("steps have corners, on axes from 0 to a round number", "[cli][plot]") {
  Plot steps = plot({{0, 1}, {2, 3}, {4, 3}});
  steps.x = steps.y = PlotScale::linear;
  steps.steps = true;
  const std::string svg = to_svg(steps);
  CHECK(has(svg, "class='c c0 s' points='0.0,166.7 180.0,166.7 180.0,0.0 360.0,0.0 360.0,0.0'"));
  for (const std::string_view name : {">0<", ">1<", ">2<", ">3<", ">4<"}) CHECK(has(svg, name));
  CHECK(!has(svg, ">5<"));
}

TEST_CASE("bars stand side by side under their numbers", "[cli][plot]") {
  Plot bars = plot({});
  bars.panels[0].curves.clear();
  bars.panels[0].bars = {{"0", 10, "1"}, {"8-15", 40, "4"}};
  bars.panels[0].x_label = "keys";
  const std::string svg = to_svg(bars);
  CHECK(has(svg, "<rect class='b' x='18.0' y='187.5' width='144.0' height='62.5'/>"));
  CHECK(has(svg, "<rect class='b' x='198.0' y='0.0' width='144.0' height='250.0'/>"));
  for (const std::string_view name : {">8-15<", ">4<", ">keys<"}) CHECK(has(svg, name));
  CHECK(!has(svg, ">connections<"));
}

}  // namespace demuxsim::cli
