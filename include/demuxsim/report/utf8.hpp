// What of a text is UTF-8. Names come from files that anybody may have written.
#pragma once

#include <cstddef>
#include <string_view>

namespace demuxsim {

/// How many bytes the UTF-8 sequence has that `text` starts with, 0 if it starts with none
/// (RFC 3629 section 4). Precondition: not empty.
std::size_t utf8_length(std::string_view text);

}  // namespace demuxsim
