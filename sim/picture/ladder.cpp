#include "demuxsim/picture/ladder.hpp"

namespace demuxsim {

void write_ladder(ByteSink&, const SeenRun&, LadderFormat) {}

}  // namespace demuxsim
