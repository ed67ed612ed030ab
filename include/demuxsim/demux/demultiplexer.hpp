// What every way of finding the connection of a segment has in common: a map from a 4-tuple to the
// number of a connection, which tells what each look-up cost.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace demuxsim {

/// What a look-up found, and the classic measure of what it took.
struct DemuxResult {
  static constexpr std::uint32_t kNone = 0xffffffff;
  std::uint32_t value = kNone;
  std::uint32_t examined =
      0;  ///< Keys of the table that were compared in full with the one sought.

  constexpr explicit operator bool() const { return value != kNone; }
};

/// D is built from a 64-bit seed, which only those that hash use, and allocates nothing before the
/// first insertion.
///   find       the value of a key; it may reorder the table, but not change what is in it
///   insert     false, and nothing changed, if the key is there; the value must not be kNone
///   erase      false if the key is not there
///   note_sent  tells that this host sends a segment of that connection, for those that learn
///              from it
///   for_each   calls f(key, value) for each entry, in an order that is the same on every machine
///              but means nothing
template <class D, class Key>
concept Demultiplexer = std::constructible_from<D, std::uint64_t> && std::movable<D> &&
    requires(D table, const D& unchanged, const Key& key, std::uint32_t value,
             void (*visit)(const Key&, std::uint32_t)) {
  { table.find(key) } -> std::same_as<DemuxResult>;
  { table.insert(key, value) } -> std::same_as<bool>;
  { table.erase(key) } -> std::same_as<bool>;
  table.note_sent(key);
  unchanged.for_each(visit);
  { unchanged.size() } -> std::same_as<std::size_t>;
  { unchanged.memory_bytes() } -> std::same_as<std::size_t>;
};

/// A Demultiplexer that a scenario can choose by name.
template <class D, class Key>
concept NamedDemultiplexer = Demultiplexer<D, Key> && requires {
  { D::kName } -> std::convertible_to<std::string_view>;
};

}  // namespace demuxsim
