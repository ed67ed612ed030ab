#include "picture/ladder_layout.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/wrap.hpp"
#include "picture/ladder_labels.hpp"

namespace demuxsim {
namespace {

constexpr int kTextWidth = 65;  ///< Of ten characters.
constexpr int kTimeWidth = 84;
constexpr int kMargin = 14;
constexpr int kArrowStep = 19;  ///< From one labelled arrow to the next at the same line.
constexpr int kHeadStep = 13;   ///< From one arrow head to the next.
/// A burst of more segments than this starts within little room.
constexpr std::size_t kMostInFull = 4;
constexpr int kBurstHeight = 30;
constexpr Duration kBreak = std::chrono::milliseconds{100};

int spacing_for(std::size_t columns) {
  if (columns <= 2) return 460;
  if (columns == 3) return 380;
  return columns <= 6 ? 300 : 220;
}

/// The more time passes, the further apart, but not in proportion.
int distance_for(Duration passed) {
  int distance = 14;
  for (Duration step = std::chrono::microseconds{10}; passed >= step && distance < 34; step *= 10) {
    distance += 4;
  }
  return distance;
}

/// How far down each side of a column's line is taken.
struct Taken {
  int notes = 0;
  int arrows = 0;
  int loop_labels = 0;  ///< Beside a loop, where the label of another arrow might lie.
};

class LayoutMaker {
 public:
  explicit LayoutMaker(const Ladder& ladder) : ladder_(ladder), taken_(ladder.columns.size()) {
    layout_.spacing = spacing_for(ladder.columns.size());
    layout_.rungs.resize(ladder.rungs.size());
    std::size_t lines = 1;
    for (const auto& each : ladder.addresses) lines = std::max(lines, each.size());
    if (!ladder.title.empty()) layout_.head_top += LadderLayout::kTitleHeight;
    layout_.top = layout_.head_top + 31 + static_cast<int>(lines) * LadderLayout::kLineHeight;
  }

  LadderLayout make() {
    for (std::size_t i = 0; i < ladder_.rungs.size(); ++i) choose_sides(i);
    count_bursts();
    for (std::size_t i = 0; i < ladder_.rungs.size(); ++i) place(i);
    // Which arrows are too steep shows when both ends have a place; without their starts there is
    // more room.
    if (find_steep_arrows()) {
      layout_.spacing += layout_.spacing / 4;  // Their labels are longer.
      for (auto& each : taken_) each = {};
      for (std::size_t i = 0; i < ladder_.rungs.size(); ++i) place(i);
    }
    set_columns();
    place_labels(ladder_, layout_);
    return std::move(layout_);
  }

 private:
  bool arrow_goes_right(const LadderRung& rung) const {
    if (rung.is_loop()) return true;
    if (rung.far != LadderRung::kNowhere) return rung.far > rung.column;
    return rung.column + 1 < ladder_.columns.size() || rung.column == 0;
  }

  void choose_sides(std::size_t index) {
    const LadderRung& rung = ladder_.rungs[index];
    PlacedRung& placed = layout_.rungs[index];
    if (rung.kind == RungKind::gap) return;
    const bool alone = ladder_.columns.size() == 1;
    placed.notes_on_right = rung.is_segment() ? !arrow_goes_right(rung) : alone || rung.column != 0;
    placed.notes = notes_of(rung);
    if (rung.is_loop()) {
      placed.label =
          rung.label.within_with_mark(LadderLayout::characters_within(layout_.spacing - 60));
    }
  }

  static std::vector<LadderNote> notes_of(const LadderRung& rung) {
    std::vector<LadderNote> notes;
    std::string receiver = rung.process;
    if (!rung.rule.empty()) append_format(receiver, ", {}", rung.rule);
    if (!rung.call.empty()) notes.push_back({rung.call, NoteStyle::call});
    if (!receiver.empty()) notes.push_back({receiver, NoteStyle::plain});
    for (const std::string& state : rung.states) notes.push_back({state, NoteStyle::state});
    if (!rung.drop.empty() && rung.kind != RungKind::lost) {
      notes.push_back({"dropped: " + rung.drop, NoteStyle::plain});
    }
    if (rung.needs_host() && !notes.empty()) {
      notes.front().text = fmt::format("{}: {}", rung.host, notes.front().text);
    } else if (rung.needs_host() && rung.kind == RungKind::sent) {
      notes.push_back({rung.host, NoteStyle::plain});
    }
    return notes;
  }

  /// Segments that one host sends another at one instant.
  void count_bursts() {
    bursts_.assign(ladder_.rungs.size(), 1);
    for (std::size_t i = 0; i < ladder_.rungs.size();) {
      std::size_t end = i + 1;
      while (end < ladder_.rungs.size() && continues(i, end)) ++end;
      std::fill(bursts_.begin() + static_cast<std::ptrdiff_t>(i),
                bursts_.begin() + static_cast<std::ptrdiff_t>(end), end - i);
      i = end;
    }
  }

  bool continues(std::size_t first, std::size_t next) const {
    const LadderRung& one = ladder_.rungs[first];
    const LadderRung& other = ladder_.rungs[next];
    return one.kind == RungKind::sent && other.kind == RungKind::sent && one.at == other.at &&
           one.column == other.column && one.far == other.far && !one.is_loop();
  }

  /// How many columns lie between the ends of a way.
  static int columns_apart(const LadderRung& rung) {
    if (rung.far == LadderRung::kNowhere) return 1;
    return static_cast<int>(std::max(rung.far, rung.column) - std::min(rung.far, rung.column));
  }

  bool find_steep_arrows() {
    bool any = false;
    for (std::size_t i = 0; i < ladder_.rungs.size(); ++i) {
      const LadderRung& rung = ladder_.rungs[i];
      if (rung.kind != RungKind::sent || rung.pair == LadderRung::kNoRung || rung.is_loop())
        continue;
      const int down = layout_.rungs[rung.pair].y - layout_.rungs[i].y;
      layout_.rungs[i].starts_late = down * 5 > layout_.spacing * columns_apart(rung) * 2;
      any = any || layout_.rungs[i].starts_late;
    }
    return any;
  }

  void place(std::size_t index) {
    const LadderRung& rung = ladder_.rungs[index];
    PlacedRung& placed = layout_.rungs[index];
    if (is_lost_at_once(rung) && bursts_[rung.pair] <= kMostInFull) {
      placed.y = layout_.rungs[rung.pair].y + 12;
      y_ = std::max(y_, placed.y);
      return;
    }
    placed.y = index == 0 ? layout_.top + 18 : next_y(index);
    y_ = placed.y;
    if (rung.kind == RungKind::gap) {
      y_ += LadderLayout::kBreakHeight / 2;
      for (auto& sides : taken_) sides.fill({y_, y_});
      return;
    }
    const auto lines = static_cast<int>(placed.notes.size());
    if (lines != 0) {
      notes_taken(rung, placed) = placed.y + lines * LadderLayout::kLineHeight + 3;
    }
    if (rung.is_segment() && !placed.starts_late) {
      side(rung, !placed.notes_on_right).arrows = placed.y;
      if (rung.kind == RungKind::sent && rung.is_loop()) {
        side(rung, true).loop_labels = placed.y + LadderLayout::kLoopLabel;
      }
    }
  }

  /// Its cross stands beside its start, and not below what was sent at the same instant.
  bool is_lost_at_once(const LadderRung& rung) const {
    return rung.kind == RungKind::lost && rung.pair != LadderRung::kNoRung &&
           ladder_.rungs[rung.pair].at == rung.at;
  }

  int next_y(std::size_t index) {
    const LadderRung& rung = ladder_.rungs[index];
    PlacedRung& placed = layout_.rungs[index];
    const LadderRung& before = ladder_.rungs[index - 1];
    if (rung.kind == RungKind::gap) return y_ + LadderLayout::kBreakHeight;
    const Duration passed = rung.at - before.at;
    placed.after_break = before.kind != RungKind::gap && passed >= kBreak;
    int y = y_ + (passed.count() == 0 ? 0 : distance_for(passed));
    if (placed.after_break) y = y_ + LadderLayout::kBreakHeight;
    if (!placed.notes.empty()) y = std::max(y, notes_taken(rung, placed));
    const int loop_labels = side(rung, true).loop_labels;
    if (rung.is_segment() && !rung.is_loop() && loop_labels != 0) {
      y = std::max(y, loop_labels + kArrowStep);
    }
    if (!rung.is_segment() || placed.starts_late) return y;
    const int arrows = side(rung, !placed.notes_on_right).arrows;
    return arrows == 0 ? y : std::max(y, arrows + arrow_step(index));
  }

  int arrow_step(std::size_t index) const {
    const bool in_burst = index != 0 && bursts_[index - 1] == bursts_[index];
    if (in_burst && bursts_[index] > kMostInFull) {
      return std::max(1, kBurstHeight / static_cast<int>(bursts_[index]));
    }
    return ladder_.rungs[index].kind == RungKind::received ? kHeadStep : kArrowStep;
  }

  Taken& side(const LadderRung& rung, bool right) { return taken_[rung.column][right ? 1 : 0]; }

  /// What a lost segment has to say stands at its cross, on the side of the arrow.
  int& notes_taken(const LadderRung& rung, const PlacedRung& placed) {
    return side(rung, placed.notes_on_right != (rung.kind == RungKind::lost)).notes;
  }

  void set_columns() {
    int left = kTimeWidth + kMargin;
    int right = kMargin;
    const std::size_t count = ladder_.columns.size();
    for (std::size_t i = 0; i < ladder_.rungs.size(); ++i) {
      const LadderRung& rung = ladder_.rungs[i];
      const PlacedRung& placed = layout_.rungs[i];
      if (rung.kind == RungKind::gap) continue;
      int widest = 0;
      for (const LadderNote& note : placed.notes) {
        widest = std::max(widest, LadderLayout::width_of(note.text));
      }
      widest += LadderLayout::kNoteGap;
      const bool is_first = rung.column == 0;
      if (is_first && !placed.notes_on_right) left = std::max(left, kTimeWidth + widest);
      if (rung.column + 1 != count) continue;
      if (placed.notes_on_right) right = std::max(right, widest + kMargin);
      if (rung.is_loop()) {
        right = std::max(
            right, LadderLayout::kLoopWidth + 12 + LadderLayout::width_of(placed.label) + kMargin);
      }
    }
    for (const LadderRung& rung : ladder_.rungs) {
      if (rung.fate.empty() || rung.column + 1 != count || !arrow_goes_right(rung)) continue;
      right = std::max(right, LadderLayout::kStub + LadderLayout::width_of(rung.fate) + kMargin);
    }
    for (std::size_t i = 0; i < count; ++i) {
      int name = LadderLayout::width_of(ladder_.columns[i]);
      for (const std::string& address : ladder_.addresses[i]) {
        name = std::max(name, LadderLayout::width_of(address));
      }
      if (i == 0) left = std::max(left, name / 2 + kMargin);
      if (i + 1 == count) right = std::max(right, name / 2 + 2 * kMargin);
      layout_.columns.push_back(left + static_cast<int>(i) * layout_.spacing);
    }
    layout_.width = std::max(layout_.columns.back() + right,
                             LadderLayout::width_of(ladder_.title) * 5 / 4 + 2 * kMargin);
    layout_.height = y_ + 40;
    for (const auto& sides : taken_) {
      layout_.height = std::max({layout_.height, sides[0].notes + 24, sides[1].notes + 24});
    }
  }

  const Ladder& ladder_;
  LadderLayout layout_;
  std::vector<std::array<Taken, 2>> taken_;  ///< By column: left and right of its line.
  std::vector<std::size_t> bursts_;          ///< How many are sent together with each rung.
  int y_ = 0;
};

}  // namespace

int LadderLayout::width_of(std::string_view text) {
  return static_cast<int>(places(text)) * kTextWidth / 10;
}

std::size_t LadderLayout::characters_within(int width) {
  return width <= 0 ? 0 : static_cast<std::size_t>(width * 10 / kTextWidth);
}

int LadderLayout::far_x(const LadderRung& rung) const {
  if (rung.far != LadderRung::kNowhere) return columns[rung.far];
  const bool right = rung.column + 1 < columns.size() || rung.column == 0;
  return columns[rung.column] + (right ? spacing : -spacing);
}

Place LadderLayout::start_of(const Ladder& ladder, std::size_t sent) const {
  const LadderRung& rung = ladder.rungs[sent];
  const int x = columns[rung.column];
  if (!rungs[sent].starts_late) return {x, rungs[sent].y};
  const Place end = way_end(ladder, rung.pair);
  return {x, end.y - std::abs(end.x - x) / 5};
}

Place LadderLayout::end_of(const Ladder& ladder, std::size_t sent) const {
  const LadderRung& rung = ladder.rungs[sent];
  if (rung.pair != LadderRung::kNoRung) return way_end(ladder, rung.pair);
  const Place from = start_of(ladder, sent);
  return {far_x(rung) < from.x ? from.x - kStub : from.x + kStub, from.y + 10};
}

/// What is lost does not come far.
Place LadderLayout::way_end(const Ladder& ladder, std::size_t index) const {
  const LadderRung& rung = ladder.rungs[index];
  const int x = columns[rung.column];
  if (rung.kind != RungKind::lost) return {x, rungs[index].y};
  const int reach = rung.is_loop() ? kLoopWidth : spacing * 7 / 10;
  return {far_x(rung) < x ? x - reach : x + reach, rungs[index].y};
}

LadderLayout layout_of(const Ladder& ladder) { return LayoutMaker(ladder).make(); }

}  // namespace demuxsim
