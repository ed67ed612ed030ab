// What can be told from the text of a file without a parser: things that would lead the parser
// astray, and the likely reason why it stopped.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "demuxsim/scenario/diagnostic.hpp"
#include "scenario/source_places.hpp"

namespace demuxsim::loading {

/// Tabs that indent, and brackets nested deeper than `deepest`. Brackets inside of texts and
/// comments count, too: the answer must not depend on the parser's view of them.
std::optional<Diagnostic> find_trap(Places& places, std::size_t deepest);

/// The offset behind the closing quote of the text that opens at `open`, or npos without one.
std::size_t end_of_quoted(std::string_view text, std::size_t open);

/// The innermost bracket that is opened at or behind `from` and not closed up to the end.
std::optional<std::size_t> find_open_bracket(std::string_view text, std::size_t from);

/// Where the parser was and what it said.
struct ParserError {
  std::size_t offset = 0;
  std::string message;
  std::size_t read_until = 0;                 ///< Everything before had been understood.
  std::optional<std::size_t> innermost_open;  ///< Offset of the bracket that is still open.
};

/// The same in the words of somebody who writes a scenario.
Diagnostic explain(const ParserError& error, Places& places);

/// What an alias or anchor at this offset was perhaps meant to be.
std::string help_for_indicator(std::string_view text, std::size_t offset);

}  // namespace demuxsim::loading
