// The port ledger of a host: every port in use with its owners and when it will be free, and how
// much of the ephemeral range is left to each destination. Made from the host's socket table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "demuxsim/net/endpoint.hpp"
#include "demuxsim/report/ledger_book.hpp"
#include "demuxsim/tcp/state.hpp"
#include "demuxsim/trace/snapshot.hpp"

namespace demuxsim {

/// A process with sockets on a port.
struct LedgerOwner {
  ProcessId process;
  std::int32_t fd = kNoDescriptor;  ///< Of its first socket that has one.
  std::uint64_t descriptors = 0;    ///< How many it has there.
};

struct LedgerPort {
  Port port;
  /// How many sockets are in each state, in the order of TcpState; CLOSED: only bound.
  std::array<std::uint64_t, kTcpStateCount> sockets{};
  std::vector<LedgerOwner> owners;  ///< Empty where only TIME-WAIT holds the port.
  std::optional<LedgerBook::Taking> taken;
  /// Where only TIME-WAIT holds it: the end of the last one. Otherwise it is free when closed.
  std::optional<SimTime> free_at;
  bool bound = false;  ///< By number, so that connect chooses it for nobody.

  std::uint64_t count(TcpState state) const { return sockets[static_cast<std::size_t>(state)]; }
};

/// The ports that a host hands out.
struct LedgerRange {
  PortRange range;
  std::vector<Port> reserved;  ///< Those within the range, in order.
  std::uint32_t bound = 0;     ///< Not reserved, but held by number: out of reach for connect.
  /// Left to a destination that the host has no connection with.
  std::uint32_t free() const {
    return range.size() - static_cast<std::uint32_t>(reserved.size()) - bound;
  }
};

/// Connections from one address of the host to one destination.
struct LedgerDestination {
  IpAddress source;
  Endpoint destination;
  std::uint32_t used = 0;  ///< Ports of the range that connections to it have.
  std::uint32_t free = 0;  ///< Ports that connect may still choose for it.
};

struct HostLedger {
  HostId host;
  std::vector<LedgerPort> ports;  ///< By number.
  LedgerRange ephemeral;
  std::vector<LedgerDestination> destinations;  ///< Those with the fewest ports left first.
};

/// What make_ledger starts from.
struct LedgerSource {
  HostId host;
  SimTime at;  ///< When the sockets were as they stand in the rows.
  std::span<const SocketRow> rows;
  PortRange range;             ///< Ephemeral ports,
  std::vector<Port> reserved;  ///< but for these of them, in order.
};

HostLedger make_ledger(LedgerSource source, const LedgerBook& book);

}  // namespace demuxsim
