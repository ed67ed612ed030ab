// What a table of connections is asked while segments of a certain kind come in, for measuring it:
// calls with their keys and the answers that are right. Nothing here has a clock; the same
// arguments give the same calls on every machine.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "demuxsim/core/random.hpp"
#include "demuxsim/net/four_tuple.hpp"

namespace demuxsim {

enum class TrafficKind : std::uint8_t {
  uniform,  ///< Each segment is of any connection, all alike.
  zipf,     ///< The k-th most popular connection has a share of 1/k.
  trains,   ///< A connection's segments come several in a row, eight in the mean.
  tpca,     ///< Terminals of TPC/A (McKenney and Dove 1992): each thinks for 10 s in the mean from
            ///< query to query, is answered after 200 ms and acknowledges that 1 ms later.
  syn_flood,   ///< From sources by chance, none of them connected.
  churn,       ///< A connection opens, eight segments of any come, the oldest closes; and so on.
  hash_flood,  ///< Of any connection, as uniform; but an attacker chose them all so that they
               ///< collide (see colliding_keys()).
};

inline constexpr std::array<std::string_view, 7> kTrafficNames = {
    "uniform", "zipf", "trains", "tpca", "syn-flood", "churn", "hash-flood"};

constexpr std::string_view name_of(TrafficKind kind) {
  return kTrafficNames[static_cast<std::size_t>(kind)];
}
/// Takes exactly what name_of gives.
std::optional<TrafficKind> traffic_from(std::string_view name);

/// Whether segments lead to look-ups and nothing else, so that many can be looked up at once.
constexpr bool is_look_ups_alone(TrafficKind kind) {
  return kind != TrafficKind::tpca && kind != TrafficKind::churn;
}

enum class TableCall : std::uint8_t { find, note_sent, insert, erase };

/// Calls in their order: one, its key and its number at each place.
struct TableCalls {
  std::vector<TableCall> calls;
  std::vector<FourTuple4> keys;
  /// Of find, the right answer: DemuxResult::kNone where there is no such connection.
  std::vector<std::uint32_t> numbers;

  void add(TableCall call, const FourTuple4& key, std::uint32_t number) {
    calls.push_back(call);
    keys.push_back(key);
    numbers.push_back(number);
  }
  void clear() {
    calls.clear();
    keys.clear();
    numbers.clear();
  }
};

/// The calls of one kind of traffic, without end.
class Traffic {
 public:
  /// For a table that has the connections first_key(keys, 0) and so on, each with its number.
  /// `keys` are those of hash_flood, which must outlive this, and empty for the other kinds.
  /// Precondition: 0 < connections < 2^31.
  Traffic(TrafficKind kind, std::uint32_t connections, const std::vector<FourTuple4>& keys,
          Rng rng);
  ~Traffic();
  Traffic(Traffic&&) noexcept;
  Traffic& operator=(Traffic&&) noexcept;

  /// Puts the next calls in place of what is there, at least `count`: what belongs together stays
  /// together.
  void next(std::size_t count, TableCalls& calls);

  class Source;

 private:
  std::unique_ptr<Source> source_;
};

/// The key of a connection that is there from the start.
FourTuple4 first_key(const std::vector<FourTuple4>& keys, std::uint32_t number);

}  // namespace demuxsim
