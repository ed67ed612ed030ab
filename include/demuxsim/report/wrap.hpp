// Lines cut to the width of a terminal. Every character of UTF-8 counts as one place, and the codes
// that colour a text as none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace demuxsim {

/// The characters of a text, each with the codes for colour before it; codes at the end stand
/// alone.
std::vector<std::string_view> characters_of(std::string_view text);

/// How many places it takes on a terminal.
std::size_t places(std::string_view text);

/// As much as has so many places.
std::string first_places(std::string_view text, std::size_t most);

/// The same, with `mark` at the end where something is missing.
std::string shortened(std::string_view text, std::size_t most, std::string_view mark);

/// Lines of whole words. A word that is longer than a line breaks after a hyphen, a slash or a
/// comma; where it has none, anywhere, or it is shortened with `mark`, unless that is empty.
/// Precondition: width > 0.
std::vector<std::string> wrapped(std::string_view text, std::size_t width,
                                 std::string_view mark = {});

/// Appends the lines of `text`, which ends with a line feed, none wider than `width`. A line keeps
/// the blanks it begins with; what goes on in the next one stands below its last column, or is
/// indented by four places more.
void append_wrapped(std::string& out, std::string_view text, std::size_t width);

}  // namespace demuxsim
