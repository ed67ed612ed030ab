#include "packetdrill/reader.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "scenario/diagnostic_text.hpp"
#include "scenario/source_text.hpp"

namespace demuxsim::packetdrill {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// The longest time a script may name, in seconds: a year.
constexpr std::int64_t kMostSeconds = 31'536'000;

}  // namespace

Reader::Reader(std::string_view text, Diagnostics& diagnostics)
    : text_(text), diagnostics_(diagnostics) {}

bool Reader::skip_comment() {
  const std::string_view rest = text_.substr(offset_);
  if (rest.starts_with("//")) {
    offset_ = std::min(text_.find('\n', offset_), text_.size());
    return true;
  }
  if (!rest.starts_with("/*")) return false;
  const std::size_t end = text_.find("*/", offset_ + 2);
  if (end == text_.npos) {
    const std::size_t begin = std::exchange(offset_, text_.size());
    diagnostics_.push_back({place_of(begin), "this comment never ends", {}, {}});
    failed_ = true;
  } else {
    offset_ = end + 2;
  }
  return true;
}

bool Reader::at_end() {
  for (;;) {
    while (offset_ < text_.size() && is_blank(text_[offset_])) ++offset_;
    if (offset_ == text_.size()) return true;
    if (!skip_comment()) return false;
  }
}

char Reader::peek() { return at_end() ? '\0' : text_[offset_]; }

bool Reader::take(std::string_view mark) {
  if (at_end() || !text_.substr(offset_).starts_with(mark)) return false;
  offset_ += mark.size();
  return true;
}

bool Reader::expect(std::string_view mark) {
  if (failed_) return false;
  if (take(mark)) return true;
  complain(offset_, fmt::format("'{}' is missing here", mark));
  return false;
}

std::string_view Reader::take_word() {
  if (at_end() || !is_letter(text_[offset_])) return {};
  const std::size_t begin = offset_;
  while (offset_ < text_.size() && (is_letter(text_[offset_]) || is_digit(text_[offset_]))) {
    ++offset_;
  }
  return text_from(begin);
}

std::string_view Reader::take_of(std::string_view set) {
  at_end();
  const std::size_t begin = offset_;
  offset_ = std::min(text_.find_first_not_of(set, offset_), text_.size());
  return text_from(begin);
}

std::string_view Reader::take_through(std::string_view mark, std::size_t begin) {
  const std::size_t first = offset_;
  const std::size_t end = text_.find(mark, first);
  if (end == text_.npos) {
    complain(begin, fmt::format("'{}' never comes to end this", mark));
    return {};
  }
  offset_ = end + mark.size();
  return text_.substr(first, end - first);
}

std::string_view Reader::take_until(std::string_view ends) {
  const std::size_t begin = offset_;
  offset_ = std::min(text_.find_first_of(ends, offset_), text_.size());
  return text_from(begin);
}

std::optional<std::int64_t> Reader::number(std::int64_t least, std::int64_t most) {
  if (failed_) return std::nullopt;
  at_end();
  const std::size_t begin = offset_;
  const bool negative = least < 0 && take("-");
  const bool hexadecimal = text_.substr(offset_).starts_with("0x");
  if (hexadecimal) offset_ += 2;
  const char* const first = text_.data() + offset_;
  std::int64_t value = 0;
  const auto [end, error] =
      std::from_chars(first, text_.data() + text_.size(), value, hexadecimal ? 16 : 10);
  offset_ += static_cast<std::size_t>(end - first);
  if (error == std::errc::invalid_argument || (end != first && *first == '-')) {
    complain(begin, "a number is missing here");
    return std::nullopt;
  }
  if (negative) value = -value;
  if (error != std::errc{} || value < least || value > most) {
    complain(begin, fmt::format("{} is out of range {}..{}", text_from(begin), least, most));
    return std::nullopt;
  }
  return value;
}

std::optional<Duration> Reader::seconds() {
  if (failed_) return std::nullopt;
  at_end();
  const std::size_t begin = offset_;
  std::int64_t nanoseconds = 0;
  if (offset_ < text_.size() && is_digit(text_[offset_])) {
    const auto whole = number(0, kMostSeconds);
    if (!whole) return std::nullopt;
    nanoseconds = *whole * 1'000'000'000;
  }
  const bool has_point =
      text_.substr(offset_).starts_with('.') && !text_.substr(offset_).starts_with("..");
  if (has_point) {
    ++offset_;
    for (std::int64_t unit = 100'000'000; offset_ < text_.size() && is_digit(text_[offset_]);
         unit /= 10) {
      nanoseconds += unit * (text_[offset_++] - '0');
    }
  }
  if (offset_ == begin || text_from(begin) == ".") {
    complain(begin, "a time in seconds is missing here", "as 0.1 or +.1");
    return std::nullopt;
  }
  return Duration{nanoseconds};
}

/// Places are asked for in rising order but for a few, so lines are counted from the last one.
SourceSpan Reader::place_of(std::size_t offset) {
  if (offset < line_begin_) {
    line_begin_ = 0;
    line_ = 1;
  }
  for (std::size_t end = text_.find('\n', line_begin_); end < offset;
       end = text_.find('\n', line_begin_)) {
    line_begin_ = end + 1;
    ++line_;
  }
  const std::string_view before = text_.substr(line_begin_, offset - line_begin_);
  return {line_, loading::count_characters(before) + 1, 1};
}

SourceSpan Reader::span_from(std::size_t begin) {
  SourceSpan span = place_of(begin);
  const std::string_view covered = text_from(std::min(begin, offset_));
  span.length = std::max(loading::count_characters(covered.substr(0, covered.find('\n'))), 1u);
  return span;
}

void Reader::complain(std::size_t begin, std::string message, std::string help) {
  if (failed_) return;
  failed_ = true;
  diagnostics_.push_back({span_from(begin), std::move(message), std::move(help), {}});
}

/// Events begin with a time, options with `--`, shell lines without a time with a backtick.
bool Reader::begins_event(std::size_t offset) const {
  while (offset < text_.size() && (text_[offset] == ' ' || text_[offset] == '\t')) ++offset;
  const std::string_view rest = text_.substr(offset);
  return !rest.empty() && (is_digit(rest[0]) || rest[0] == '+' || rest[0] == '*' ||
                           rest[0] == '`' || rest.starts_with("--"));
}

void Reader::recover(std::size_t begin) {
  failed_ = false;
  const std::size_t before = text_.substr(0, offset_).rfind('\n');
  const std::size_t line = before == text_.npos ? 0 : before + 1;
  if (line > begin && begins_event(line)) {
    offset_ = line;  // What was missing would have stood on a line before.
    return;
  }
  do {
    const std::size_t end = text_.find('\n', offset_);
    offset_ = end == text_.npos ? text_.size() : end + 1;
  } while (offset_ < text_.size() && !begins_event(offset_));
}

}  // namespace demuxsim::packetdrill
