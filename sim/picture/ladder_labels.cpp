#include "picture/ladder_labels.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <vector>

#include "demuxsim/report/line_text.hpp"
#include "demuxsim/report/wrap.hpp"

namespace demuxsim {
namespace {

/// Rungs further away than this are not looked at.
constexpr std::size_t kNear = 60;
/// Each label is placed so often, anew beside the others.
constexpr int kSweeps = 3;
constexpr int kInset = 16;     ///< From the line to the label.
constexpr int kAbove = 8;      ///< From the arrow to the middle of the label.
constexpr int kTextRoom = 12;  ///< Between the middles of two texts.
constexpr int kLineRoom = 5;   ///< Between the middle of a text and a line.

/// A line or a text that is nearly level, from left to right.
struct Stroke {
  std::size_t rung = 0;
  Place from;
  Place to;

  int y_at(int x) const {
    if (to.x == from.x) return from.y;
    return from.y + static_cast<int>(std::int64_t{to.y - from.y} * (x - from.x) / (to.x - from.x));
  }
};

/// Whether the two come closer than `room` above one another.
bool meet(const Stroke& one, const Stroke& other, int room) {
  const int left = std::max(one.from.x, other.from.x);
  const int right = std::min(one.to.x, other.to.x);
  if (left > right) return false;
  const int at_left = one.y_at(left) - other.y_at(left);
  const int at_right = one.y_at(right) - other.y_at(right);
  return (at_left < 0) != (at_right < 0) || std::min(std::abs(at_left), std::abs(at_right)) < room;
}

class LabelPlacer {
 public:
  LabelPlacer(const Ladder& ladder, LadderLayout& layout) : ladder_(ladder), layout_(layout) {
    for (std::size_t i = 0; i < ladder.rungs.size(); ++i) {
      if (const auto arrow = arrow_of(i)) arrows_.push_back(*arrow);
      add_notes(i);
      if (!ladder.rungs[i].fate.empty())
        add_beyond(i, layout.end_of(ladder, i), ladder.rungs[i].fate);
    }
  }

  void place_all() {
    // No text, as it ends before it begins.
    for (const Stroke& arrow : arrows_) labels_.push_back({arrow.rung, {1, 0}, {0, 0}});
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
      for (std::size_t i = 0; i < arrows_.size(); ++i) place(i);
    }
  }

 private:
  struct Choice {
    int cost = 0;
    std::string text;
    LabelPlace place = LabelPlace::left;
    Stroke stroke;
  };

  std::optional<Stroke> arrow_of(std::size_t index) const {
    const LadderRung& rung = ladder_.rungs[index];
    if (rung.kind != RungKind::sent || rung.is_loop()) return std::nullopt;
    const Place from = layout_.start_of(ladder_, index);
    const Place to = layout_.end_of(ladder_, index);
    return from.x < to.x ? Stroke{index, from, to} : Stroke{index, to, from};
  }

  void add_notes(std::size_t index) {
    const LadderRung& rung = ladder_.rungs[index];
    if (rung.kind == RungKind::gap) return;
    if (rung.kind == RungKind::lost) {
      return add_beyond(index, layout_.way_end(ladder_, index), rung.drop);
    }
    const PlacedRung& placed = layout_.rungs[index];
    const int x = layout_.columns[rung.column];
    if (rung.kind == RungKind::sent && rung.is_loop()) {
      const int left = x + LadderLayout::kLoopWidth;
      const int middle = placed.y + LadderLayout::kLoopLabel - LadderLayout::kHalfText;
      notes_.push_back(
          {index, {left, middle}, {left + 6 + LadderLayout::width_of(placed.label), middle}});
    }
    int y = placed.y;
    for (const LadderNote& note : placed.notes) {
      const int width = LadderLayout::width_of(note.text);
      const int left = placed.notes_on_right ? x + kInset / 2 : x - kInset / 2 - width;
      notes_.push_back({index, {left, y}, {left + width, y}});
      y += LadderLayout::kLineHeight;
    }
  }

  /// What stands at the end of an arrow that does not arrive.
  void add_beyond(std::size_t index, Place at, const std::string& text) {
    const int width = LadderLayout::width_of(text) + 16;
    const bool right = at.x > layout_.columns[ladder_.rungs[index].column];
    const int left = right ? at.x - 8 : at.x + 8 - width;
    notes_.push_back({index, {left, at.y}, {left + width, at.y}});
  }

  void place(std::size_t number) {
    const Stroke& arrow = arrows_[number];
    const LadderRung& rung = ladder_.rungs[arrow.rung];
    const bool right = layout_.start_of(ladder_, arrow.rung).x == arrow.from.x;
    const int length = arrow.to.x - arrow.from.x;
    const LabelPlace at_sender = right ? LabelPlace::left : LabelPlace::right;
    const LabelPlace at_receiver = right ? LabelPlace::right : LabelPlace::left;
    const std::string since =
        layout_.rungs[arrow.rung].starts_late ? sending_time(rung) : std::string{};
    const std::size_t room = LadderLayout::characters_within(length - 2 * kInset);
    std::size_t most = room > since.size() ? room - since.size() : 0;
    std::optional<Choice> best;
    for (;;) {
      const std::string label = rung.label.within_with_mark(most);
      if (label.empty()) break;
      const std::string text = label + since;
      const int cost = cost_of(label, rung.label);
      consider(arrow, text, at_sender, cost, best);
      consider(arrow, text, at_receiver, cost + 2, best);
      consider(arrow, text, LabelPlace::middle, cost + 3, best);
      most = places(label) - 1;
    }
    if (!best) return;
    layout_.rungs[arrow.rung].label = best->text;
    layout_.rungs[arrow.rung].label_place = best->place;
    labels_[number] = best->stroke;
  }

  /// Of what is left out; a label without ports is hardly one.
  static int cost_of(const std::string& shown, const SegmentLabel& label) {
    const std::size_t all = label.within(~std::size_t{0}).size();
    const bool tells_ends = shown.find('>') != std::string::npos;
    return static_cast<int>((all - std::min(all, places(shown))) / 3) + (tells_ends ? 0 : 12);
  }

  static std::string sending_time(const LadderRung& rung) {
    std::string text = " (";
    append_time(text, rung.at);
    return text + ')';
  }

  void consider(const Stroke& arrow, const std::string& text, LabelPlace where, int cost,
                std::optional<Choice>& best) const {
    if (best && best->cost <= cost) return;
    const int width = LadderLayout::width_of(text);
    int left = arrow.from.x + kInset;
    if (where == LabelPlace::right) left = arrow.to.x - kInset - width;
    if (where == LabelPlace::middle) left = (arrow.from.x + arrow.to.x - width) / 2;
    Stroke stroke{arrow.rung, {left, 0}, {left + width, 0}};
    stroke.from.y = arrow.y_at(stroke.from.x) - kAbove;
    stroke.to.y = arrow.y_at(stroke.to.x) - kAbove;
    cost += 16 * meetings(notes_, stroke, kTextRoom) + 16 * meetings(labels_, stroke, kTextRoom) +
            3 * meetings(arrows_, stroke, kLineRoom);
    if (!best || cost < best->cost) best = Choice{cost, text, where, stroke};
  }

  int meetings(const std::vector<Stroke>& others, const Stroke& stroke, int room) const {
    const std::size_t least = stroke.rung > kNear ? stroke.rung - kNear : 0;
    auto other =
        std::lower_bound(others.begin(), others.end(), least,
                         [](const Stroke& each, std::size_t wanted) { return each.rung < wanted; });
    int count = 0;
    for (; other != others.end() && other->rung <= stroke.rung + kNear; ++other) {
      if (other->rung != stroke.rung && meet(stroke, *other, room)) ++count;
    }
    return count;
  }

  const Ladder& ladder_;
  LadderLayout& layout_;
  // Each in the order of rungs.
  std::vector<Stroke> arrows_;
  std::vector<Stroke> notes_;
  std::vector<Stroke> labels_;  ///< One for each arrow.
};

}  // namespace

void place_labels(const Ladder& ladder, LadderLayout& layout) {
  LabelPlacer(ladder, layout).place_all();
}

}  // namespace demuxsim
