// Strong numbers: an Id of one thing is never taken for an Id of another.
#pragma once

#include <compare>
#include <cstdint>

namespace demuxsim {

template <class Tag>
struct Id {
  static constexpr std::uint32_t kNone = 0xffffffff;
  std::uint32_t value = kNone;

  constexpr explicit operator bool() const { return value != kNone; }
  friend constexpr auto operator<=>(Id, Id) = default;
};

using HostId = Id<struct HostTag>;        ///< Hosts in file order, counted up from 0.
using LinkId = Id<struct LinkTag>;        ///< One direction of a link.
using NodeId = Id<struct NodeTag>;        ///< Hosts first, then switches and routers.
using ProcessId = Id<struct ProcessTag>;  ///< A process within its host, from 0.

}  // namespace demuxsim
