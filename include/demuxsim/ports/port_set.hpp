// A set of ports as a bitmap: to ask costs the same however many there are. The empty set, which
// most hosts have, takes no memory.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "demuxsim/net/port.hpp"

namespace demuxsim {

class PortSet {
 public:
  PortSet() = default;
  PortSet(std::initializer_list<PortRange> ranges) {
    for (const PortRange& range : ranges) add(range);
  }

  void add(PortRange range) {
    if (words_.empty()) words_.resize(kPorts / kWordBits);
    for (std::uint32_t port = range.first.value; port <= range.last.value; ++port) {
      words_[port / kWordBits] |= bit(port);
    }
  }

  bool empty() const { return words_.empty(); }
  bool contains(Port port) const {
    return !words_.empty() && (words_[port.value / kWordBits] & bit(port.value)) != 0;
  }

  friend bool operator==(const PortSet&, const PortSet&) = default;

 private:
  static constexpr std::uint32_t kPorts = 65536;
  static constexpr std::uint32_t kWordBits = 64;
  static constexpr std::uint64_t bit(std::uint32_t port) {
    return std::uint64_t{1} << (port % kWordBits);
  }

  std::vector<std::uint64_t> words_;  ///< A bit a port, or nothing.
};

}  // namespace demuxsim
