#include "demuxsim/demux/collisions.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "demuxsim/demux/any_hash.hpp"
#include "demuxsim/demux/entry_chains.hpp"
#include "demuxsim/net/four_tuple.hpp"

namespace demuxsim {
namespace {

constexpr unsigned kPortBits = 16;
constexpr unsigned kHostBits = 64 - kPortBits;

/// The clients to choose from, and the hash of the connection each would make. A client is a
/// number: its port in the low 16 bits, and above these what is added to the prefix.
class Candidates {
 public:
  explicit Candidates(const CollisionSearch& search) : search_(search), hash_(search.hash) {
    const unsigned bits = search.clients.address.is_ipv4() ? 32 : 128;
    host_bits_ = std::min(bits - search.clients.length, kHostBits);
  }

  unsigned host_bits() const { return host_bits_; }
  /// Neither the address of the network nor the last, where a prefix leaves room for more.
  bool may_use(std::uint64_t client) const {
    const std::uint64_t host = client >> kPortBits;
    const std::uint64_t last = (std::uint64_t{1} << host_bits_) - 1;
    const bool is_edge = host_bits_ > 1 && (host == 0 || host == last);
    return !is_edge && search_.ports.contains(port(client));
  }
  Endpoint endpoint(std::uint64_t client) const {
    const IpAddress& prefix = search_.clients.address;
    const std::uint64_t host = client >> kPortBits;
    return {prefix.is_ipv4()
                ? IpAddress::ipv4(prefix.ipv4_bits() | static_cast<std::uint32_t>(host))
                : IpAddress::ipv6(prefix.high(), prefix.low() | host),
            port(client)};
  }
  std::uint32_t hash(std::uint64_t client) const {
    const Endpoint& server = search_.server;
    const Endpoint from = endpoint(client);
    return static_cast<std::uint32_t>(
        from.address.is_ipv4()
            ? hash_(four_tuple4(server.address, server.port, from.address, from.port))
            : hash_(four_tuple6(server.address, server.port, from.address, from.port)));
  }

 private:
  static Port port(std::uint64_t client) { return Port{static_cast<std::uint16_t>(client)}; }

  CollisionSearch search_;
  AnyHash hash_;
  unsigned host_bits_;
};

/// What may be added to any client by exclusive or without a change of its hash under `mask`: all
/// sums of what is returned. Gauss's elimination, a bit of the client at a time.
std::vector<std::uint64_t> kernel(const Candidates& candidates, unsigned port_bits,
                                  std::uint32_t mask) {
  struct Row {
    std::uint32_t change = 0;
    std::uint64_t bits = 0;
  };
  std::array<Row, 32> rows{};  // By the highest bit of the change.
  std::vector<std::uint64_t> free;
  const std::uint32_t origin = candidates.hash(0);
  for (unsigned bit = 0; bit < kPortBits + candidates.host_bits(); ++bit) {
    if (bit >= port_bits && bit < kPortBits) continue;
    Row row{0, std::uint64_t{1} << bit};
    row.change = (candidates.hash(row.bits) ^ origin) & mask;
    while (row.change != 0) {
      Row& other = rows[static_cast<std::size_t>(std::bit_width(row.change)) - 1];
      if (other.change == 0) {
        other = row;
        break;
      }
      row.change ^= other.change;
      row.bits ^= other.bits;
    }
    if (row.change == 0) free.push_back(row.bits);
  }
  return free;
}

/// All sums of the kernel, in the order of Gray's code: each differs from the one before by one.
std::vector<Endpoint> work_out(const Candidates& candidates, const CollisionSearch& search,
                               std::uint32_t count) {
  const std::uint32_t differing = std::uint32_t{search.ports.first.value} ^ search.ports.last.value;
  const auto port_bits = static_cast<unsigned>(std::bit_width(differing));
  const auto free = kernel(candidates, port_bits, search.chains - 1);
  const std::uint64_t first_host = candidates.host_bits() > 1 ? 1 : 0;
  std::uint64_t client = first_host << kPortBits | search.ports.first.value;
  std::vector<Endpoint> found;
  for (std::uint64_t number = 1; found.size() < count; ++number) {
    if (candidates.may_use(client)) found.push_back(candidates.endpoint(client));
    const auto next = static_cast<std::size_t>(std::countr_zero(number));
    if (next >= free.size()) break;
    client ^= free[next];
  }
  return found;
}

std::vector<Endpoint> try_all(const Candidates& candidates, const CollisionSearch& search,
                              std::uint32_t count) {
  std::vector<Endpoint> found;
  std::optional<std::uint32_t> chain;
  for (std::uint64_t host = 0; host >> candidates.host_bits() == 0; ++host) {
    for (std::uint32_t port = search.ports.first.value; port <= search.ports.last.value; ++port) {
      if (found.size() == count) return found;
      const std::uint64_t client = host << kPortBits | port;
      if (!candidates.may_use(client)) break;
      const std::uint32_t here = chain_of(candidates.hash(client), search.chains);
      if (!chain) chain = here;
      if (here == *chain) found.push_back(candidates.endpoint(client));
    }
  }
  return found;
}

}  // namespace

std::vector<Endpoint> colliding_clients(const CollisionSearch& search, std::uint32_t count) {
  const Candidates candidates(search);
  const bool linear = is_linear(search.hash.kind);
  if (linear && (search.chains & (search.chains - 1)) == 0) {
    return work_out(candidates, search, count);
  }
  CollisionSearch trial = search;
  if (trial.chains == 0) trial.chains = 65536;
  return try_all(candidates, trial, count);
}

}  // namespace demuxsim
