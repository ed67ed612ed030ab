// The listeners of a host, by port and address. It finds the one a new connection is for; whether
// that has room is the host's to ask.
#pragma once

#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/net/endpoint.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim {

class ListenerTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  struct Found {
    std::uint32_t listener = kNone;
    LookupRule rule = LookupRule::no_match;
    std::uint32_t examined = 0;  ///< Address comparisons, one for each address with listeners.
  };

  void add(const Endpoint& local, std::uint32_t listener);
  /// Precondition: added with the same endpoint.
  void remove(const Endpoint& local, std::uint32_t listener);

  /// The listener on this very address, else the one on any address (`::`, or `0.0.0.0` for IPv4).
  /// Where several share it (SO_REUSEPORT), `hash` of the 4-tuple chooses; it stays the same for a
  /// connection as long as the group does.
  Found find(const Endpoint& destination, std::uint32_t hash) const;
  void clear() { ports_.clear(); }

 private:
  struct Group {
    IpAddress address;
    std::vector<std::uint32_t> members;
  };
  boost::unordered_flat_map<std::uint16_t, std::vector<Group>> ports_;
};

}  // namespace demuxsim
