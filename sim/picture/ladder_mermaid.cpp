#include <algorithm>
#include <string_view>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/picture/ladder.hpp"
#include "demuxsim/report/line_text.hpp"

namespace demuxsim {
namespace {

/// Letters, digits, and what has no meaning in Mermaid, in HTML, or in formulas.
bool is_safe(char c) {
  constexpr std::string_view kSafe = " .,:()[]/*_=!?'@>-";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         static_cast<unsigned char>(c) >= 0x80 || kSafe.find(c) != kSafe.npos;
}

/// As a label, a note or a name: what could end it or mean something as an entity, `#59;`.
std::string escaped(std::string_view text) {
  std::string safe;
  append_name(safe, text);
  std::string out;
  for (const char c : safe) {
    if (is_safe(c)) {
      out += c;
    } else {
      append_format(out, "#{};", static_cast<int>(c));
    }
  }
  return out;
}

std::string time_text(SimTime at) {
  std::string text;
  append_time(text, at);
  return text;
}

class MermaidLadder {
 public:
  explicit MermaidLadder(const Ladder& ladder) : ladder_(ladder) {}

  std::string draw() {
    out_ = "sequenceDiagram\n";
    if (!ladder_.title.empty()) append_format(out_, "    title {}\n", escaped(ladder_.title));
    for (std::size_t i = 0; i < ladder_.columns.size(); ++i) {
      append_format(out_, "    participant h{} as {}\n", i, escaped(ladder_.columns[i]));
    }
    if (leads_nowhere()) out_ += "    participant nowhere as (no host)\n";
    for (const LadderRung& rung : ladder_.rungs) draw_rung(rung);
    return std::move(out_);
  }

 private:
  bool leads_nowhere() const {
    return std::any_of(ladder_.rungs.begin(), ladder_.rungs.end(), [](const LadderRung& rung) {
      return rung.is_segment() && rung.far == LadderRung::kNowhere;
    });
  }

  static std::string column(std::uint32_t number) {
    return number == LadderRung::kNowhere ? "nowhere" : fmt::format("h{}", number);
  }

  void draw_rung(const LadderRung& rung) {
    switch (rung.kind) {
      case RungKind::sent:
        if (const std::string text = text_of(rung); !text.empty()) {
          add_note(rung, fmt::format("{}: {}", time_text(rung.at), text));
        }
        if (rung.pair == LadderRung::kNoRung) {
          add_arrow(rung.column, "-)", rung.far, rung,
                    fmt::format("{}, {}", time_text(rung.at), rung.fate));
        }
        return;
      case RungKind::received:
        add_arrow(rung.far, rung.drop.empty() ? "->>" : "-x", rung.column, rung, times_of(rung));
        add_note(rung, text_of(rung));
        return;
      case RungKind::lost:
        add_arrow(rung.column, "-x", rung.far, rung,
                  fmt::format("{}, {}", times_of(rung), rung.drop));
        return;
      case RungKind::local:
        add_note(rung, fmt::format("{}: {}", time_text(rung.at), text_of(rung)));
        return;
      case RungKind::gap:
        append_format(out_, "    Note over h0,h{}: {}\n", ladder_.columns.size() - 1,
                      escaped(rung.note));
    }
  }

  /// When it was sent, if that is in the ladder, and when it came to its end.
  std::string times_of(const LadderRung& rung) const {
    if (rung.pair == LadderRung::kNoRung) return "... - " + time_text(rung.at);
    return fmt::format("{} - {}", time_text(ladder_.rungs[rung.pair].at), time_text(rung.at));
  }

  static std::string text_of(const LadderRung& rung) {
    std::string text;
    const auto add = [&](std::string_view part, std::string_view between) {
      if (!part.empty()) append_format(text, "{}{}", text.empty() ? "" : between, part);
    };
    if (rung.needs_host()) add(rung.host, "");
    add(rung.call, ": ");
    add(rung.process, ": ");
    add(rung.rule, ", ");
    for (const std::string& state : rung.states) add(state, ", ");
    if (!rung.drop.empty()) add("dropped: " + rung.drop, ", ");
    return text;
  }

  void add_note(const LadderRung& rung, const std::string& text) {
    if (text.empty()) return;
    const bool is_left = rung.column == 0 && ladder_.columns.size() > 1;
    append_format(out_, "    Note {} of h{}: {}\n", is_left ? "left" : "right", rung.column,
                  escaped(text));
  }

  void add_arrow(std::uint32_t from, std::string_view arrow, std::uint32_t to,
                 const LadderRung& rung, const std::string& times) {
    append_format(out_, "    {}{}{}: {}\n", column(from), arrow, column(to),
                  escaped(fmt::format("{} ({})", rung.label.within(~std::size_t{0}), times)));
  }

  const Ladder& ladder_;
  std::string out_;
};

}  // namespace

void write_ladder_mermaid(ByteSink& out, const Ladder& ladder) {
  out.append(MermaidLadder(ladder).draw());
}

}  // namespace demuxsim
