// The retransmission time-out of one connection, by integers alone (RFC 6298).
#pragma once

#include <cstdint>

#include "demuxsim/tcp/config.hpp"

namespace demuxsim {

/// SRTT, RTTVAR and RTO in microseconds: 12 bytes, and more than an hour at most.
class RetransmissionTimeout {
 public:
  /// RFC 6298 (2.1).
  constexpr explicit RetransmissionTimeout(const TcpConfig& config)
      : rto_(whole(config.rto_initial)) {}

  constexpr Duration value() const { return std::chrono::microseconds{rto_}; }
  /// SRTT, or 0 before the first measurement.
  constexpr Duration smoothed() const { return std::chrono::microseconds{srtt_}; }
  /// RTTVAR, or 0 before the first measurement.
  constexpr Duration variation() const { return std::chrono::microseconds{rttvar_}; }

  /// Takes a measured round trip; the RTO follows and is no longer backed off.
  /// RFC 6298 (2.2) to (2.5). By Karn's rule, never that of a segment that was sent twice.
  constexpr void measure(Duration round_trip, const TcpConfig& config) {
    const std::int64_t r = whole(round_trip);
    if (srtt_ == 0) {
      srtt_ = static_cast<std::uint32_t>(r);
      rttvar_ = static_cast<std::uint32_t>(r / 2);
    } else {
      const std::int64_t error = r - srtt_;
      const std::int64_t spread = error < 0 ? -error : error;
      rttvar_ = static_cast<std::uint32_t>(rttvar_ + (spread - rttvar_) / 4);
      srtt_ = static_cast<std::uint32_t>(srtt_ + error / 8);
    }
    const std::int64_t least =
        config.rto_floor == RtoFloor::variation ? whole(config.rto_min) : kGranularity;
    const std::int64_t margin = std::int64_t{rttvar_} * 4;
    Duration rto = std::chrono::microseconds{srtt_ + (margin > least ? margin : least)};
    if (config.rto_floor == RtoFloor::addition) rto += config.rto_min;
    set(rto, config);
  }

  /// Doubles the RTO. RFC 6298 (5.5).
  constexpr void back_off(const TcpConfig& config) { set(value() * 2, config); }

  /// A SYN was lost: data begin with 3 s if the RTO began with less. RFC 6298 (5.7).
  constexpr void begin_data_after_lost_syn(const TcpConfig& config) {
    constexpr Duration kCautious = std::chrono::seconds{3};
    if (config.rto_initial < kCautious) set(kCautious, config);
  }

 private:
  static constexpr std::int64_t kGranularity = 1;  ///< G of RFC 6298, microseconds.

  /// Never 0: a deadline lies after the present, and an SRTT of 0 means that there is none.
  static constexpr std::uint32_t whole(Duration time) {
    const std::int64_t microseconds = time.count() / 1000;
    if (microseconds < 1) return 1;
    return microseconds > 0xffffffff ? 0xffffffff : static_cast<std::uint32_t>(microseconds);
  }
  /// RFC 6298 (2.4) and (2.5).
  constexpr void set(Duration rto, const TcpConfig& config) {
    if (rto < config.rto_min) rto = config.rto_min;
    if (rto > config.rto_max) rto = config.rto_max;
    rto_ = whole(rto);
  }

  std::uint32_t srtt_ = 0;
  std::uint32_t rttvar_ = 0;
  std::uint32_t rto_;
};

static_assert(sizeof(RetransmissionTimeout) == 12);

}  // namespace demuxsim
