// Who holds which local port of a host. It answers whether a socket may be bound and when a port is
// free again; which free port a client gets is the picker's business (ephemeral.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/net/port.hpp"

namespace demuxsim {

/// How a socket holds its port. Sockets that hold a port in the same way are counted together, so
/// a million accepted connections on port 80 are one entry.
struct PortHolding {
  static constexpr std::uint8_t kAnyAddress = 0xff;

  std::uint8_t address = kAnyAddress;  ///< Index among the host's addresses.
  bool reuse_address : 1 = false;      ///< SO_REUSEADDR.
  bool reuse_port : 1 = false;         ///< SO_REUSEPORT.
  bool listening : 1 = false;
  /// Held by number (bind), or by descent from such a socket (accept); false where the host chose
  /// the port for a connection, which other connections may then share.
  bool bound : 1 = false;
  /// For which families the socket was made: 0.0.0.0 is for IPv4 alone, any address (`::`) for
  /// both; a specific one is for its own. As in Linux a connection keeps those of its socket, even
  /// where its address has one.
  bool ipv4 : 1 = true;
  bool ipv6 : 1 = true;

  friend constexpr bool operator==(const PortHolding&, const PortHolding&) = default;
};

static_assert(sizeof(PortHolding) == 2);

class PortSpace {
 public:
  /// Whether a socket that is about to hold `port` in this way conflicts with none that does: the
  /// addresses differ (none of them any) or have no family in common, or both set SO_REUSEADDR and
  /// the holder does not listen, or both set SO_REUSEPORT. (As Linux decides for sockets of one
  /// user; POSIX leaves it open.)
  bool may_bind(Port port, const PortHolding& wish) const;

  /// Whether the host may choose `port` for such a socket, which asks for any port: nobody is there
  /// whom it would have to share with, whatever both have set.
  bool may_choose(Port port, const PortHolding& wish) const;

  /// Whether the host may choose `port` for a connection: nobody holds it by number. The 4-tuple
  /// must be free, too; that is the look-up table's to say.
  bool may_share(Port port) const;

  bool in_use(Port port) const;

  void hold(Port port, const PortHolding& holding);
  /// True when nobody holds the port any more. Precondition: it is held in this way.
  bool release(Port port, const PortHolding& holding);

  /// Ports that somebody holds.
  std::uint32_t size() const { return used_; }
  void clear();

 private:
  struct Use {
    PortHolding holding;
    std::uint32_t count = 0;
  };
  /// Neighbouring ports stand together: a client's ports are used in rows.
  static constexpr unsigned kPagePorts = 64;
  using Page = std::array<Use, kPagePorts>;

  const Use* find(Port port) const;
  Use& at(Port port);
  template <class F>
  bool all_of(Port port, F&& agrees) const;

  boost::unordered_flat_map<std::uint16_t, std::unique_ptr<Page>> pages_;
  /// Further ways in which a port is held; seldom any.
  boost::unordered_flat_map<std::uint16_t, std::vector<Use>> more_;
  std::uint32_t used_ = 0;
};

}  // namespace demuxsim
