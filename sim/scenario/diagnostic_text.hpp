// Pieces of messages: a word of the file in quotes, a word that was perhaps meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace demuxsim::loading {

/// The text as it can be shown: control and invisible characters escaped.
std::string printable(std::string_view text);

/// `'text'`, printable, and cut where it is long.
std::string quote(std::string_view text);

/// The candidate most like `word`, or an empty text when none is much like it. Of equals the first.
std::string_view closest(std::string_view word, std::span<const std::string_view> candidates);

/// "did you mean 'address'?", or an empty text.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

/// "a, b or c".
std::string alternatives(std::span<const std::string_view> words);

}  // namespace demuxsim::loading
