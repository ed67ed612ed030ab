#include "demuxsim/tcp/rto.hpp"

#include <chrono>

#include "support/catch.hpp"

using namespace demuxsim;
using namespace std::chrono_literals;

namespace {

/// Limits out of the way, so that the formulas show.
TcpConfig free_of_limits() {
  TcpConfig config;
  config.rto_min = 0ns;
  config.rto_max = std::chrono::hours{1};
  return config;
}

}  // namespace

TEST_CASE("Before a measurement the RTO is the initial one", "[rfc6298-2.1]") {
  CHECK(RetransmissionTimeout(TcpConfig{}).value() == 1s);
}

TEST_CASE("The first measurement gives R and R/2", "[rfc6298-2.2]") {
  const TcpConfig config = free_of_limits();
  RetransmissionTimeout rto(config);
  rto.measure(100ms, config);
  CHECK(rto.smoothed() == 100ms);
  CHECK(rto.variation() == 50ms);
  CHECK(rto.value() == 300ms);
}

TEST_CASE("Later measurements move RTTVAR by a quarter and SRTT by an eighth", "[rfc6298-2.3]") {
  const TcpConfig config = free_of_limits();
  RetransmissionTimeout rto(config);
  rto.measure(100ms, config);
  rto.measure(180ms, config);
  CHECK(rto.variation() == 57'500us);  // 3/4 of 50 ms and 1/4 of 80 ms
  CHECK(rto.smoothed() == 110ms);      // 7/8 of 100 ms and 1/8 of 180 ms
  CHECK(rto.value() == 340ms);
  rto.measure(30ms, config);
  CHECK(rto.variation() == 63'125us);
  CHECK(rto.smoothed() == 100ms);
}

TEST_CASE("The RTO is at least the minimum and at most the maximum", "[rfc6298-2.4]") {
  const TcpConfig config;
  RetransmissionTimeout rto(config);
  rto.measure(10ms, config);
  CHECK(rto.value() == 1s);
  rto.measure(std::chrono::minutes{10}, config);
  CHECK(rto.value() == 60s);
}

TEST_CASE("A constant round trip leaves no variation but the clock's", "[rfc6298-2.3]") {
  const TcpConfig config = free_of_limits();
  RetransmissionTimeout rto(config);
  for (int i = 0; i < 100; ++i) rto.measure(20ms, config);
  CHECK(rto.smoothed() == 20ms);
  CHECK(rto.value() <= 20ms + 15us);
  CHECK(rto.value() > 20ms);
}

TEST_CASE("Backing off doubles up to the maximum; a measurement ends it", "[rfc6298-5.5]") {
  const TcpConfig config;
  RetransmissionTimeout rto(config);
  for (const Duration expected : {2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    rto.back_off(config);
    CHECK(rto.value() == expected);
  }
  rto.measure(10ms, config);
  CHECK(rto.value() == 1s);
}

TEST_CASE("After a lost SYN data begin with 3 seconds", "[rfc6298-5.7]") {
  TcpConfig config;
  RetransmissionTimeout rto(config);
  rto.back_off(config);
  rto.begin_data_after_lost_syn(config);
  CHECK(rto.value() == 3s);

  config.rto_initial = 3s;
  RetransmissionTimeout cautious(config);
  cautious.back_off(config);
  cautious.begin_data_after_lost_syn(config);
  CHECK(cautious.value() == 6s);
}

TEST_CASE("No time-out is ever 0, and none overflows") {
  TcpConfig config = free_of_limits();
  config.rto_initial = 0ns;
  RetransmissionTimeout rto(config);
  CHECK(rto.value() > 0ns);
  rto.measure(0ns, config);
  CHECK(rto.value() > 0ns);
  config.rto_max = Duration::max() / 4;
  rto.measure(Duration::max() / 4, config);
  for (int i = 0; i < 100; ++i) rto.back_off(config);
  CHECK(rto.value() > std::chrono::hours{1});
}
