// Every change of state that RFC 9293 allows, as one table: the connection checks each of its
// changes against it, and tools/tcp_states draws it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "demuxsim/tcp/state.hpp"

namespace demuxsim {

/// What can make a connection change its state: a call, an arriving segment or a time-out.
enum class TcpEvent : std::uint8_t {
  passive_open,
  active_open,
  close,
  abort,
  receive_syn,
  receive_syn_ack,
  receive_ack_of_syn,
  receive_fin,
  receive_ack_of_fin,
  receive_rst,
  hard_error,
  user_timeout,
  time_wait_timeout,
};

inline constexpr std::size_t kTcpEventCount = 13;

inline constexpr std::array<std::string_view, kTcpEventCount> kTcpEventNames{
    "passive OPEN", "active OPEN",    "CLOSE",        "ABORT",          "rcv SYN",
    "rcv SYN,ACK",  "rcv ACK of SYN", "rcv FIN",      "rcv ACK of FIN", "rcv RST",
    "ICMP error",   "user timeout",   "2 MSL timeout"};

constexpr std::string_view name_of(TcpEvent event) {
  return kTcpEventNames[static_cast<std::size_t>(event)];
}

struct Transition {
  TcpState from;
  TcpEvent event;
  TcpState to;
  std::string_view section;  ///< Of RFC 9293.
};

/// A connection of its own stands for each SYN that a listener admits; where the RFC returns it to
/// LISTEN, it ends and leaves the listener as it was.
inline constexpr auto kTransitions = [] {
  using enum TcpState;
  using enum TcpEvent;
  return std::to_array<Transition>({
      {closed, passive_open, listen, "3.10.1"},
      {closed, active_open, syn_sent, "3.10.1"},
      {listen, close, closed, "3.10.4"},
      {listen, abort, closed, "3.10.5"},
      {listen, receive_syn, syn_received, "3.10.7.2"},
      {syn_sent, close, closed, "3.10.4"},
      {syn_sent, abort, closed, "3.10.5"},
      {syn_sent, receive_syn, syn_received, "3.10.7.3"},
      {syn_sent, receive_syn_ack, established, "3.10.7.3"},
      {syn_sent, receive_rst, closed, "3.10.7.3"},
      {syn_sent, hard_error, closed, "3.9.2.2"},
      {syn_sent, user_timeout, closed, "3.10.8"},
      {syn_received, abort, closed, "3.10.5"},
      {syn_received, receive_syn, listen, "3.10.7.4"},
      {syn_received, receive_syn, closed, "3.10.7.4"},
      {syn_received, receive_ack_of_syn, established, "3.10.7.4"},
      {syn_received, receive_rst, listen, "3.10.7.4"},
      {syn_received, receive_rst, closed, "3.10.7.4"},
      {syn_received, hard_error, closed, "3.9.2.2"},
      {syn_received, user_timeout, closed, "3.10.8"},
      {established, close, fin_wait_1, "3.10.4"},
      {established, abort, closed, "3.10.5"},
      {established, receive_fin, close_wait, "3.10.7.4"},
      {established, receive_syn, closed, "3.10.7.4"},
      {established, receive_rst, closed, "3.10.7.4"},
      {established, hard_error, closed, "3.9.2.2"},
      {established, user_timeout, closed, "3.10.8"},
      {fin_wait_1, abort, closed, "3.10.5"},
      {fin_wait_1, receive_fin, closing, "3.10.7.4"},
      {fin_wait_1, receive_ack_of_fin, fin_wait_2, "3.10.7.4"},
      {fin_wait_1, receive_syn, closed, "3.10.7.4"},
      {fin_wait_1, receive_rst, closed, "3.10.7.4"},
      {fin_wait_1, hard_error, closed, "3.9.2.2"},
      {fin_wait_1, user_timeout, closed, "3.10.8"},
      {fin_wait_2, abort, closed, "3.10.5"},
      {fin_wait_2, receive_fin, time_wait, "3.10.7.4"},
      {fin_wait_2, receive_syn, closed, "3.10.7.4"},
      {fin_wait_2, receive_rst, closed, "3.10.7.4"},
      {fin_wait_2, hard_error, closed, "3.9.2.2"},
      {fin_wait_2, user_timeout, closed, "3.10.8"},
      {close_wait, close, last_ack, "3.10.4"},
      {close_wait, abort, closed, "3.10.5"},
      {close_wait, receive_syn, closed, "3.10.7.4"},
      {close_wait, receive_rst, closed, "3.10.7.4"},
      {close_wait, hard_error, closed, "3.9.2.2"},
      {close_wait, user_timeout, closed, "3.10.8"},
      {closing, abort, closed, "3.10.5"},
      {closing, receive_ack_of_fin, time_wait, "3.10.7.4"},
      {closing, receive_syn, closed, "3.10.7.4"},
      {closing, receive_rst, closed, "3.10.7.4"},
      {closing, hard_error, closed, "3.9.2.2"},
      {closing, user_timeout, closed, "3.10.8"},
      {last_ack, abort, closed, "3.10.5"},
      {last_ack, receive_ack_of_fin, closed, "3.10.7.4"},
      {last_ack, receive_syn, closed, "3.10.7.4"},
      {last_ack, receive_rst, closed, "3.10.7.4"},
      {last_ack, hard_error, closed, "3.9.2.2"},
      {last_ack, user_timeout, closed, "3.10.8"},
      {time_wait, abort, closed, "3.10.5"},
      {time_wait, receive_syn, syn_received, "3.6.1"},
      {time_wait, receive_rst, closed, "3.10.7.4"},
      {time_wait, time_wait_timeout, closed, "3.10.8"},
  });
}();

/// For each event and state, one bit for each state that may follow.
inline constexpr auto kTransitionBits = [] {
  std::array<std::array<std::uint16_t, kTcpStateCount>, kTcpEventCount> bits{};
  for (const Transition& each : kTransitions) {
    auto& entry = bits[static_cast<std::size_t>(each.event)][static_cast<std::size_t>(each.from)];
    entry = static_cast<std::uint16_t>(entry | 1u << static_cast<unsigned>(each.to));
  }
  return bits;
}();

/// Whether kTransitions has this change.
constexpr bool is_transition(TcpState from, TcpEvent event, TcpState to) {
  const std::uint16_t bits =
      kTransitionBits[static_cast<std::size_t>(event)][static_cast<std::size_t>(from)];
  return (bits >> static_cast<unsigned>(to) & 1u) != 0;
}

/// kTransitions as a graph for Graphviz: one edge a row, in the order of the table.
std::string transitions_as_dot();

}  // namespace demuxsim
