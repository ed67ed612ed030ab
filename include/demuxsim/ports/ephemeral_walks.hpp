// The ways to walk a range of ports in search of a free one, but for oldest_free.hpp. Each proposes
// offsets from the range's first port, one after the other; what "free" means it does not know.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/core/random.hpp"
#include "demuxsim/core/siphash.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/ports/config.hpp"

namespace demuxsim {

/// What a port is for; Linux keeps the two apart by parity.
enum class PickFor : std::uint8_t { connect, bind };

/// Who wants a port, and where to. A bind has no remote end yet: its destination is 0, and all
/// binds count as one destination.
struct PortRequest {
  PickFor purpose = PickFor::connect;
  std::uint64_t destination = 0;  ///< Stands for local address, remote address and remote port.
  SimTime now = kStart;
};

/// Keys and hashes of the walks that hide where they begin. RFC 6056 section 3.4 leaves the hash to
/// the host; Linux takes SipHash, too.
inline SipKey draw_key(Rng& rng) {
  const std::uint64_t k0 = rng.next();
  return {k0, rng.next()};
}
constexpr std::uint64_t keyed_hash(SipKey key, std::uint64_t word) {
  return SipHash13(key).add(word).finish(0, 0);
}

/// What a walk over a range of `size` ports has in common with the others. begin() comes first,
/// then next() for each look, at most looks() times; refused() tells of one that somebody has,
/// chosen() of the one that was taken. gone() and unheld(): see EphemeralPicker.
class PortWalk {
 public:
  explicit PortWalk(const EphemeralConfig& config) : size_(config.range.size()) {}
  void begin(const PortRequest&, Rng&) {}
  std::uint32_t looks() const { return size_; }
  void refused(std::uint32_t) {}
  void chosen(std::uint32_t, Rng&) {}
  void gone(std::uint32_t, std::uint64_t) {}
  void unheld(std::uint32_t) {}

 protected:
  /// Precondition: offset < 2 * size.
  std::uint32_t wrapped(std::uint32_t offset) const {
    return offset < size_ ? offset : offset - size_;
  }
  std::uint32_t random_offset(Rng& rng) const {
    return static_cast<std::uint32_t>(rng.below(size_));
  }
  std::uint32_t size() const { return size_; }

 private:
  std::uint32_t size_;
};

/// in_pcbbind of 4.4BSD (Wright, Stevens: TCP/IP Illustrated, volume 2, section 22.7): the one
/// after the last.
class SequentialWalk : public PortWalk {
 public:
  using PortWalk::PortWalk;
  std::uint32_t next(Rng&) {
    const std::uint32_t offset = next_;
    next_ = wrapped(next_ + 1);
    return offset;
  }

 private:
  std::uint32_t next_ = 0;
};

/// RFC 6056 section 3.3.1, simple port randomization: from a random place upwards.
class RandomWalk : public PortWalk {
 public:
  using PortWalk::PortWalk;
  void begin(const PortRequest&, Rng& rng) { next_ = random_offset(rng); }
  std::uint32_t next(Rng&) {
    const std::uint32_t offset = next_;
    next_ = wrapped(next_ + 1);
    return offset;
  }

 private:
  std::uint32_t next_ = 0;
};

/// RFC 6056 section 3.3.2, another simple port randomization: draws anew after each collision. It
/// draws no more often than there are ports, so it may miss a free one.
class RandomRedrawWalk : public PortWalk {
 public:
  using PortWalk::PortWalk;
  std::uint32_t next(Rng& rng) { return random_offset(rng); }
};

/// RFC 6056 section 3.3.3, simple hash-based: the ports of one destination follow each other, those
/// of two have nothing to do with each other. One counter for all, which each look moves.
class SimpleHashWalk : public PortWalk {
 public:
  SimpleHashWalk(const EphemeralConfig& config, Rng& rng)
      : PortWalk(config), key_(draw_key(rng)), counter_(random_offset(rng)) {}
  void begin(const PortRequest& request, Rng&) {
    offset_ = static_cast<std::uint32_t>(keyed_hash(key_, request.destination) % size());
  }
  std::uint32_t next(Rng&) {
    const std::uint32_t offset = wrapped(offset_ + counter_);
    counter_ = wrapped(counter_ + 1);
    return offset;
  }

 private:
  SipKey key_;
  std::uint32_t offset_ = 0;
  std::uint32_t counter_;
};

/// RFC 6056 section 3.3.4, double-hash: a second hash chooses one of several counters, so that
/// connections elsewhere seldom move a destination's.
class DoubleHashWalk : public PortWalk {
 public:
  DoubleHashWalk(const EphemeralConfig& config, Rng& rng)
      : PortWalk(config), place_key_(draw_key(rng)), table_key_(draw_key(rng)) {
    counters_.resize(config.table_length);
    for (std::uint32_t& counter : counters_) counter = random_offset(rng);
  }
  void begin(const PortRequest& request, Rng&) {
    offset_ = static_cast<std::uint32_t>(keyed_hash(place_key_, request.destination) % size());
    index_ = keyed_hash(table_key_, request.destination) % counters_.size();
  }
  std::uint32_t next(Rng&) {
    std::uint32_t& counter = counters_[index_];
    const std::uint32_t offset = wrapped(offset_ + counter);
    counter = wrapped(counter + 1);
    return offset;
  }

 private:
  SipKey place_key_;
  SipKey table_key_;
  std::vector<std::uint32_t> counters_;
  std::uint32_t offset_ = 0;
  std::size_t index_ = 0;
};

/// RFC 6056 section 3.3.5, random increments: each look is 1 to N ports after the last. Steps may
/// pass over the only free port every time, so it may miss one. The counter is kept within the
/// range, where the RFC lets 16 bits overflow: that would favour some ports.
class RandomIncrementsWalk : public PortWalk {
 public:
  RandomIncrementsWalk(const EphemeralConfig& config, Rng& rng)
      : PortWalk(config), max_increment_(config.max_increment), last_(random_offset(rng)) {}
  std::uint32_t next(Rng& rng) {
    last_ = static_cast<std::uint32_t>((last_ + rng.below(max_increment_) + 1) % size());
    return last_;
  }

 private:
  std::uint32_t max_increment_;
  std::uint32_t last_;
};

/// Linux 6 (__inet_hash_connect in net/ipv4/inet_hashtables.c, inet_csk_find_open_port in
/// inet_connection_sock.c, secure_ipv4_port_ephemeral in net/core/secure_seq.c). A connect begins
/// where a hash of the destination, new every 10 s, and one of 65,536 perturbations say, and looks
/// at every second port, the range's first among them, then at the others. The perturbation then
/// grows by the way walked, at least by 2 to 16. A bind begins with the others, anywhere.
/// Not modelled: in a range of odd size Linux leaves out one of the first ports it should look at;
/// a bind with SO_REUSEADDR looks through the lower half first.
class LinuxWalk : public PortWalk {
 public:
  LinuxWalk(const EphemeralConfig& config, Rng& rng) : PortWalk(config), key_(draw_key(rng)) {}
  void begin(const PortRequest& request, Rng& rng);
  std::uint32_t next(Rng&) {
    if (left_ == 0) enter(start_ ^ 1u);
    const std::uint32_t offset = at_;
    at_ = at_ + 2 < size() ? at_ + 2 : at_ & 1u;
    walked_ += 2;
    --left_;
    return offset;
  }
  void chosen(std::uint32_t, Rng& rng) {
    if (!connects_) return;
    const auto noise = static_cast<std::uint32_t>(2 * rng.below(8));
    perturbations_[index_] += std::max(walked_ - 2, noise) + 2;
  }

 private:
  /// To the ports of this offset's parity.
  void enter(std::uint32_t offset);

  SipKey key_;
  /// Those in use so far; Linux fills its table with random numbers at once.
  boost::unordered_flat_map<std::uint16_t, std::uint32_t> perturbations_;
  bool connects_ = false;
  std::uint16_t index_ = 0;   ///< The destination's perturbation.
  std::uint32_t start_ = 0;   ///< Where the walk began.
  std::uint32_t at_ = 0;      ///< The next look.
  std::uint32_t left_ = 0;    ///< Looks left in this parity.
  std::uint32_t walked_ = 0;  ///< Ports passed in this parity.
};

}  // namespace demuxsim
