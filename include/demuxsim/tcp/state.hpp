// The connection states of RFC 9293 section 3.3.2, under the names printed there.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace demuxsim {

enum class TcpState : std::uint8_t {
  closed,
  listen,
  syn_sent,
  syn_received,
  established,
  fin_wait_1,
  fin_wait_2,
  close_wait,
  closing,
  last_ack,
  time_wait,
};

inline constexpr std::size_t kTcpStateCount = 11;

inline constexpr std::array<std::string_view, kTcpStateCount> kTcpStateNames{
    "CLOSED",     "LISTEN",     "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1",
    "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",  "LAST-ACK",     "TIME-WAIT"};

constexpr std::string_view name_of(TcpState state) {
  return kTcpStateNames[static_cast<std::size_t>(state)];
}

/// Takes exactly what name_of gives.
constexpr std::optional<TcpState> tcp_state_from(std::string_view name) {
  for (std::size_t i = 0; i < kTcpStateCount; ++i) {
    if (kTcpStateNames[i] == name) return static_cast<TcpState>(i);
  }
  return std::nullopt;
}

}  // namespace demuxsim
