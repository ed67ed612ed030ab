// How a connection ends and what is left of it: RFC 9293 sections 3.5.3, 3.6 and 3.6.1.
#include "support/rfc9293_peer.hpp"

using namespace demuxsim;
using namespace demuxsim::test;

namespace {

constexpr std::uint32_t kSnd = Established::kSnd;
constexpr std::uint32_t kRcv = Established::kRcv;

}  // namespace

TEST_CASE("Its owner learns whether the peer has closed or aborted", "[rfc9293-3.6][MUST-12]") {
  Established closed;
  closed.take(Established::segment(flag::kFin | flag::kAck, kRcv, kSnd));
  CHECK(closed.a.news.peer_finished);
  CHECK(closed.a.news.failure == Errno::ok);
  Established aborted;
  aborted.take(Established::segment(flag::kRst, kRcv, 0));
  CHECK_FALSE(aborted.a.news.peer_finished);
  CHECK(aborted.a.news.failure == Errno::econnreset);
}

TEST_CASE("A reset may carry text, which nobody reads", "[rfc9293-3.5.3][SHLD-2]") {
  Established end;
  end.take(Established::segment(flag::kRst, kRcv, 0, 20));
  CHECK(end.a.state() == TcpState::closed);
  CHECK(end.a.delivered == 0);
}

TEST_CASE("A larger timestamp shortens TIME-WAIT", "[rfc9293-3.6.1][SHLD-4]") {
  TcpConfig config;
  config.time_wait_reuse = TimeWaitReuse::timestamps;
  TimeWait old;
  old.snd_nxt = {kSnd};
  old.rcv_nxt = {kRcv};
  old.window = 1000;
  old.timestamps = true;
  old.ts_recent = 100;
  Segment syn = Established::segment(flag::kSyn, kRcv - 1'000'000, 0);
  syn.options = Segment::kTimestamps;
  syn.ts_value = 101;
  CHECK(arrive_in_time_wait(old, syn, config) == TimeWaitVerdict::admit);
  syn.ts_value = 99;
  syn.seq = {kRcv + 1};
  CHECK(arrive_in_time_wait(old, syn, config) == TimeWaitVerdict::acknowledge);
}
