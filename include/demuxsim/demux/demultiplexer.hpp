// What every way of finding the connection of a segment has in common: a map from a 4-tuple to the
// number of a connection, which tells what each look-up cost.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "demuxsim/demux/hash_functions.hpp"

namespace demuxsim {

/// What a look-up found, and the classic measure of what it took.
struct DemuxResult {
  static constexpr std::uint32_t kNone = 0xffffffff;
  /// Values are below this: a table may need the bits above them.
  static constexpr std::uint32_t kValueEnd = (1u << 28) - 1;
  std::uint32_t value = kNone;
  std::uint32_t examined =
      0;  ///< Keys of the table that were compared in full with the one sought.

  constexpr explicit operator bool() const { return value != kNone; }
};

/// What a table is made from.
struct DemuxConfig {
  HashConfig hash;           ///< For those that hash.
  std::uint32_t number = 0;  ///< Their number of chains or the like; 0: the usual one.
};

/// What an algorithm is called and takes.
struct AlgorithmInfo {
  std::string_view name;
  std::string_view number_name =
      {};  ///< What its number is, as a key: `chains`; empty: it has none.
  std::uint32_t usual_number = 0;
  std::uint32_t most_number = 0;
  bool hashes = false;  ///< DemuxConfig::hash.kind means something to it.
};

enum class LookupStepKind : std::uint8_t {
  queue,        ///< A hash of the segment chose the table `number` of `count`.
  chain,        ///< The hash chose the chain `number` of `count`.
  bucket,       ///< The hash chose the bucket `number` of `count`.
  received,     ///< The connection that was found last: compared.
  sent,         ///< The connection that was last sent on: compared.
  chain_cache,  ///< The one that was last found in this chain: compared.
  compare,      ///< The next entry: compared.
  pass_over,    ///< The next entry: not compared, for the hash kept with it is another.
};

/// One step of a look-up, for those who want to see it.
struct LookupStep {
  LookupStepKind kind = LookupStepKind::compare;
  bool matched = false;      ///< The key compared is the one sought.
  std::uint32_t number = 0;  ///< From 0.
  std::uint32_t count = 0;
  std::uint32_t hash = 0;  ///< Of queue, chain and pass_over: the low bits of the hash.
};

/// Takes steps that nobody wants to see.
struct IgnoreSteps {
  template <class Key>
  constexpr void operator()(const LookupStep&, const Key*) const {}
};

/// D allocates nothing before the first insertion.
///   find       the value of a key; it may reorder the table, but not change what is in it
///   walk       the same answer, nothing changed; calls see(step, key) for each step in turn, with
///              the key that was compared or nullptr
///   insert     false, and nothing changed, if the key is there; the value must be below kValueEnd
///   erase      false if the key is not there
///   note_sent  tells that this host sends a segment of that connection, for those that learn
///              from it
///   for_each   calls f(key, value) for each entry, in an order that is the same on every machine
///              but means nothing
/// D may also have find_batch(keys, results), which finds many keys at once.
template <class D, class Key>
concept Demultiplexer = std::constructible_from<D, const DemuxConfig&> && std::movable<D> &&
    requires(D table, const D& unchanged, const Key& key, std::uint32_t value, IgnoreSteps see,
             void (*visit)(const Key&, std::uint32_t)) {
  { table.find(key) } -> std::same_as<DemuxResult>;
  { unchanged.walk(key, see) } -> std::same_as<DemuxResult>;
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
  { D::kInfo } -> std::convertible_to<AlgorithmInfo>;
};

}  // namespace demuxsim
