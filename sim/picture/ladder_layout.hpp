// Where everything of a ladder stands on a page: whole units, of which there are 96 an inch. Later
// is never higher up, and no two texts lie on each other beside a line.
#pragma once

#include <string>
#include <vector>

#include "demuxsim/picture/ladder.hpp"

namespace demuxsim {

enum class NoteStyle : std::uint8_t { plain, call, state };

/// A line of text beside a column's line.
struct LadderNote {
  std::string text;
  NoteStyle style = NoteStyle::plain;
};

struct Place {
  int x = 0;
  int y = 0;
};

/// The end of an arrow that its label stands at.
enum class LabelPlace : std::uint8_t { left, middle, right };

struct PlacedRung {
  int y = 0;
  bool notes_on_right = false;  ///< Of the column's line; arrows are on the other side.
  /// Of a segment sent: so much else comes before it arrives that its arrow would be too steep; it
  /// starts further down, and the label tells when that was really.
  bool starts_late = false;
  bool after_break = false;  ///< Much time has passed since the rung before.
  std::string label;         ///< What stands on the arrow.
  LabelPlace label_place = LabelPlace::left;
  std::vector<LadderNote> notes;  ///< From y downwards.
};

struct LadderLayout {
  static constexpr int kLineHeight = 13;
  static constexpr int kTitleHeight = 24;
  static constexpr int kBreakHeight = 44;
  static constexpr int kStub = 70;  ///< Of an arrow only one end of which is known.
  static constexpr int kLoopWidth = 34;
  static constexpr int kLoopLabel = 11;  ///< From the start of a loop down to its label.
  static constexpr int kHalfText = 4;    ///< From the middle of a text down to its foot.
  static constexpr int kNoteGap = 8;     ///< Between a line and its notes.

  int width = 0;
  int height = 0;
  int head_top = 8;  ///< Of the names, below the title if there is one.
  int top = 0;       ///< Where lines begin, below the names.
  int spacing = 0;
  std::vector<int> columns;  ///< x of each line.
  std::vector<PlacedRung> rungs;

  /// About how wide a text is, and how many characters have room.
  static int width_of(std::string_view text);
  static std::size_t characters_within(int width);
  /// Where the other end of a segment's way is.
  int far_x(const LadderRung& rung) const;
  /// The ends of the arrow of a segment that is sent. One whose end is not known is short.
  Place start_of(const Ladder& ladder, std::size_t sent) const;
  Place end_of(const Ladder& ladder, std::size_t sent) const;
  /// Where the way of a segment ends that is received or lost.
  Place way_end(const Ladder& ladder, std::size_t index) const;
};

LadderLayout layout_of(const Ladder& ladder);

}  // namespace demuxsim
