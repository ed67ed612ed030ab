#include "demuxsim/stress/colliding_keys.hpp"

#include <bit>

#include <fmt/core.h>

#include "demuxsim/demux/collisions.hpp"

namespace demuxsim {
namespace {

/// Hashes that may be worked out in search of collisions: a few seconds.
constexpr std::uint64_t kMostHashes = 500'000'000;

HashKind hash_attacked(HashKind kind) {
  if (kind == HashKind::siphash) return HashKind::crc32c;
  return kind == HashKind::toeplitz_keyed ? HashKind::toeplitz : kind;
}

}  // namespace

Result<std::vector<FourTuple4>, std::string> colliding_keys(const Algorithm& algorithm,
                                                            std::uint32_t count) {
  const Endpoint server{IpAddress::ipv4(0x0a000001), Port{80}};
  CollisionSearch search{.hash = {.kind = hash_attacked(algorithm.hash), .seed = 0},
                         .server = server,
                         .clients = {IpAddress::ipv4(0), 0},
                         .ports = {Port{1}, Port{65535}},
                         .chains = 0};
  std::vector<Endpoint> clients;
  const bool linear = is_linear(search.hash.kind);
  if (linear) clients = colliding_clients(search, count);
  if (clients.size() < count) {
    search.chains = algorithm.number != 0 ? algorithm.number : std::bit_ceil(count);
    const bool searches = !linear || !std::has_single_bit(search.chains);
    if (searches && std::uint64_t{count} * search.chains > kMostHashes) {
      return failure(fmt::format("a search for keys that collide under '{}' would take too long",
                                 name_of(search.hash.kind)));
    }
    clients = colliding_clients(search, count);
  }
  if (clients.size() < count) {
    return failure(fmt::format("only {} clients collide under '{}'", clients.size(),
                               name_of(search.hash.kind)));
  }
  std::vector<FourTuple4> keys;
  keys.reserve(count);
  for (const Endpoint& client : clients) {
    keys.push_back(four_tuple4(server.address, server.port, client.address, client.port));
  }
  return keys;
}

}  // namespace demuxsim
