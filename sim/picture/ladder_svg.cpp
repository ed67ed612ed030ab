#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/picture/ladder.hpp"
#include "demuxsim/report/line_text.hpp"
#include "picture/grouped.hpp"
#include "picture/ladder_layout.hpp"
#include "picture/svg_text.hpp"

namespace demuxsim {
namespace {

constexpr int kNoteGap = LadderLayout::kNoteGap;
constexpr int kLoopWidth = LadderLayout::kLoopWidth;

// Without colour: what carries data is thick, a reset is dashed, what is lost ends in a cross.
// Texts have a white seam where a reader of the picture can draw it below them.
constexpr std::string_view kStyle =
    "<style>\n"
    "text{font:11px Helvetica,Arial,'Liberation Sans',sans-serif;fill:#000}\n"
    ".n{font-weight:bold;font-size:13px;text-anchor:middle}.a{text-anchor:middle}"
    ".e{text-anchor:end}.t{fill:#444;text-anchor:end;font-variant-numeric:tabular-nums}\n"
    ".o{font-size:13px;fill:#444}.i{font-style:italic}.b{font-weight:bold}.x{fill:#b00000}\n"
    "path,rect,circle{fill:none;stroke:#000}\n"
    ".l{stroke-width:1}.k{stroke-width:1;stroke-dasharray:2 4}\n"
    ".s{stroke-width:1.1}.d{stroke-width:2.2}.r{stroke-width:1.3;stroke-dasharray:7 3;"
    "stroke:#b00000}.u{stroke-width:1;stroke-dasharray:2 3}\n"
    ".c{stroke-width:1.8;stroke:#b00000}.f{fill:#000}.w{fill:#fff}\n"
    "@supports (paint-order:stroke){text{paint-order:stroke;stroke:#fff;stroke-width:3px;"
    "stroke-linejoin:round}}\n"
    "</style>\n"
    "<defs>\n"
    "<marker id='h' viewBox='0 0 10 8' refX='10' refY='4' markerWidth='10' markerHeight='8' "
    "markerUnits='userSpaceOnUse' orient='auto'><path d='M0 0 10 4 0 8z' "
    "style='fill:#000;stroke:none'/></marker>\n"
    "</defs>\n";

std::string time_text(SimTime at) {
  std::string text;
  append_time(text, at);
  return text;
}

/// The slope of a text along a line that goes `right` and `down`, in degrees.
std::string angle_of(int right, int down) {
  constexpr double kDegrees = 57.29577951308232;
  const auto tenths = std::lround(
      std::atan2(static_cast<double>(down), static_cast<double>(right)) * kDegrees * 10);
  return fmt::format("{}{}.{}", tenths < 0 ? "-" : "", std::abs(tenths) / 10,
                     std::abs(tenths) % 10);
}

class SvgLadder {
 public:
  explicit SvgLadder(const Ladder& ladder) : ladder_(ladder), layout_(layout_of(ladder)) {}

  std::string draw() {
    head();
    draw_lines();
    for (std::size_t i = 0; i < ladder_.rungs.size(); ++i) draw_way(i);
    for (std::size_t i = 0; i < ladder_.rungs.size(); ++i) draw_texts(i);
    draw_names();
    draw_title();
    draw_legend();
    return std::move(out_) + "</svg>\n";
  }

 private:
  void head() {
    append_format(out_,
                  "<?xml version='1.0' encoding='UTF-8'?>\n"
                  "<svg xmlns='http://www.w3.org/2000/svg' role='img' width='{0}' height='{1}' "
                  "viewBox='0 0 {0} {1}'>\n<title>{2}</title>\n<desc>{3}</desc>\n",
                  layout_.width, layout_.height + kLegendHeight,
                  escaped_xml(ladder_.title.empty() ? "TCP segments" : ladder_.title),
                  escaped_xml(description()));
    out_ += kStyle;
    append_format(out_, "<rect class='w' width='{}' height='{}' style='stroke:none'/>\n",
                  layout_.width, layout_.height + kLegendHeight);
  }

  std::string description() const {
    std::uint64_t shown = 0;
    for (const LadderRung& rung : ladder_.rungs) shown += rung.kind == RungKind::sent ? 1u : 0u;
    std::string text =
        fmt::format("Ladder diagram: {} TCP segments between ", grouped(ladder_.segments));
    for (std::size_t i = 0; i < ladder_.columns.size(); ++i) {
      append_format(text, "{}{}", i == 0 ? "" : ", ", ladder_.columns[i]);
    }
    if (ladder_.rungs.empty()) return text;
    append_format(text, ", from {} s to {} s.", time_text(ladder_.rungs.front().at),
                  time_text(ladder_.rungs.back().at));
    if (shown != ladder_.segments) {
      append_format(text, " {} of them are shown, the first and the last ones.", grouped(shown));
    }
    return text + " Time runs down.";
  }

  void draw_title() {
    if (ladder_.title.empty()) return;
    append_format(out_, "<text class='o' x='14' y='20'>{}</text>\n", escaped_xml(ladder_.title));
  }

  void draw_names() {
    for (std::size_t i = 0; i < ladder_.columns.size(); ++i) {
      const int x = layout_.columns[i];
      const auto& addresses = ladder_.addresses[i];
      int half = std::max(LadderLayout::width_of(ladder_.columns[i]) * 5 / 8 + 10, 40);
      for (const std::string& address : addresses) {
        half = std::max(half, LadderLayout::width_of(address) / 2 + 8);
      }
      const int top = layout_.head_top;
      append_format(out_, "<rect class='w' x='{}' y='{}' width='{}' height='{}' rx='3'/>", x - half,
                    top, 2 * half, layout_.top - top);
      int y = addresses.empty() ? (top + layout_.top) / 2 + 4 : top + 18;
      append_format(out_, "<text class='n' x='{}' y='{}'>{}</text>", x, y,
                    escaped_xml(ladder_.columns[i]));
      y += 4;
      for (const std::string& address : addresses) {
        y += LadderLayout::kLineHeight;
        append_format(out_, "<text class='a' x='{}' y='{}'>{}</text>", x, y, escaped_xml(address));
      }
      out_ += '\n';
    }
    append_format(out_, "<text class='t' x='70' y='{}'>time (s)</text>\n",
                  (layout_.head_top + layout_.top) / 2 + 4);
  }

  /// Whole but where the ladder leaves out time, or segments.
  void draw_lines() {
    std::string whole;
    std::string broken;
    int from = layout_.top;
    for (std::size_t i = 0; i < ladder_.rungs.size(); ++i) {
      const PlacedRung& placed = layout_.rungs[i];
      int gap_from = placed.y - 36;
      int gap_to = placed.y - 12;
      if (ladder_.rungs[i].kind == RungKind::gap) {
        gap_from = placed.y - 24;
        gap_to = placed.y + 16;
      } else if (!placed.after_break) {
        continue;
      }
      append_format(whole, "V{}M{{0}} {}", gap_from, gap_to);
      append_format(broken, "M{{0}} {}V{}", gap_from, gap_to);
    }
    for (const int x : layout_.columns) {
      append_format(out_, "<path class='l' d='M{} {}{}V{}'/>", x, from, at_x(whole, x),
                    layout_.height - 12);
      if (!broken.empty()) append_format(out_, "<path class='k' d='{}'/>", at_x(broken, x));
      out_ += '\n';
    }
  }

  static std::string at_x(std::string_view pattern, int x) {
    std::string text;
    const std::string number = std::to_string(x);
    for (std::size_t at = 0; at < pattern.size(); ++at) {
      if (pattern.substr(at, 3) == "{0}") {
        text += number;
        at += 2;
      } else {
        text += pattern[at];
      }
    }
    return text;
  }

  static std::string_view class_of(const SegmentLabel& label) {
    return label.is_reset ? "r" : label.has_data() ? "d" : "s";
  }

  void draw_way(std::size_t index) {
    const LadderRung& rung = ladder_.rungs[index];
    if (rung.kind == RungKind::sent) {
      draw_from(index);
    } else if (rung.kind == RungKind::received || rung.kind == RungKind::lost) {
      if (rung.pair == LadderRung::kNoRung) draw_end_alone(index);
    }
  }

  void draw_from(std::size_t index) {
    const LadderRung& rung = ladder_.rungs[index];
    const Place from = layout_.start_of(ladder_, index);
    if (rung.pair == LadderRung::kNoRung) {
      draw_stub(from, layout_.end_of(ladder_, index), "");
    } else if (rung.is_loop()) {
      draw_loop(from, layout_.way_end(ladder_, rung.pair), rung.label);
    } else {
      draw_arrow(from, layout_.way_end(ladder_, rung.pair), rung.pair);
    }
    if (layout_.rungs[index].starts_late) {
      append_format(out_, "<circle class='w' cx='{}' cy='{}' r='3'/>\n", from.x, from.y);
    }
    if (rung.forged) {
      append_format(out_, "<path class='w' d='M{} {}l6 6 -6 6 -6 -6z'/>\n", from.x, from.y - 6);
    }
  }

  void draw_arrow(Place from, Place to, std::size_t end) {
    const LadderRung& rung = ladder_.rungs[end];
    const bool arrives = rung.drop.empty();
    append_format(out_, "<path class='{}' d='M{} {}L{} {}'{}/>\n", class_of(rung.label), from.x,
                  from.y, to.x, to.y, arrives ? " marker-end='url(#h)'" : "");
  }

  void draw_loop(Place from, Place to, const SegmentLabel& label) {
    append_format(out_, "<path class='{}' d='M{} {}h{}V{}H{}' marker-end='url(#h)'/>\n",
                  class_of(label), from.x, from.y, kLoopWidth, to.y, to.x);
  }

  /// Of a way only one end of which is in the picture.
  void draw_stub(Place from, Place to, std::string_view marker) {
    append_format(out_, "<path class='u' d='M{} {}L{} {}'{}/>\n", from.x, from.y, to.x, to.y,
                  marker);
  }

  void draw_end_alone(std::size_t index) {
    const Place to = layout_.way_end(ladder_, index);
    const int from = layout_.far_x(ladder_.rungs[index]) > to.x ? to.x + 70 : to.x - 70;
    draw_stub({from, to.y - 10}, to, " marker-end='url(#h)'");
  }

  void draw_cross(Place at) {
    append_format(out_, "<path class='c' d='M{} {}l10 10m0 -10l-10 10'/>\n", at.x - 5, at.y - 5);
  }

  void draw_texts(std::size_t index) {
    const LadderRung& rung = ladder_.rungs[index];
    const PlacedRung& placed = layout_.rungs[index];
    if (rung.kind == RungKind::gap) return draw_gap(index);
    draw_time(index);
    if (rung.is_segment() && !rung.drop.empty()) draw_cross(layout_.way_end(ladder_, index));
    if (rung.kind == RungKind::sent) draw_label(index);
    if (!rung.fate.empty()) draw_fate(index);
    if (rung.kind == RungKind::lost) return draw_loss(index);
    const int x = layout_.columns[rung.column];
    int y = placed.y + 4;
    for (const LadderNote& note : placed.notes) {
      draw_note(note, {placed.notes_on_right ? x + kNoteGap : x - kNoteGap, y},
                placed.notes_on_right);
      y += LadderLayout::kLineHeight;
    }
    if (rung.kind == RungKind::local) {
      append_format(out_, "<circle class='f' cx='{}' cy='{}' r='2'/>\n", x, placed.y);
    }
  }

  void draw_time(std::size_t index) {
    const std::string time = time_text(ladder_.rungs[index].at);
    const int y = layout_.rungs[index].y;
    if (time == last_time_ || (last_time_y_ != 0 && y < last_time_y_ + 11)) return;
    append_format(out_, "<text class='t' x='70' y='{}'>{}</text>\n", y + 4, time);
    last_time_ = time;
    last_time_y_ = y;
  }

  void draw_note(const LadderNote& note, Place at, bool right) {
    constexpr std::array<std::string_view, 3> kClasses{"", "i", "b"};
    const std::string_view style = kClasses[static_cast<std::size_t>(note.style)];
    append_format(out_, "<text class='{}{}{}' x='{}' y='{}'>{}</text>\n", style,
                  style.empty() || right ? "" : " ", right ? "" : "e", at.x, at.y,
                  escaped_xml(note.text));
  }

  /// Along the arrow.
  void draw_label(std::size_t index) {
    const LadderRung& rung = ladder_.rungs[index];
    const std::string text = escaped_xml(layout_.rungs[index].label);
    const Place from = layout_.start_of(ladder_, index);
    if (rung.is_loop()) {
      append_format(out_, "<text x='{}' y='{}'>{}</text>\n", from.x + kLoopWidth + 6,
                    from.y + LadderLayout::kLoopLabel, text);
      return;
    }
    const Place to = layout_.end_of(ladder_, index);
    const auto& [left, right] = std::minmax(from, to, [](Place a, Place b) { return a.x < b.x; });
    constexpr int kInset = 16;
    constexpr std::array<std::string_view, 3> kClasses{"", " class='a'", " class='e'"};
    const LabelPlace place = layout_.rungs[index].label_place;
    const int x = place == LabelPlace::left    ? left.x + kInset
                  : place == LabelPlace::right ? right.x - kInset
                                               : (left.x + right.x) / 2;
    const int across = std::max(right.x - left.x, 1);
    const int y = left.y + (right.y - left.y) * (x - left.x) / across - 4;
    append_format(out_, "<text{} x='{}' y='{}' transform='rotate({} {} {})'>{}</text>\n",
                  kClasses[static_cast<std::size_t>(place)], x, y,
                  angle_of(across, right.y - left.y), x, y, text);
  }

  /// At the cross: why, and which part of the stream where the arrow has no room to tell.
  void draw_loss(std::size_t index) {
    const LadderRung& rung = ladder_.rungs[index];
    const Place at = layout_.way_end(ladder_, index);
    const bool right = at.x >= layout_.columns[rung.column];
    std::string text = rung.drop;
    const bool is_told = rung.pair == LadderRung::kNoRung ||
                         layout_.rungs[rung.pair].label.find(rung.label.seq) != std::string::npos;
    if (!is_told) append_format(text, " ({})", rung.label.seq);
    const bool has_address = rung.label.addressed.empty() || rung.pair == LadderRung::kNoRung ||
                             layout_.rungs[rung.pair].label.find('>') != std::string::npos;
    if (!has_address) append_format(text, " {}", rung.label.addressed);
    append_format(out_, "<text class='x{}' x='{}' y='{}'>{}</text>\n", right ? "" : " e",
                  right ? at.x + 9 : at.x - 9, at.y + 4, escaped_xml(text));
  }

  /// Behind an arrow that leads to nothing in the picture.
  void draw_fate(std::size_t index) {
    const Place at = layout_.end_of(ladder_, index);
    const bool right = at.x >= layout_.columns[ladder_.rungs[index].column];
    append_format(out_, "<text class='i{}' x='{}' y='{}'>{}</text>\n", right ? "" : " e",
                  right ? at.x + 4 : at.x - 4, at.y + 4, ladder_.rungs[index].fate);
  }

  void draw_gap(std::size_t index) {
    const int middle = (layout_.columns.front() + layout_.columns.back()) / 2;
    append_format(out_, "<text class='i a' x='{}' y='{}'>{}</text>\n", middle,
                  layout_.rungs[index].y, escaped_xml(ladder_.rungs[index].note));
    last_time_.clear();
  }

  /// What the shapes mean, as far as they occur.
  void draw_legend() {
    const auto any_rung = [&](auto holds) {
      return std::any_of(ladder_.rungs.begin(), ladder_.rungs.end(), holds);
    };
    const auto any_placed = [&](auto holds) {
      return std::any_of(layout_.rungs.begin(), layout_.rungs.end(), holds);
    };
    int x = layout_.columns.front();
    const auto add = [&](bool occurs, std::string_view shape, std::string_view meaning) {
      if (!occurs) return;
      append_format(out_, "<g transform='translate({} {})'>{}<text x='34' y='4'>{}</text></g>\n", x,
                    layout_.height + 8, shape, meaning);
      x += 34 + LadderLayout::width_of(meaning) + 22;
    };
    add(any_rung([](const LadderRung& rung) { return rung.label.has_data(); }),
        "<path class='d' d='M0 0h28'/>", "carries data");
    add(any_rung([](const LadderRung& rung) { return rung.label.is_reset; }),
        "<path class='r' d='M0 0h28'/>", "reset");
    add(any_rung([](const LadderRung& rung) { return !rung.drop.empty(); }),
        "<path class='c' d='M9 -5l10 10m0 -10l-10 10'/>", "lost or dropped");
    add(any_rung([](const LadderRung& rung) { return rung.forged; }),
        "<path class='w' d='M14 -6l6 6 -6 6 -6 -6z'/>", "forged sender");
    add(any_placed([](const PlacedRung& rung) { return rung.starts_late; }),
        "<path class='s' d='M14 0h14'/><circle class='w' cx='14' cy='0' r='3'/>",
        "sent before, at the time in brackets");
    add(any_placed([](const PlacedRung& rung) { return rung.after_break; }),
        "<path class='k' d='M14 -9v18'/>", "time left out");
  }

  static constexpr int kLegendHeight = 28;

  const Ladder& ladder_;
  LadderLayout layout_;
  std::string out_;
  std::string last_time_;
  int last_time_y_ = 0;
};

}  // namespace

void write_ladder_svg(ByteSink& out, const Ladder& ladder) { out.append(SvgLadder(ladder).draw()); }

}  // namespace demuxsim
