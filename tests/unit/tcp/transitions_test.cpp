#include "demuxsim/tcp/transitions.hpp"

#include <algorithm>

#include "support/catch.hpp"

using namespace demuxsim;

TEST_CASE("The bits say what the table says") {
  std::size_t allowed = 0;
  for (std::size_t from = 0; from < kTcpStateCount; ++from) {
    for (std::size_t event = 0; event < kTcpEventCount; ++event) {
      for (std::size_t to = 0; to < kTcpStateCount; ++to) {
        const auto f = static_cast<TcpState>(from);
        const auto e = static_cast<TcpEvent>(event);
        const auto t = static_cast<TcpState>(to);
        const bool listed =
            std::any_of(kTransitions.begin(), kTransitions.end(), [&](const Transition& each) {
              return each.from == f && each.event == e && each.to == t;
            });
        CHECK(is_transition(f, e, t) == listed);
        allowed += listed ? 1 : 0;
      }
    }
  }
  CHECK(allowed == kTransitions.size());  // No row stands there twice.
}

TEST_CASE("The arrows of figure 5 are in the table", "[rfc9293-3.3.2]") {
  using enum TcpState;
  using enum TcpEvent;
  CHECK(is_transition(closed, passive_open, TcpState::listen));
  CHECK(is_transition(closed, active_open, syn_sent));
  CHECK(is_transition(TcpState::listen, receive_syn, syn_received));
  CHECK(is_transition(TcpState::listen, TcpEvent::close, closed));
  CHECK(is_transition(syn_sent, receive_syn, syn_received));
  CHECK(is_transition(syn_sent, receive_syn_ack, established));
  CHECK(is_transition(syn_sent, TcpEvent::close, closed));
  CHECK(is_transition(syn_received, receive_rst, TcpState::listen));
  CHECK(is_transition(syn_received, receive_ack_of_syn, established));
  CHECK(is_transition(established, TcpEvent::close, fin_wait_1));
  CHECK(is_transition(established, receive_fin, close_wait));
  CHECK(is_transition(fin_wait_1, receive_ack_of_fin, fin_wait_2));
  CHECK(is_transition(fin_wait_1, receive_fin, closing));
  CHECK(is_transition(fin_wait_2, receive_fin, time_wait));
  CHECK(is_transition(close_wait, TcpEvent::close, last_ack));
  CHECK(is_transition(closing, receive_ack_of_fin, time_wait));
  CHECK(is_transition(last_ack, receive_ack_of_fin, closed));
  CHECK(is_transition(time_wait, time_wait_timeout, closed));
}

TEST_CASE("Every state can be entered and left") {
  for (std::size_t i = 0; i < kTcpStateCount; ++i) {
    const auto state = static_cast<TcpState>(i);
    CAPTURE(name_of(state));
    CHECK(std::any_of(kTransitions.begin(), kTransitions.end(),
                      [&](const Transition& each) { return each.from == state; }));
    CHECK(std::any_of(kTransitions.begin(), kTransitions.end(),
                      [&](const Transition& each) { return each.to == state; }));
  }
}
