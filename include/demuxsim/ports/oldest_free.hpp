// Ports without a search: each destination has its own queue of the ports that are free for it, the
// one it has not had for the longest time first.
//
// A destination's first round is a secret shuffle of the whole range that is computed port by port,
// so it costs no memory; after it, ports come back in the order in which they were released. Two
// destinations share ports, as their 4-tuples differ, and neither queue tells about the other. A
// bind has a queue of its own, and gets back whatever nobody holds any more.
//
// A look fails only where somebody else took the port since it was queued: a bind by number, or
// the other kind of queue. It then leaves the queue, so no taking costs a queue more than one look.
#pragma once

#include <cstdint>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "demuxsim/core/ring.hpp"
#include "demuxsim/ports/ephemeral_walks.hpp"

namespace demuxsim {

class OldestFreeWalk : public PortWalk {
 public:
  OldestFreeWalk(const EphemeralConfig& config, Rng& rng);

  void begin(const PortRequest& request, Rng&);
  /// What is queued, and if that is not everything, everything once more: a port may have become
  /// free unnoticed.
  std::uint32_t looks() const;
  std::uint32_t next(Rng&);
  void refused(std::uint32_t offset) { queue_->absent.insert(static_cast<std::uint16_t>(offset)); }
  void chosen(std::uint32_t offset, Rng&) {
    queue_->absent.insert(static_cast<std::uint16_t>(offset));
    ++given_;
  }
  void gone(std::uint32_t offset, std::uint64_t destination);
  void unheld(std::uint32_t offset) { gone(offset, kBinds); }

  /// Destinations that have ports now.
  std::size_t queues() const { return queues_.size(); }

 private:
  static constexpr std::uint64_t kBinds = PortRequest{}.destination;

  struct Queue {
    std::uint64_t secret = 0;
    std::uint32_t start = 0;  ///< Where in the shuffle its round begins.
    std::uint32_t fresh = 0;  ///< Ports of the round that are still to come.
    Ring<std::uint16_t> returned;
    boost::unordered_flat_set<std::uint16_t> absent;  ///< Taken, or found with somebody else.
  };

  std::uint32_t shuffled(std::uint64_t secret, std::uint32_t index) const;

  SipKey key_;
  unsigned half_bits_ = 1;  ///< 4^half_bits_ is at least the number of ports.
  std::uint32_t given_ = 0;
  Queue* queue_ = nullptr;  ///< Of the pick under way.
  boost::unordered_flat_map<std::uint64_t, Queue> queues_;
};

}  // namespace demuxsim
