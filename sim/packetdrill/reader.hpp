// A place in the text of a script that moves forward: words, numbers and marks, with comments and
// blanks skipped between them. What it cannot read becomes a Diagnostic, after which it reads on
// only when told where.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "demuxsim/core/time.hpp"
#include "demuxsim/scenario/diagnostic.hpp"

namespace demuxsim::packetdrill {

class Reader {
 public:
  /// `text` must outlive this; complaints go to `diagnostics`.
  Reader(std::string_view text, Diagnostics& diagnostics);

  /// Skips blanks and comments; true where nothing but them is left.
  bool at_end();
  /// The next character behind blanks and comments, or 0.
  char peek();
  /// Skips `mark` if it stands next.
  bool take(std::string_view mark);
  /// Skips `mark`, or complains that it is missing.
  bool expect(std::string_view mark);
  /// Letters, digits and `_`, not beginning with a digit; empty where there is none.
  std::string_view take_word();
  /// The longest run of characters of `set`.
  std::string_view take_of(std::string_view set);
  /// All up to `mark`, which is skipped; complains of what began at `begin` if it never comes.
  std::string_view take_through(std::string_view mark, std::size_t begin);
  /// All characters up to the next of `ends`, which stays; to the end of the text if none comes.
  std::string_view take_until(std::string_view ends);
  /// Decimal, or hexadecimal behind 0x, with a sign if `may_be_negative`. Complains where there is
  /// none or it is out of range.
  std::optional<std::int64_t> number(std::int64_t least, std::int64_t most);
  /// Seconds with up to nine decimals: `0`, `.1`, `1.25`. Complains as number() does.
  std::optional<Duration> seconds();

  std::size_t offset() const { return offset_; }
  std::string_view text_from(std::size_t begin) const {
    return text_.substr(begin, offset_ - begin);
  }
  /// From `begin` to here.
  SourceSpan span_from(std::size_t begin);
  /// Complains of what stands between `begin` and here, or of the next character.
  void complain(std::size_t begin, std::string message, std::string help = {});
  bool has_failed() const { return failed_; }
  /// After a complaint about the event that began at `begin`: on to the next line that begins one.
  void recover(std::size_t begin);

 private:
  bool skip_comment();
  bool begins_event(std::size_t offset) const;
  SourceSpan place_of(std::size_t offset);

  std::string_view text_;
  Diagnostics& diagnostics_;
  std::size_t offset_ = 0;
  bool failed_ = false;
  std::size_t line_begin_ = 0;  ///< Of the line that place_of has been asked about last.
  std::uint32_t line_ = 1;
};

}  // namespace demuxsim::packetdrill
