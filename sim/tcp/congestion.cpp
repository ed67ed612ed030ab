#include "demuxsim/tcp/congestion.hpp"

#include <algorithm>

namespace demuxsim {
namespace {

/// RFC 5681 section 3.1.
std::uint32_t initial_segments(std::uint32_t mss) {
  if (mss > 2190) return 2;
  return mss > 1095 ? 3 : 4;
}

std::uint32_t initial_window(const TcpConfig& config, std::uint32_t mss) {
  return mss * (config.initial_window != 0 ? config.initial_window : initial_segments(mss));
}

}  // namespace

std::uint32_t cube_root(std::uint64_t number) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 21; bit != 0; bit >>= 1) {
    const std::uint64_t more = root | bit;
    if (more <= 2642245 && more * more * more <= number) root = more;  // Else it would overflow.
  }
  return static_cast<std::uint32_t>(root);
}

void CongestionControl::begin(const TcpConfig& config, std::uint32_t mss, bool careful) {
  if (config.congestion == Congestion::none) return;
  window_ = careful ? mss : initial_window(config, mss);
}

void CongestionControl::on_acknowledged(const TcpConfig& config, const Acknowledged& what) {
  if (config.congestion == Congestion::none) return;
  if (in_slow_start()) {                          // MUST-19
    grow_by(std::min(what.bytes, 2 * what.mss));  // RFC 3465 section 2.3, L = 2.
  } else if (config.congestion == Congestion::newreno) {
    grow_reno(what.bytes, what.mss);  // MUST-19
  } else {
    grow_cubic(what);  // MAY-18
  }
}

void CongestionControl::grow_by(std::uint64_t bytes) {
  window_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(window_ + bytes, kUnlimited));
}

/// One segment for each window that is acknowledged: RFC 5681 section 3.1, counted in bytes as RFC
/// 3465 recommends.
void CongestionControl::grow_reno(std::uint32_t bytes, std::uint32_t mss) {
  counted_ += bytes;
  if (counted_ < window_) return;
  counted_ -= window_;
  grow_by(mss);
}

/// RFC 9438 sections 4.2 to 4.5, with C = 0.4, beta = 0.7 and so alpha = 9/17.
void CongestionControl::grow_cubic(const Acknowledged& what) {
  if (epoch_ == kNever) begin_epoch(what.now, what.mss);
  estimate_ += static_cast<std::uint32_t>(std::uint64_t{what.bytes} * what.mss * 9 / 17 / window_);
  const std::int64_t elapsed_ms = (what.now - epoch_ + what.round_trip).count() / 1'000'000;
  const std::int64_t t = std::clamp<std::int64_t>(elapsed_ms - origin_ms_, -30'000, 30'000);
  const std::int64_t rise = t * t * t / 1'000'000 * what.mss * 4 / 10'000;
  const std::int64_t cubic =
      std::clamp<std::int64_t>(most_ + rise, window_, std::int64_t{window_} * 3 / 2);
  const auto target = static_cast<std::uint64_t>(cubic);
  if (target < estimate_) {
    window_ = std::min(estimate_, kUnlimited);
  } else if (target > window_) {
    grow_by(std::max<std::uint64_t>(1, (target - window_) * what.bytes / window_));
  }
}

void CongestionControl::begin_epoch(SimTime now, std::uint32_t mss) {
  epoch_ = now;
  estimate_ = window_;
  most_ = std::max(most_, window_);
  // K = cbrt((W_max - cwnd) / C) seconds, in segments; here in milliseconds and bytes.
  origin_ms_ = cube_root(std::uint64_t{most_ - window_} * 2'500'000'000 / mss);
}

void CongestionControl::reduce(const TcpConfig& config, std::uint32_t in_flight,
                               std::uint32_t mss) {
  std::uint64_t rest = in_flight / 2;
  if (config.congestion == Congestion::cubic) {
    rest = std::uint64_t{window_} * 7 / 10;
    // Fast convergence, RFC 9438 section 4.7: a window that shrinks makes room for new flows.
    most_ =
        static_cast<std::uint32_t>(window_ < most_ ? std::uint64_t{window_} * 17 / 20 : window_);
    epoch_ = kNever;
  }
  threshold_ = std::max(static_cast<std::uint32_t>(rest), 2 * mss);
  counted_ = 0;
}

void CongestionControl::on_loss(const TcpConfig& config, std::uint32_t in_flight,
                                std::uint32_t mss) {
  if (config.congestion == Congestion::none) return;
  reduce(config, in_flight, mss);
  window_ = threshold_;
}

void CongestionControl::on_timeout(const TcpConfig& config, std::uint32_t in_flight,
                                   std::uint32_t mss, bool again) {
  if (config.congestion == Congestion::none) return;
  if (!again) reduce(config, in_flight, mss);
  window_ = mss;  // MUST-19
}

void CongestionControl::on_idle(const TcpConfig& config, std::uint32_t mss) {
  if (config.congestion == Congestion::none) return;
  window_ = std::min(window_, initial_window(config, mss));
  epoch_ = kNever;
}

}  // namespace demuxsim
