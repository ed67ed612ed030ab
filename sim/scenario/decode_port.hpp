// Ports by number and by service name.
#pragma once

#include <string_view>

#include "demuxsim/net/port.hpp"
#include "scenario/value_units.hpp"

namespace demuxsim::loading {

/// `80` or `http`; 0 is a number, too.
Parsed<Port> parse_port(std::string_view text);

}  // namespace demuxsim::loading
