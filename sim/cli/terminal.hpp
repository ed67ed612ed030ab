// What goes to people rather than to programs: complaints, and whether colours please.
#pragma once

#include <cstddef>
#include <string_view>

#include "cli/options.hpp"
#include "demuxsim/scenario/diagnostic.hpp"

namespace demuxsim::cli {

inline constexpr int kStandardOutput = 1;
inline constexpr int kStandardError = 2;

bool is_terminal(int descriptor);

/// What --color says; where that is `auto`, whether the descriptor is a terminal that takes colours
/// and whose user has not set NO_COLOR (https://no-color.org).
bool wants_color(ColorWhen when, int descriptor);

/// wants_color() of standard error, as render() takes it.
Color color_of_complaints(ColorWhen when);

/// How many characters a line has: of the terminal, or else by COLUMNS, or else 80.
std::size_t width_of_terminal(int descriptor);

/// Whether the locale (LC_ALL, LC_CTYPE, LANG) has characters beyond ASCII, as UTF-8.
bool speaks_utf8();

/// Writes to standard error as it is; whether that works does not matter.
void write_error(std::string_view text);

/// `demuxsim: MESSAGE` on standard error.
void complain(std::string_view message);

/// The same for what was typed, with the way out.
void complain_of_usage(const UsageError& error);

}  // namespace demuxsim::cli
