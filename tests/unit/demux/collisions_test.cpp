#include "demuxsim/demux/collisions.hpp"

#include <set>
#include <string>

#include "demuxsim/demux/any_hash.hpp"
#include "demuxsim/demux/entry_chains.hpp"
#include "demuxsim/net/four_tuple.hpp"
#include "support/catch.hpp"

namespace demuxsim {
namespace {

CollisionSearch search_for(HashKind kind, std::uint32_t chains) {
  return {{kind, 0},
          {*IpAddress::parse("10.0.0.1"), Port{80}},
          *IpPrefix::parse("10.0.0.0/8"),
          kDynamicPorts,
          chains};
}

std::uint64_t hash_of(const CollisionSearch& search, const Endpoint& client, HashConfig config) {
  const Endpoint& server = search.server;
  const AnyHash hash(config);
  if (!client.address.is_ipv4()) {
    return hash(four_tuple6(server.address, server.port, client.address, client.port));
  }
  return hash(four_tuple4(server.address, server.port, client.address, client.port));
}

/// Into how many chains these clients fall.
std::size_t chains_of(const CollisionSearch& search, const std::vector<Endpoint>& clients,
                      HashConfig config, std::uint32_t count) {
  std::set<std::uint32_t> chains;
  for (const Endpoint& client : clients) {
    chains.insert(chain_of(hash_of(search, client, config), count));
  }
  return chains.size();
}

}  // namespace

TEST_CASE("the clients found are different ones of those allowed, in one chain", "[demux]") {
  for (const HashKind kind :
       {HashKind::fast, HashKind::siphash, HashKind::crc32c, HashKind::toeplitz, HashKind::sum}) {
    for (const std::uint32_t chains : {1u, 19u, 256u}) {
      CAPTURE(std::string(name_of(kind)), chains);
      const CollisionSearch search = search_for(kind, chains);
      const auto clients = colliding_clients(search, 500);
      CHECK(clients.size() == 500);
      CHECK(std::set<Endpoint>(clients.begin(), clients.end()).size() == 500);
      CHECK(clients == colliding_clients(search, 500));
      CHECK(chains_of(search, clients, search.hash, chains) == 1);
      bool allowed = true;
      for (const Endpoint& client : clients) {
        allowed = allowed && search.clients.contains(client.address) &&
                  search.ports.contains(client.port) && client.address != search.clients.address;
      }
      CHECK(allowed);
    }
  }
}

TEST_CASE("what collides under CRC32C does so under every seed", "[demux]") {
  const CollisionSearch few = search_for(HashKind::crc32c, 1024);
  const CollisionSearch all = search_for(HashKind::crc32c, 0);
  const auto by_low_bits = colliding_clients(few, 1000);
  const auto by_all_bits = colliding_clients(all, 40);
  CHECK(by_low_bits.size() == 1000);
  CHECK(by_all_bits.size() == 40);
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const HashConfig secret{HashKind::crc32c, seed};
    REQUIRE(chains_of(few, by_low_bits, secret, 1024) == 1);
    REQUIRE(chains_of(few, by_low_bits, secret, 64) == 1);
    REQUIRE(chains_of(all, by_all_bits, secret, 19) == 1);
    REQUIRE(chains_of(all, by_all_bits, secret, 1u << 31) == 1);
  }
}

TEST_CASE("what collides under a published Toeplitz key does not under a secret one", "[demux]") {
  const CollisionSearch search = search_for(HashKind::toeplitz, 1024);
  const auto clients = colliding_clients(search, 1000);
  CHECK(chains_of(search, clients, {HashKind::toeplitz, 5}, 1024) == 1);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    CHECK(chains_of(search, clients, {HashKind::toeplitz_keyed, seed}, 1024) > 100);
  }
}

TEST_CASE("what collides under one key of SipHash does not under another", "[demux]") {
  const CollisionSearch search = search_for(HashKind::siphash, 64);
  const auto clients = colliding_clients(search, 500);
  CHECK(chains_of(search, clients, {HashKind::siphash, 1}, 64) > 50);
}

TEST_CASE("clients of IPv6 collide in all 32 bits", "[demux]") {
  CollisionSearch search = search_for(HashKind::toeplitz, 0);
  search.server.address = *IpAddress::parse("2001:db8::1");
  search.clients = *IpPrefix::parse("2001:db8:1::/64");
  search.ports = {Port{40000}, Port{50000}};
  const auto clients = colliding_clients(search, 2000);
  CHECK(clients.size() == 2000);
  const std::uint64_t first = hash_of(search, clients.front(), search.hash);
  bool same = true;
  for (const Endpoint& client : clients) {
    same = same && hash_of(search, client, search.hash) == first &&
           search.clients.contains(client.address) && search.ports.contains(client.port);
  }
  CHECK(same);
}

TEST_CASE("a search gives what there is", "[demux]") {
  CollisionSearch search = search_for(HashKind::fast, 1);
  search.clients = *IpPrefix::parse("10.0.0.8/30");
  search.ports = {Port{7}, Port{9}};
  CHECK(colliding_clients(search, 100).size() == 6);
  search.hash.kind = HashKind::crc32c;
  CHECK(colliding_clients(search, 100).size() == 6);
  search.clients = *IpPrefix::parse("10.0.0.8/32");
  CHECK(colliding_clients(search, 100).size() == 3);
  search.chains = 0;
  CHECK(colliding_clients(search, 100).size() == 1);
  CHECK(colliding_clients(search, 0).empty());
}

}  // namespace demuxsim
