// Makes what an attacker makes who knows a hash: clients whose connections to one server all fall
// into one chain of its table.
#pragma once

#include <cstdint>
#include <vector>

#include "demuxsim/demux/hash_functions.hpp"
#include "demuxsim/net/address.hpp"
#include "demuxsim/net/endpoint.hpp"
#include "demuxsim/net/port.hpp"

namespace demuxsim {

/// What the attacker has to choose from, and how much of the hash must be equal.
struct CollisionSearch {
  HashConfig hash;   ///< As the attacker takes it to be.
  Endpoint server;   ///< The local end of the connections.
  IpPrefix clients;  ///< Of the server's family; the first and the last address are left out.
  PortRange ports = kDynamicPorts;  ///< Of the clients.
  /// 0: the hash must be equal in all of its 32 low bits, which linear hashes alone can be searched
  /// for; others take 65536.
  std::uint32_t chains = 0;
};

/// True for a hash of which keys that collide can be worked out: "crc32c" and "toeplitz".
constexpr bool is_linear(HashKind kind) {
  return kind == HashKind::crc32c || kind == HashKind::toeplitz || kind == HashKind::toeplitz_keyed;
}

/// `count` clients that share a chain, as chain_of() counts them, or fewer if there are no more;
/// always the same. Where `chains` is a power of two they share one in tables with any smaller
/// power of two, too, and where it is 0, in all tables. Under "crc32c" both hold whatever the seed.
///
/// For a linear hash and such a number of chains this takes no search. Otherwise it tries all
/// clients, of which one in `chains` is good.
std::vector<Endpoint> colliding_clients(const CollisionSearch& search, std::uint32_t count);

}  // namespace demuxsim
