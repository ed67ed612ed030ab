#include "scenario/source_places.hpp"

#include <algorithm>

#include "scenario/source_text.hpp"

namespace demuxsim::loading {

Places::Places(std::string_view text) : text_(text), line_starts_{0} {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at)) {
    line_starts_.push_back(++at);
  }
}

std::size_t Places::line_start(std::size_t offset) const {
  return *std::prev(std::upper_bound(line_starts_.begin(), line_starts_.end(), offset));
}

std::size_t Places::line_end(std::size_t offset) const {
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const std::size_t end = next == line_starts_.end() ? text_.size() : *next - 1;
  return end > offset && text_[end - 1] == '\r' ? end - 1 : end;
}

std::uint32_t Places::column_of(std::size_t offset, std::size_t start) {
  if (start != last_start_ || offset < last_offset_) {
    last_start_ = last_offset_ = start;
    last_column_ = 1;
  }
  last_column_ += count_characters(text_.substr(last_offset_, offset - last_offset_));
  last_offset_ = offset;
  return last_column_;
}

SourceSpan Places::span(std::size_t offset, std::size_t bytes) {
  offset = std::min(offset, text_.size());
  const auto line = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const std::size_t end = std::min(line_end(offset), offset + bytes);
  return {static_cast<std::uint32_t>(line - line_starts_.begin()),
          column_of(offset, *std::prev(line)),
          std::max(1u, count_characters(text_.substr(offset, end - offset)))};
}

}  // namespace demuxsim::loading
