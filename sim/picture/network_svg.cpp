#include "demuxsim/picture/network_svg.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/net/port.hpp"
#include "demuxsim/picture/network_map.hpp"
#include "demuxsim/ports/services.hpp"
#include "picture/svg_text.hpp"

namespace demuxsim {
namespace {

// In user units, of which there are 96 an inch. Letters of the text are 7.3 wide.
constexpr int kLetter10 = 73;  // Tenths.
constexpr int kLine = 16;
constexpr int kPadding = 10;
constexpr int kDoorWidth = 50;
constexpr int kDoorHeight = 24;
constexpr int kGap = 26;  // Between two nodes at least.
constexpr int kMargin = 24;
constexpr int kTitle = 34;
constexpr int kLegend = 46;
constexpr std::size_t kMostRows = 12;
constexpr std::size_t kDoorsInARow = 5;

int width_of(std::string_view text) { return static_cast<int>(text.size()) * kLetter10 / 10 + 1; }

/// A box of the drawing.
struct Box {
  MapNodeKind kind = MapNodeKind::host;
  std::string name;
  std::vector<std::string> addresses;
  std::vector<std::string> processes;
  std::vector<Port> doors;
  int x = 0;  ///< Of its middle.
  int y = 0;
  int width = 0;
  int height = 0;

  int door_rows() const {
    return static_cast<int>((doors.size() + kDoorsInARow - 1) / kDoorsInARow);
  }
};

void shorten(std::vector<std::string>& rows) {
  if (rows.size() <= kMostRows) return;
  const std::size_t more = rows.size() - kMostRows;
  rows.resize(kMostRows);
  rows.push_back(fmt::format("and {} more", more));
}

/// The ports that steps of the timeline bind or listen on.
void add_doors_of_timeline(const ScenarioSpec& spec, const Actor& actor, std::set<Port>& doors) {
  for (const StepSpec& step : spec.steps) {
    const bool own =
        step.by.host >= actor.first && step.by.host.value - actor.first.value < actor.count;
    if (!own) continue;
    Port port;
    if (step.action == StepAction::listen) port = step.listen.local.port;
    if (step.action == StepAction::bind) port = step.target.port;
    if (port != Port{}) doors.insert(port);
  }
}

void fill_host(const ScenarioSpec& spec, const Actor& actor, Box& box) {
  const HostGroupSpec& group = spec.hosts[actor.group];
  const std::uint32_t index = actor.first.value - group.first.value;
  for (const IpAddress& first : group.addresses) {
    std::string text = to_string(first.plus(index).value());
    if (actor.count > 1) text += " .. " + to_string(first.plus(actor.count - 1).value());
    box.addresses.push_back(std::move(text));
  }
  std::set<Port> doors;
  for (const ProcessSpec& process : group.processes) {
    std::string text = times(process.name, process.count, process.numbered);
    for (const ListenConfig& listener : process.listens) {
      doors.insert(listener.local.port);
      text += fmt::format("  {}", to_string(listener.local));
      const std::string_view service = tcp_service_on(listener.local.port);
      if (!service.empty()) text += fmt::format(" {}", service);
    }
    box.processes.push_back(std::move(text));
  }
  add_doors_of_timeline(spec, actor, doors);
  box.doors.assign(doors.begin(), doors.end());
  shorten(box.addresses);
  shorten(box.processes);
}

void size_box(Box& box) {
  int width = width_of(box.name) + 2 * kPadding;
  for (const auto* rows : {&box.addresses, &box.processes}) {
    for (const std::string& row : *rows) width = std::max(width, width_of(row) + 2 * kPadding);
  }
  const int doors = static_cast<int>(std::min(box.doors.size(), kDoorsInARow));
  box.width = std::max(width, doors * kDoorWidth + 2 * kPadding);
  const auto lines = static_cast<int>(1 + box.addresses.size() + box.processes.size());
  box.height = lines * kLine + 2 * kPadding + box.door_rows() * kDoorHeight;
  if (!box.processes.empty()) box.height += kPadding;
}

std::vector<Box> boxes_of(const ScenarioSpec& spec, const Cast& cast, const NetworkMap& map) {
  std::vector<Box> boxes;
  for (std::size_t i = 0; i < map.nodes.size(); ++i) {
    const MapNode& node = map.nodes[i];
    Box box{node.kind, node.name, {}, {}, {}, node.x, node.y, 0, 0};
    if (i < cast.actors().size()) {
      const Actor& actor = cast.actors()[i];
      fill_host(spec, actor, box);
    } else if (spec.network.shared_switch) {
      box.addresses.push_back(text_of(spec.network.shared));
    } else {
      for (const IpPrefix& prefix : spec.network.nodes[i - cast.actors().size()].prefixes) {
        box.addresses.push_back(to_string(prefix));
      }
      shorten(box.addresses);
    }
    size_box(box);
    boxes.push_back(std::move(box));
  }
  return boxes;
}

/// Moves the boxes apart, all by one factor in per cent, until none touches another.
void spread(std::vector<Box>& boxes) {
  constexpr int kMostPercent = 2000;
  const auto needed = [](int size, int distance) {
    return distance == 0 ? kMostPercent : (100 * size + distance - 1) / distance;
  };
  int percent = 60;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const Box& a = boxes[i];
      const Box& b = boxes[j];
      const int across = needed((a.width + b.width) / 2 + kGap, std::abs(a.x - b.x));
      const int down = needed((a.height + b.height) / 2 + kGap, std::abs(a.y - b.y));
      percent = std::max(percent, std::min({across, down, kMostPercent}));
    }
  }
  for (Box& box : boxes) {
    box.x = box.x * percent / 100;
    box.y = box.y * percent / 100;
  }
}

struct Extent {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
};

Extent extent_of(const std::vector<Box>& boxes) {
  Extent all{0, 0, 1, 1};
  bool first = true;
  for (const Box& box : boxes) {
    const Extent own{box.x - box.width / 2, box.y - box.height / 2, box.x + box.width / 2,
                     box.y + box.height / 2};
    all = first ? own
                : Extent{std::min(all.left, own.left), std::min(all.top, own.top),
                         std::max(all.right, own.right), std::max(all.bottom, own.bottom)};
    first = false;
  }
  return all;
}

void add_text(std::string& out, std::string_view style, int x, int y, std::string_view text) {
  append_format(out, "<text class='{}' x='{}' y='{}'>{}</text>\n", style, x, y, escaped_xml(text));
}

std::string_view class_letter(PortClass port_class) {
  switch (port_class) {
    case PortClass::well_known:
      return "w";
    case PortClass::registered:
      return "r";
    case PortClass::ephemeral:
      return "e";
  }
  return "";
}

/// A door: square for well-known ports, with a round top for registered ones, dashed for ephemeral.
void add_door(std::string& out, int x, int y, PortClass port_class, std::string_view number) {
  const int width = kDoorWidth - 6;
  const int height = kDoorHeight - 4;
  const int round = port_class == PortClass::registered ? 10 : 0;
  append_format(out,
                "<path class='d {0}' d='M{1} {2}v{3}q0 -{4} {4} -{4}h{5}q{4} 0 {4} {4}v{6}z'/>\n",
                class_letter(port_class), x, y + height, round - height, round, width - 2 * round,
                height - round);
  add_text(out, "n", x + width / 2, y + height - 5, number);
}

void add_doors(std::string& out, const Box& box, int left, int bottom) {
  for (std::size_t i = 0; i < box.doors.size(); ++i) {
    const int row = static_cast<int>(i / kDoorsInARow);
    const int column = static_cast<int>(i % kDoorsInARow);
    const int y = bottom - (box.door_rows() - row) * kDoorHeight + 4;
    add_door(out, left + kPadding + column * kDoorWidth, y, class_of(box.doors[i]),
             std::to_string(box.doors[i].value));
  }
}

void add_host(std::string& out, const Box& box) {
  const int left = box.x - box.width / 2;
  const int top = box.y - box.height / 2;
  append_format(out, "<rect class='b' x='{}' y='{}' width='{}' height='{}' rx='3'/>\n", left, top,
                box.width, box.height);
  int y = top + kPadding + kLine - 4;
  add_text(out, "h", left + kPadding, y, box.name);
  for (const std::string& address : box.addresses) {
    add_text(out, "t", left + kPadding, y += kLine, address);
  }
  if (!box.processes.empty()) {
    append_format(out, "<path class='l' d='M{} {}h{}'/>\n", left, y + kPadding, box.width);
    y += kPadding;
  }
  for (const std::string& process : box.processes) {
    add_text(out, "t", left + kPadding, y += kLine, process);
  }
  add_doors(out, box, left, top + box.height);
}

void add_node(std::string& out, const Box& box) {
  const bool router = box.kind == MapNodeKind::router;
  append_format(out, "<rect class='s' x='{}' y='{}' width='{}' height='{}' rx='{}'/>\n",
                box.x - box.width / 2, box.y - box.height / 2, box.width, box.height,
                router ? box.height / 2 : 0);
  int y = box.y - box.height / 2 + kPadding + kLine - 4;
  add_text(out, "hm", box.x, y, box.name);
  for (const std::string& prefix : box.addresses) add_text(out, "tm", box.x, y += kLine, prefix);
}

/// The label of a line stands over its middle, on white.
void add_edge(std::string& out, const Box& a, const Box& b, const LinkSpec* link) {
  append_format(out, "<path class='l' d='M{} {}L{} {}'/>\n", a.x, a.y, b.x, b.y);
  if (link == nullptr) return;
  const std::string text = text_of(*link);
  const int x = (a.x + b.x) / 2;
  const int y = (a.y + b.y) / 2;
  append_format(out, "<rect class='p' x='{}' y='{}' width='{}' height='{}'/>\n",
                x - width_of(text) / 2 - 2, y - kLine / 2, width_of(text) + 4, kLine);
  add_text(out, "tm", x, y + 4, text);
}

void add_legend(std::string& out, int x, int y) {
  constexpr std::pair<PortClass, std::string_view> kClasses[] = {
      {PortClass::well_known, "well-known, 0-1023"},
      {PortClass::registered, "registered, 1024-49151"},
      {PortClass::ephemeral, "ephemeral, 49152-65535"}};
  for (const auto& [port_class, text] : kClasses) {
    add_door(out, x, y, port_class, "");
    add_text(out, "t", x + kDoorWidth, y + kDoorHeight - 9, text);
    x += kDoorWidth + width_of(text) + 20;
  }
}

constexpr std::string_view kStyles =
    "<style>\n"
    "text{font:12px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#000}\n"
    ".c{font-size:15px;font-weight:bold}\n"
    ".h,.hm{font-weight:bold}\n"
    ".n,.hm,.tm{text-anchor:middle}\n"
    ".b{fill:#fff;stroke:#000;stroke-width:1.6}\n"
    ".s{fill:#eee;stroke:#000}\n"
    ".l{fill:none;stroke:#000}\n"
    ".p{fill:#fff}\n"
    ".d{stroke:#000}\n"
    ".w{fill:#cfe3f5}\n"
    ".r{fill:#fbe3b5}\n"
    ".e{fill:#fff;stroke-dasharray:4 2}\n"
    "</style>\n";

}  // namespace

std::string network_svg(const ScenarioSpec& spec) {
  const Cast cast(spec);
  const NetworkMap map = map_of(spec, cast);
  std::vector<Box> boxes = boxes_of(spec, cast, map);
  spread(boxes);
  const Extent extent = extent_of(boxes);
  for (Box& box : boxes) {
    box.x += kMargin - extent.left;
    box.y += kMargin + kTitle - extent.top;
  }
  const std::string title = spec.title.empty() ? "Network" : spec.title;
  const int legend_width = 3 * kDoorWidth + width_of(std::string(70, ' ')) + 60;
  const int width =
      std::max({extent.right - extent.left, legend_width, width_of(title) * 5 / 4}) + 2 * kMargin;
  const int bottom = kMargin + kTitle + extent.bottom - extent.top;
  std::string out = fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' width='{0}' height='{1}' viewBox='0 0 {0} {1}' "
      "role='img' aria-labelledby='t'>\n<title id='t'>{2}</title>\n{3}"
      "<rect class='p' width='{0}' height='{1}'/>\n",
      width, bottom + kLegend + kMargin, escaped_xml(title), kStyles);
  add_text(out, "c", kMargin, kMargin + 4, title);
  // A network of one switch says once what all its links are.
  const bool same = spec.network.shared_switch;
  for (const MapEdge& edge : map.edges) {
    add_edge(out, boxes[edge.a], boxes[edge.b], same ? nullptr : edge.link);
  }
  for (const Box& box : boxes)
    box.kind == MapNodeKind::host ? add_host(out, box) : add_node(out, box);
  add_legend(out, kMargin, bottom + kLegend - kDoorHeight);
  out += "</svg>\n";
  return out;
}

}  // namespace demuxsim
