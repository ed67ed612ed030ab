// A scenario file as text, and places in it.
#pragma once

#include <cstdint>
#include <string>

#include "demuxsim/core/result.hpp"

namespace demuxsim {

struct Diagnostic;

/// A place in the scenario file. Line and column count from 1, 0 is "nowhere"; column and length
/// count characters, as editors do.
struct SourceSpan {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 0;

  /// False for "nowhere".
  constexpr explicit operator bool() const { return line != 0; }
  friend constexpr bool operator==(SourceSpan, SourceSpan) = default;
};

/// Longer files are refused: this is a hundred thousand steps, and more is a generator's mistake.
inline constexpr std::size_t kLargestSource = std::size_t{16} << 20;

struct SourceFile {
  std::string path;  ///< As messages name it.
  std::string text;  ///< Whatever bytes the file has; load() complains about what is not UTF-8.
};

/// Reads a whole file, or standard input for "-" (named `<stdin>` then). Fails with a diagnostic
/// without a place if it cannot be read, is a directory, or is larger than kLargestSource.
Result<SourceFile, Diagnostic> read_source(const std::string& path);

}  // namespace demuxsim
