// Names that a scenario gives: which are allowed, and tables of them in which `NAME.7` is the
// seventh of many alike.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "demuxsim/scenario/source.hpp"
#include "scenario/value_units.hpp"

namespace demuxsim::loading {

/// Letters, digits, '_' and '-', and not too long. `what` is for the message.
std::optional<TextError> check_name(std::string_view name, std::string_view what);

/// Of two complaints about an unknown name, the help that names a similar one.
std::string likelier_help(const TextError& one, const TextError& other);

/// Names of one kind. Each stands for one thing or, numbered, for `count` things.
class NameTable {
 public:
  struct Entry {
    std::string name;
    std::uint32_t first = 0;  ///< Things before this entry.
    std::uint32_t count = 1;
    bool numbered = false;
    SourceSpan span;
  };
  struct Found {
    std::uint32_t entry = 0;   ///< Index among the names.
    std::uint32_t number = 0;  ///< Which thing, over all entries.
  };

  /// `what` is what messages call one thing: "host".
  explicit NameTable(std::string_view what) : what_(what) {}

  /// False when the name is taken already.
  bool add(std::string name, std::uint32_t count, bool numbered, SourceSpan span);

  const std::vector<Entry>& entries() const { return entries_; }
  std::uint32_t size() const { return size_; }
  /// The entry of a bare name, numbered or not.
  const Entry* find_entry(std::string_view name) const;
  std::uint32_t index_of(const Entry& entry) const {
    return static_cast<std::uint32_t>(&entry - entries_.data());
  }
  /// The entry that this thing belongs to. Precondition: number < size().
  const Entry& entry_of(std::uint32_t number) const;
  /// One thing: `web`, or `client.7` of a numbered name.
  Parsed<Found> find(std::string_view text) const;

 private:
  TextError unknown(std::string_view text) const;

  std::string_view what_;
  std::vector<Entry> entries_;
  std::map<std::string, std::uint32_t, std::less<>> by_name_;
  std::uint32_t size_ = 0;
};

}  // namespace demuxsim::loading
