// How a host hands out ephemeral ports.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "demuxsim/net/port.hpp"
#include "demuxsim/ports/port_set.hpp"

namespace demuxsim {

/// In which order free ports are looked for. ephemeral_walks.hpp and oldest_free.hpp have the
/// details of each.
enum class PortPick : std::uint8_t {
  sequential,         ///< One after the other and round again, as 4.4BSD's in_pcbbind did.
  random,             ///< From a random place upwards.
  random_redraw,      ///< A new random place each time; gives up after as many draws as ports.
  simple_hash,        ///< One counter, from a secret place for each destination.
  double_hash,        ///< The same with a table of counters.
  random_increments,  ///< Random steps upwards; gives up as random_redraw does.
  linux_hash,         ///< Linux: a perturbed place for each destination, every second port first.
  oldest_free,        ///< What nobody has had for the longest time, without a search.
};

inline constexpr std::array kPortPicks{PortPick::sequential,    PortPick::random,
                                       PortPick::random_redraw, PortPick::simple_hash,
                                       PortPick::double_hash,   PortPick::random_increments,
                                       PortPick::linux_hash,    PortPick::oldest_free};

/// "sequential", "random", "random-redraw", "simple-hash", "double-hash", "random-increments",
/// "linux", "oldest-free": as scenarios write it.
std::string_view name_of(PortPick pick);
/// Takes exactly what name_of gives.
std::optional<PortPick> port_pick_from(std::string_view name);
/// Where it is described: "RFC 6056 section 3.3.1" and the like.
std::string_view source_of(PortPick pick);

struct EphemeralConfig {
  PortRange range = kDynamicPorts;
  PortPick pick = PortPick::sequential;
  PortSet reserved = {};  ///< Never handed out, though they may be asked for by number.
  /// random_increments: a step is 1 to this, N of RFC 6056 section 3.3.5; at least 1.
  std::uint32_t max_increment = 500;
  /// double_hash: counters, TABLE_LENGTH of RFC 6056 section 3.3.4; at least 1.
  std::uint32_t table_length = 10;
};

}  // namespace demuxsim
