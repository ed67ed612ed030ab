// How much one connection may have on its way: NewReno (RFC 5681, RFC 6582) and CUBIC (RFC 9438),
// by integers alone. It is told of acknowledgements and losses; what is lost is found out
// elsewhere.
#pragma once

#include <cstdint>

#include "demuxsim/core/time.hpp"
#include "demuxsim/tcp/config.hpp"

namespace demuxsim {

class CongestionControl {
 public:
  /// The handshake is done. `careful`: SYNs were lost, so one segment must do.
  void begin(const TcpConfig& config, std::uint32_t mss, bool careful);

  /// What may be on its way, bytes.
  std::uint32_t window() const { return window_; }
  std::uint32_t threshold() const { return threshold_; }
  bool in_slow_start() const { return window_ < threshold_; }

  struct Acknowledged {
    SimTime now;
    std::uint32_t bytes = 0;  ///< For the first time.
    std::uint32_t mss = 0;
    Duration round_trip{0};  ///< SRTT.
  };
  /// Nothing is missing, and the window was in use: it grows.
  void on_acknowledged(const TcpConfig& config, const Acknowledged& what);
  /// A segment is lost and duplicate acknowledgements tell of it: fast recovery begins.
  void on_loss(const TcpConfig& config, std::uint32_t in_flight, std::uint32_t mss);
  /// The retransmission timer has expired; `again`: not for the first time for this segment.
  void on_timeout(const TcpConfig& config, std::uint32_t in_flight, std::uint32_t mss, bool again);
  /// Nothing was sent for longer than an RTO: RFC 5681 section 4.1.
  void on_idle(const TcpConfig& config, std::uint32_t mss);

 private:
  void reduce(const TcpConfig& config, std::uint32_t in_flight, std::uint32_t mss);
  void grow_reno(std::uint32_t bytes, std::uint32_t mss);
  void grow_cubic(const Acknowledged& what);
  void begin_epoch(SimTime now, std::uint32_t mss);
  void grow_by(std::uint64_t bytes);

  std::uint32_t window_ = kUnlimited;
  std::uint32_t threshold_ = kUnlimited;
  std::uint32_t counted_ =
      0;  ///< Bytes acknowledged towards the next step of congestion avoidance.

  // CUBIC's: RFC 9438 section 4.1.
  std::uint32_t most_ = 0;       ///< W_max.
  std::uint32_t estimate_ = 0;   ///< W_est: what Reno's window would be by now.
  std::uint32_t origin_ms_ = 0;  ///< K: from the epoch's begin until W_max is reached again.
  SimTime epoch_ = kNever;       ///< When this epoch began; kNever where none has.

  static constexpr std::uint32_t kUnlimited = 0x4000'0000;  // The largest window of RFC 7323.
};

/// The largest whole number whose cube is not larger.
std::uint32_t cube_root(std::uint64_t number);

}  // namespace demuxsim
