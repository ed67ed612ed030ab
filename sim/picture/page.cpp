#include "demuxsim/picture/page.hpp"

namespace demuxsim {

void write_page(ByteSink&, std::span<const SeenRun>) {}

}  // namespace demuxsim
