// Which part of its arrow a label stands on, and how much of the segment it tells, so that labels
// do not lie on each other and few arrows cross them.
#pragma once

#include "demuxsim/picture/ladder.hpp"
#include "picture/ladder_layout.hpp"

namespace demuxsim {

/// Sets label and label_place of the arrows that carry theirs. Precondition: everything else has
/// its place.
void place_labels(const Ladder& ladder, LadderLayout& layout);

}  // namespace demuxsim
