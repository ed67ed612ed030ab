#include "demuxsim/report/ledger.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

namespace demuxsim {
namespace {

/// Gathers the sockets of a host by port. A million on one port cost a look-up each.
class PortGatherer {
 public:
  explicit PortGatherer(const LedgerSource& source) : source_(source) {}

  void add(const SocketRow& row) {
    LedgerPort& port = at(row.local.port);
    ++port.sockets[row.state];
    port.bound = port.bound || row.bound;
    if (static_cast<TcpState>(row.state) == TcpState::time_wait) {
      const SimTime end = later(source_.at, row.timer_left);
      port.free_at = std::max(port.free_at.value_or(end), end);
    }
    if (row.process) add_owner(port, row);
  }

  const LedgerPort& find(Port port) const { return ports_[indices_.at(port.value)]; }

  /// Ends the gathering.
  std::vector<LedgerPort> take() && {
    std::sort(ports_.begin(), ports_.end(),
              [](const LedgerPort& a, const LedgerPort& b) { return a.port < b.port; });
    return std::move(ports_);
  }

 private:
  LedgerPort& at(Port port) {
    const auto [found, fresh] =
        indices_.try_emplace(port.value, static_cast<std::uint32_t>(ports_.size()));
    if (fresh) ports_.emplace_back().port = port;
    return ports_[found->second];
  }

  void add_owner(LedgerPort& port, const SocketRow& row) {
    const std::uint64_t key = std::uint64_t{row.process.value} << 16 | port.port.value;
    const auto [found, fresh] =
        owners_.try_emplace(key, static_cast<std::uint32_t>(port.owners.size()));
    if (fresh) port.owners.emplace_back().process = row.process;
    LedgerOwner& owner = port.owners[found->second];
    if (row.fd == kNoDescriptor) return;
    if (owner.descriptors++ == 0) owner.fd = row.fd;
  }

  const LedgerSource& source_;
  std::vector<LedgerPort> ports_;
  boost::unordered_flat_map<std::uint16_t, std::uint32_t> indices_;  ///< In ports_.
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> owners_;   ///< In those of their port.
};

/// A connection from an ephemeral port.
struct Call {
  Endpoint destination;
  IpAddress source;
  bool takes_one;  ///< Of the ports that connect could choose otherwise.

  bool goes_with(const Call& other) const {
    return destination == other.destination && source == other.source;
  }
  friend bool operator<(const Call& a, const Call& b) {
    return std::tie(a.destination, a.source) < std::tie(b.destination, b.source);
  }
};

/// Connections of a port that somebody listens on are answered calls, not calls.
std::vector<Call> calls_of(const LedgerSource& source, const PortGatherer& ports) {
  std::vector<Call> calls;
  for (const SocketRow& row : source.rows) {
    if (row.peer.port == Port{} || !source.range.contains(row.local.port)) continue;
    const LedgerPort& port = ports.find(row.local.port);
    if (port.count(TcpState::listen) != 0) continue;
    calls.push_back({row.peer, row.local.address, !port.bound});
  }
  std::sort(calls.begin(), calls.end());
  return calls;
}

std::vector<LedgerDestination> destinations_of(std::span<const Call> calls,
                                               const LedgerRange& ephemeral) {
  std::vector<LedgerDestination> destinations;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (i == 0 || !calls[i].goes_with(calls[i - 1])) {
      destinations.push_back({calls[i].source, calls[i].destination, 0, ephemeral.free()});
    }
    ++destinations.back().used;
    if (calls[i].takes_one) --destinations.back().free;
  }
  std::stable_sort(
      destinations.begin(), destinations.end(),
      [](const LedgerDestination& a, const LedgerDestination& b) { return a.free < b.free; });
  return destinations;
}

bool holds_only_time_wait(const LedgerPort& port) {
  for (std::size_t i = 0; i < port.sockets.size(); ++i) {
    if (static_cast<TcpState>(i) != TcpState::time_wait && port.sockets[i] != 0) return false;
  }
  return true;
}

}  // namespace

HostLedger make_ledger(LedgerSource source, const LedgerBook& book) {
  HostLedger ledger;
  ledger.host = source.host;
  PortGatherer gatherer(source);
  for (const SocketRow& row : source.rows) {
    if (row.local.port != Port{}) gatherer.add(row);
  }
  const std::vector<Call> calls = calls_of(source, gatherer);
  ledger.ports = std::move(gatherer).take();
  ledger.ephemeral.range = source.range;
  ledger.ephemeral.reserved = std::move(source.reserved);
  const std::vector<Port>& reserved = ledger.ephemeral.reserved;
  for (LedgerPort& port : ledger.ports) {
    if (const LedgerBook::Taking* const taken = book.find(source.host, port.port)) {
      port.taken = *taken;
    }
    if (!holds_only_time_wait(port)) port.free_at.reset();
    const bool counts = port.bound && source.range.contains(port.port) &&
                        !std::binary_search(reserved.begin(), reserved.end(), port.port);
    if (counts) ++ledger.ephemeral.bound;
  }
  ledger.destinations = destinations_of(calls, ledger.ephemeral);
  return ledger;
}

}  // namespace demuxsim
