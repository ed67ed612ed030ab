// From byte offsets in a text to lines and columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "demuxsim/scenario/source.hpp"

namespace demuxsim::loading {

/// Offsets asked for in rising order cost one walk over the text altogether.
class Places {
 public:
  explicit Places(std::string_view text);

  std::string_view text() const { return text_; }
  /// The place of `bytes` bytes at `offset`, ending at the latest with the line. An offset behind
  /// the text is the place behind its last character.
  SourceSpan span(std::size_t offset, std::size_t bytes = 1);
  /// Where the line with this offset begins.
  std::size_t line_start(std::size_t offset) const;
  /// Where it ends, before its line feed.
  std::size_t line_end(std::size_t offset) const;

 private:
  std::uint32_t column_of(std::size_t offset, std::size_t start);

  std::string_view text_;
  std::vector<std::size_t> line_starts_;
  std::size_t last_start_ = 0;  // The line, ...
  std::size_t last_offset_ = 0;
  std::uint32_t last_column_ = 1;  // ... offset and column last asked for.
};

}  // namespace demuxsim::loading
