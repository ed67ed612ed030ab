// CSV's fields.
#pragma once

#include <string>
#include <string_view>

namespace demuxsim {

/// Appends `text` as a field of RFC 4180, in quotes only where it needs them.
void append_csv(std::string& out, std::string_view text);

}  // namespace demuxsim
