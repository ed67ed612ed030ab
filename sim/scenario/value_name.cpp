#include "scenario/value_name.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::loading {
namespace {

constexpr std::size_t kLongestName = 64;
/// Looking through more names for a similar one would take too long in a hostile file.
constexpr std::size_t kMostCompared = 1000;
constexpr std::size_t kMostListed = 8;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

std::string plural(std::string_view what) {
  return fmt::format("{}{}", what, what.ends_with('s') ? "es" : "s");
}

/// `7` of `client.7`; nothing for another text.
std::optional<std::uint32_t> parse_index(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::uint32_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

}  // namespace

std::optional<TextError> check_name(std::string_view name, std::string_view what) {
  const bool legal = std::all_of(name.begin(), name.end(), is_name_character);
  if (legal && !name.empty() && name.size() <= kLongestName) return std::nullopt;
  const std::string_view article = what.starts_with('a') ? "an" : "a";
  if (legal && !name.empty()) {
    return TextError{
        fmt::format("{} {}'s name has at most {} characters", article, what, kLongestName), {}};
  }
  return TextError{fmt::format("{} is no name for {} {}", quote(name), article, what),
                   "names have letters, digits, '_' and '-'"};
}

std::string likelier_help(const TextError& one, const TextError& other) {
  return one.help.starts_with("did you mean") || other.help.empty() ? one.help : other.help;
}

bool NameTable::add(std::string name, std::uint32_t count, bool numbered, SourceSpan span) {
  const auto [at, added] = by_name_.emplace(name, static_cast<std::uint32_t>(entries_.size()));
  if (!added) return false;
  entries_.push_back({std::move(name), size_, count, numbered, span});
  size_ += count;
  return true;
}

const NameTable::Entry* NameTable::find_entry(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &entries_[found->second];
}

const NameTable::Entry& NameTable::entry_of(std::uint32_t number) const {
  return *std::prev(std::upper_bound(
      entries_.begin(), entries_.end(), number,
      [](std::uint32_t value, const Entry& entry) { return value < entry.first; }));
}

Parsed<NameTable::Found> NameTable::find(std::string_view text) const {
  const std::size_t dot = text.find('.');
  const std::string_view name = text.substr(0, dot);
  const Entry* const entry = find_entry(name);
  if (entry == nullptr) return failure(unknown(name));
  const std::uint32_t index = index_of(*entry);
  if (dot == std::string_view::npos) {
    if (!entry->numbered) return Found{index, entry->first};
    return failure(TextError{
        entry->count == 1 ? fmt::format("{} is a numbered {}", quote(name), what_)
                          : fmt::format("{} is {} {}", quote(name), entry->count, plural(what_)),
        fmt::format("name one of them: '{}.0'{}", name,
                    entry->count > 1 ? fmt::format(" to '{}.{}'", name, entry->count - 1) : "")});
  }
  if (!entry->numbered) {
    return failure(TextError{fmt::format("{} is a single {}", quote(name), what_),
                             fmt::format("write '{}', without a number", name)});
  }
  const auto number = parse_index(text.substr(dot + 1));
  if (!number || *number >= entry->count) {
    return failure(TextError{fmt::format("there is no {} {}", what_, quote(text)),
                             fmt::format("they are '{0}.0' to '{0}.{1}'", name, entry->count - 1)});
  }
  return Found{index, entry->first + *number};
}

TextError NameTable::unknown(std::string_view text) const {
  std::vector<std::string_view> names;
  for (const Entry& entry : entries_) {
    if (names.size() == kMostCompared) break;
    names.push_back(entry.name);
  }
  std::string help = did_you_mean(text, names);
  if (help.empty() && !names.empty() && names.size() <= kMostListed) {
    help = fmt::format("{} are {}", plural(what_), comma_separated(names));
  }
  return {fmt::format("there is no {} {}", what_, quote(text)), std::move(help)};
}

}  // namespace demuxsim::loading
