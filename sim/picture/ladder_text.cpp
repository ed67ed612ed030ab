#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/picture/ladder.hpp"
#include "demuxsim/report/line_text.hpp"
#include "demuxsim/report/wrap.hpp"

namespace demuxsim {
namespace {

/// Lines closer than this leave no room for a label between them.
constexpr std::size_t kLeastSpacing = 14;
constexpr std::size_t kMostSpacing = 64;
/// More than this without a rung is told by a broken line.
constexpr Duration kBreak = std::chrono::milliseconds{100};

struct Glyphs {
  std::string_view line, broken_line, dash, weak_dash, cross, start_right, start_left, head_right,
      head_left, open_right, open_left, lost, corner_right, corner_left, back_right, back_left,
      leads_to, ellipsis;
};

constexpr Glyphs kBoxes{"│", "┊", "─", "╌", "┼", "├", "┤", "▶", "◀",
                        "▷", "◁", "✗", "┐", "┌", "┘", "└", "→", "…"};
constexpr Glyphs kAscii{"|", ":", "-", "-", "+", "|", "|", ">",  "<",
                        ">", "<", "x", "+", "+", "+", "+", "->", "..."};

/// One line of the drawing.
class Row {
 public:
  explicit Row(std::size_t width) : cells_(width, " ") {}

  void put(std::size_t place, std::string_view text) {
    for (const std::string_view each : characters_of(text)) {
      if (place < cells_.size()) cells_[place] = each;
      ++place;
    }
  }
  std::string_view at(std::size_t place) const { return cells_[place]; }
  std::string text() const {
    std::string text;
    for (const std::string& each : cells_) text += each;
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  }

 private:
  std::vector<std::string> cells_;
};

/// What of a segment fits in so many places; with its number where both ends stand apart.
std::string label_within(const SegmentLabel& label, bool with_id, std::size_t room) {
  if (!with_id) return label.within(room);
  const std::string id = fmt::format("#{} ", label.id);
  const std::string text = label.within(room > id.size() ? room - id.size() : 0);
  return text.empty() ? text : id + text;
}

/// How an arrow looks.
struct Stroke {
  std::string_view dash;
  std::string_view head;  ///< Empty: it goes nowhere.
};

class TextLadder {
 public:
  TextLadder(const Ladder& ladder, const LadderTextOptions& options)
      : ladder_(ladder),
        options_(options),
        glyphs_(options.ascii ? kAscii : kBoxes),
        first_(std::min(options.first, ladder.rungs.size())),
        end_(first_ + std::min(options.count, ladder.rungs.size() - first_)) {
    for (const LadderRung& rung : ladder.rungs) {
      time_width_ = std::max(time_width_, time_of(rung).size());
    }
    left_ = time_width_ + (options.width < 60 ? 2 : 3);
    const std::size_t columns = ladder.columns.size();
    const std::size_t room = options.width > left_ ? options.width - left_ - 1 : 0;
    spacing_ = columns < 2 ? room : std::min(room / (columns - 1), kMostSpacing);
  }

  std::string draw() {
    if (options_.titled && !ladder_.title.empty()) draw_title();
    if (spacing_ < kLeastSpacing) return list();
    draw_header();
    for (std::size_t i = first_; i < end_; ++i) {
      draw_break(ladder_.rungs[i]);
      i += draw_rung(i);
    }
    return std::move(text_);
  }

 private:
  static std::string time_of(const LadderRung& rung) {
    std::string text;
    append_time(text, rung.at);
    return text;
  }

  std::size_t place(std::size_t column) const { return left_ + column * spacing_; }
  bool is_last(std::size_t column) const {
    return column > 0 && column + 1 == ladder_.columns.size();
  }
  std::size_t width() const {
    return std::min(options_.width, ladder_.columns.size() < 2
                                        ? options_.width
                                        : place(ladder_.columns.size() - 1) + 1);
  }

  Row lifelines(std::string_view line) const {
    Row row(width());
    for (std::size_t i = 0; i < ladder_.columns.size(); ++i) row.put(place(i), line);
    return row;
  }
  Row lifelines() const { return lifelines(glyphs_.line); }

  void add(const Row& row) {
    text_ += row.text();
    text_ += '\n';
  }

  /// Puts the time in front, unless it stands there already, and the mark.
  void stamp(Row& row, std::size_t index) {
    const std::string time = time_of(ladder_.rungs[index]);
    if (time != stamped_) row.put(1 + time_width_ - time.size(), time);
    stamped_ = time;
    if (index == options_.marked) row.put(0, ">");
  }

  void draw_title() {
    for (const std::string& line :
         wrapped(ladder_.title, std::max<std::size_t>(options_.width, 1))) {
      append_format(text_, "{}\n", line);
    }
    text_ += '\n';
  }

  void draw_header() {
    std::size_t lines = 0;
    for (const auto& addresses : ladder_.addresses) lines = std::max(lines, addresses.size());
    if (spacing_ <= 18) lines = 0;
    for (std::size_t line = 0; line <= lines; ++line) {
      std::vector<Head> heads;
      for (std::size_t i = 0; i < ladder_.columns.size(); ++i) {
        if (line > ladder_.addresses[i].size()) continue;
        const std::string_view name =
            line == 0 ? ladder_.columns[i] : ladder_.addresses[i][line - 1];
        heads.push_back({i, name, std::min(places(name), options_.width)});
      }
      draw_heads(std::move(heads));
    }
  }

  /// What stands above a line.
  struct Head {
    std::size_t column;
    std::string_view name;
    std::size_t size;  ///< As far as it is shown.
  };

  /// In the middle above its line, as far as the edges let it.
  std::size_t start_of(const Head& head) const {
    const std::size_t middle = place(head.column);
    const std::size_t start = middle > head.size / 2 ? middle - head.size / 2 : 0;
    return std::min(start, options_.width > head.size ? options_.width - head.size : 0);
  }

  /// Of `client x30` the name is shortened, not how many there are.
  std::string shown(const Head& head) const {
    const std::size_t blank = std::min(head.name.rfind(" x"), head.name.size());
    const std::string_view count = head.name.substr(blank);
    if (head.size < places(count) + 6) return shortened(head.name, head.size, glyphs_.ellipsis);
    return shortened(head.name.substr(0, blank), head.size - places(count), glyphs_.ellipsis)
        .append(count);
  }

  /// With a blank between them: of two that meet the longer one is shortened.
  void draw_heads(std::vector<Head> heads) {
    for (std::size_t i = 1; i < heads.size(); ++i) {
      Head& left = heads[i - 1];
      Head& right = heads[i];
      while (left.size + right.size != 0 && start_of(left) + left.size >= start_of(right)) {
        --(left.size > right.size ? left : right).size;
      }
    }
    Row row(options_.width);
    for (const Head& head : heads) {
      row.put(start_of(head), shown(head));
    }
    add(row);
  }

  /// Where much time passes between two rungs, the lines are broken.
  void draw_break(const LadderRung& rung) {
    if (has_last_ && rung.at - last_ >= kBreak) add(lifelines(glyphs_.broken_line));
    last_ = rung.at;
    has_last_ = true;
  }

  /// The number of rungs after this one that are drawn with it.
  std::size_t draw_rung(std::size_t index) {
    const LadderRung& rung = ladder_.rungs[index];
    switch (rung.kind) {
      case RungKind::sent:
        return draw_sent(index);
      case RungKind::received:
        draw_way(index, true);
        draw_receiver(index);
        return 0;
      case RungKind::lost:
        draw_loss(index);
        return 0;
      case RungKind::local:
        draw_notes(index, local_text(rung));
        return 0;
      case RungKind::gap:
        draw_gap(index);
        return 0;
    }
    return 0;
  }

  static std::string with_host(const LadderRung& rung, std::string text) {
    return rung.needs_host() && !text.empty() ? fmt::format("{}: {}", rung.host, text) : text;
  }

  static std::string local_text(const LadderRung& rung) {
    std::string text = rung.call;
    for (const std::string& state : rung.states) {
      append_format(text, "{}{}", text.empty() ? "" : "; ", state);
    }
    if (!rung.drop.empty())
      append_format(text, "{}dropped: {}", text.empty() ? "" : "; ", rung.drop);
    return with_host(rung, std::move(text));
  }

  std::string receiver_text(const LadderRung& rung) const {
    std::string text = rung.process;
    if (!rung.rule.empty()) append_format(text, ", {}", rung.rule);
    for (std::size_t i = 0; i < rung.states.size(); ++i) {
      append_format(text, " {} {}", i == 0 ? glyphs_.leads_to : ",", rung.states[i]);
    }
    if (!rung.drop.empty()) append_format(text, "; dropped: {}", rung.drop);
    return with_host(rung, std::move(text));
  }

  std::size_t draw_sent(std::size_t index) {
    const LadderRung& rung = ladder_.rungs[index];
    if (const std::string before = local_text(rung); !before.empty()) draw_notes(index, before);
    const bool arrives_next = rung.pair == index + 1 && rung.pair < end_;
    if (!arrives_next) {
      draw_way(index, false);
      return 0;
    }
    if (ladder_.rungs[rung.pair].kind == RungKind::lost) {
      draw_loss(rung.pair);
      return 1;
    }
    draw_whole_way(index);
    draw_receiver(rung.pair);
    return 1;
  }

  void draw_receiver(std::size_t index) { draw_notes(index, receiver_text(ladder_.rungs[index])); }

  /// Beside its line, in the space towards the middle of the picture.
  void draw_notes(std::size_t index, const std::string& text) {
    const std::size_t column = ladder_.rungs[index].column;
    const std::size_t room = spacing_ - 3;
    bool first = true;
    for (const std::string& line : wrapped(text, room, glyphs_.ellipsis)) {
      Row row = lifelines();
      row.put(is_last(column) ? place(column) - 1 - places(line) : place(column) + 2, line);
      if (first) stamp(row, index);
      first = false;
      add(row);
    }
  }

  /// From one line to another, with the label at the start, or at the end.
  void draw_arrow(Row& row, std::size_t from, std::size_t to, const Stroke& stroke,
                  const std::string& label, bool at_end) const {
    const bool right = to > from;
    const std::size_t low = std::min(from, to) + 1;
    const std::size_t high = std::max(from, to);
    for (std::size_t i = low; i < high; ++i) {
      row.put(i, row.at(i) == glyphs_.line ? glyphs_.cross : stroke.dash);
    }
    row.put(from, right ? glyphs_.start_right : glyphs_.start_left);
    if (!stroke.head.empty()) row.put(right ? high - 1 : low, stroke.head);
    if (label.empty()) return;
    const std::string spaced = fmt::format(" {} ", label);
    row.put(right != at_end ? low + 2 : high - 2 - places(spaced), spaced);
    if (at_end) row.put(from, glyphs_.line);
  }

  std::string_view head(bool right, bool open) const {
    if (open) return right ? glyphs_.open_right : glyphs_.open_left;
    return right ? glyphs_.head_right : glyphs_.head_left;
  }

  void draw_whole_way(std::size_t index) {
    const LadderRung& rung = ladder_.rungs[index];
    if (rung.is_loop()) return draw_loop(index, true, true);
    Row row = lifelines();
    const std::size_t from = place(rung.column);
    const std::size_t to = place(rung.far);
    const std::size_t room = std::max(from, to) - std::min(from, to) - 8;
    const bool is_dropped = !ladder_.rungs[rung.pair].drop.empty();
    draw_arrow(row, from, to, {glyphs_.dash, is_dropped ? glyphs_.lost : head(to > from, false)},
               label_within(rung.label, false, room), false);
    stamp(row, index);
    add(row);
  }

  /// One end of a way whose other end stands elsewhere.
  void draw_way(std::size_t index, bool arrives) {
    const LadderRung& rung = ladder_.rungs[index];
    if (rung.is_loop()) return draw_loop(index, !arrives, arrives);
    Row row = lifelines();
    const std::size_t here = place(rung.column);
    const std::size_t there = far_place(rung);
    const std::size_t room = std::max(here, there) - std::min(here, there) - 8;
    const std::string fate = rung.fate.empty() ? std::string{} : fmt::format(" ({})", rung.fate);
    const std::size_t taken = fate.size() < room ? fate.size() : 0;
    std::string label = label_within(rung.label, true, arrives ? room / 2 : room - taken);
    if (taken != 0 && !label.empty()) label += fate;
    const std::size_t from = arrives ? there : here;
    const std::size_t to = arrives ? here : there;
    const bool is_dropped = arrives && !rung.drop.empty();
    draw_arrow(row, from, to,
               {glyphs_.weak_dash, is_dropped ? glyphs_.lost : head(to > from, !arrives)}, label,
               arrives);
    stamp(row, index);
    add(row);
  }

  /// Where no host has the address, the way leads to the neighbour, but does not reach it.
  std::size_t far_place(const LadderRung& rung) const {
    if (rung.far != LadderRung::kNowhere && !rung.is_loop()) return place(rung.far);
    return is_last(rung.column) ? place(rung.column) - spacing_ : place(rung.column) + spacing_;
  }

  void draw_loss(std::size_t index) {
    const LadderRung& rung = ladder_.rungs[index];
    const bool is_whole =
        rung.pair != LadderRung::kNoRung && rung.pair + 1 == index && rung.pair >= first_;
    const std::size_t from = place(rung.column);
    const std::size_t to = far_place(rung);
    const bool right = to > from;
    const std::size_t span = right ? to - from : from - to;
    std::string reason = rung.drop;
    if (is_whole && ladder_.rungs[rung.pair].at != rung.at) {
      append_format(reason, " at {}", time_of(rung));
    }
    const auto label_beside = [&](std::size_t taken) {
      return label_within(rung.label, !is_whole, span > taken ? span - taken : 0);
    };
    std::string label = label_beside(reason.size() + 12);
    // Rather two rows than a label that does not tell the ends.
    const bool is_beside =
        label.find('>') != std::string::npos || label_beside(8).find('>') == std::string::npos;
    if (!is_beside) label = label_beside(8);
    Row row = lifelines();
    const std::string_view dash = is_whole ? glyphs_.dash : glyphs_.weak_dash;
    const std::size_t length = label.size() + (label.empty() ? 4 : 6);
    const std::size_t cross = right ? from + length + 1 : from - length - 1;
    draw_arrow(row, from, cross, {dash, {}}, label, false);
    row.put(cross, glyphs_.lost);
    if (is_beside) row.put(right ? cross + 2 : cross - 1 - reason.size(), reason);
    if (is_whole) stamp(row, rung.pair);
    if (!is_whole || index == options_.marked) stamp(row, index);
    add(row);
    if (!is_beside) draw_notes(index, rung.drop);
  }

  /// A way that ends where it begins: its start, its end, or both.
  void draw_loop(std::size_t index, bool starts, bool ends) {
    const LadderRung& rung = ladder_.rungs[index];
    const std::size_t from = place(rung.column);
    const bool right = !is_last(rung.column);
    const std::string label = label_within(rung.label, starts != ends, spacing_ - 10);
    const std::size_t length = label.size() + 7;
    const std::size_t to = right ? from + length : from - length;
    const std::string_view dash = starts && ends ? glyphs_.dash : glyphs_.weak_dash;
    if (starts) {
      Row row = lifelines();
      draw_arrow(row, from, to, {dash, {}}, label, false);
      row.put(to, right ? glyphs_.corner_right : glyphs_.corner_left);
      stamp(row, index);
      add(row);
    }
    if (!ends) return;
    Row row = lifelines();
    draw_arrow(row, to, from, {dash, head(!right, false)}, starts ? std::string{} : label, false);
    row.put(to, right ? glyphs_.back_right : glyphs_.back_left);
    row.put(from, glyphs_.line);
    if (!starts) stamp(row, index);
    add(row);
  }

  void draw_gap(std::size_t index) {
    add(lifelines(glyphs_.broken_line));
    for (const std::string& line : wrapped(ladder_.rungs[index].note, width() - left_)) {
      Row row(width());
      row.put(left_ + (width() - left_ - places(line)) / 2, line);
      if (index == options_.marked) row.put(0, ">");
      add(row);
    }
    add(lifelines(glyphs_.broken_line));
    has_last_ = false;
    stamped_.clear();
  }

  // Without room for lines: a list.

  std::string list() {
    for (std::size_t i = first_; i < end_; ++i) {
      const LadderRung& rung = ladder_.rungs[i];
      std::string line = rung.kind == RungKind::gap
                             ? rung.note
                             : fmt::format("{} {}", time_of(rung), list_text(rung));
      const std::size_t room = std::max<std::size_t>(options_.width, 16) - 4;
      std::string_view indent = i == options_.marked ? "> " : "  ";
      for (const std::string& each : wrapped(line, room)) {
        append_format(text_, "{}{}\n", indent, each);
        indent = "    ";
      }
    }
    return std::move(text_);
  }

  std::string list_text(const LadderRung& rung) const {
    const std::string& here = ladder_.columns[rung.column];
    const std::string_view there =
        rung.far == LadderRung::kNowhere ? std::string_view("nowhere") : ladder_.columns[rung.far];
    const std::string segment = fmt::format("#{} {}", rung.label.id, rung.label.within(~0u));
    switch (rung.kind) {
      case RungKind::sent: {
        const std::string before = local_text(rung);
        return fmt::format("{} {} {}: {}{}{}{}{}", here, glyphs_.leads_to, there, before,
                           before.empty() ? "" : "; ", segment, rung.fate.empty() ? "" : "; ",
                           rung.fate);
      }
      case RungKind::received:
        return fmt::format("{} gets #{} {}: {}", here, rung.label.id, rung.label.flags,
                           receiver_text(rung));
      case RungKind::lost:
        return fmt::format("{} {} {} #{}: {}", here, glyphs_.lost, there, rung.label.id, rung.drop);
      default:
        return fmt::format("{}: {}", here, local_text(rung));
    }
  }

  const Ladder& ladder_;
  const LadderTextOptions& options_;
  const Glyphs& glyphs_;
  std::size_t first_;
  std::size_t end_;
  std::size_t time_width_ = 0;
  std::size_t left_ = 0;     ///< Where the first line is.
  std::size_t spacing_ = 0;  ///< From one line to the next.
  std::string text_;
  std::string stamped_;  ///< The time that was written last.
  SimTime last_;         ///< Of the rung before.
  bool has_last_ = false;
};

}  // namespace

void write_ladder_text(ByteSink& out, const Ladder& ladder, const LadderTextOptions& options) {
  out.append(TextLadder(ladder, options).draw());
}

}  // namespace demuxsim
