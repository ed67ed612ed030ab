// A complaint about a scenario as data, and the one place that turns it into text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "demuxsim/scenario/source.hpp"

namespace demuxsim {

/// Says what is wrong at one place, perhaps with a second place and a way out.
struct Diagnostic {
  struct Note {
    SourceSpan span;
    std::string message;  ///< "first used here"
  };

  SourceSpan span;      ///< Nowhere: the complaint is about the whole file or an option.
  std::string message;  ///< One line without a full stop: "port 80800 is out of range 0..65535"
  std::string help;     ///< "did you mean 'address'?", or empty.
  std::vector<Note> notes;
};

/// In order of place, those without one first.
using Diagnostics = std::vector<Diagnostic>;

/// So many are shown in full.
inline constexpr std::size_t kMostShown = 20;

enum class Color : bool { off, on };

/// The message with path, line and column, the line itself with carets below, notes and help. Ends
/// with a line feed. Text of the file cannot smuggle in control characters.
std::string render(const SourceFile& source, const Diagnostic& diagnostic, Color color);

/// The first kMostShown, then how many more there are.
std::string render(const SourceFile& source, const Diagnostics& diagnostics, Color color);

}  // namespace demuxsim
