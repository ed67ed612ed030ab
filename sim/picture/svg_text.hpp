// Text as it may stand in an SVG or XML document.
#pragma once

#include <string>
#include <string_view>

namespace demuxsim {

/// The text with the characters escaped that mean something in XML; control characters and bytes
/// that are not UTF-8, which XML cannot hold, become `?`.
std::string escaped_xml(std::string_view text);

}  // namespace demuxsim
