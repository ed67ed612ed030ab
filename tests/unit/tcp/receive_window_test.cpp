#include "demuxsim/tcp/receive_window.hpp"

#include "support/catch.hpp"

using namespace demuxsim;

namespace {

Segment segment(std::uint32_t seq, std::uint16_t payload_bytes, std::uint8_t flags = flag::kAck) {
  Segment in;
  in.seq = {seq};
  in.payload_bytes = payload_bytes;
  in.flags = flags;
  return in;
}

}  // namespace

TEST_CASE("The four cases of acceptability", "[rfc9293-3.4]") {
  const ReceiveWindow open{{1000}, 100};
  const ReceiveWindow shut{{1000}, 0};
  // Length 0, window 0.
  CHECK(shut.accepts(segment(1000, 0)));
  CHECK_FALSE(shut.accepts(segment(999, 0)));
  CHECK_FALSE(shut.accepts(segment(1001, 0)));
  // Length 0, window > 0.
  CHECK(open.accepts(segment(1000, 0)));
  CHECK(open.accepts(segment(1099, 0)));
  CHECK_FALSE(open.accepts(segment(1100, 0)));
  CHECK_FALSE(open.accepts(segment(999, 0)));
  // Length > 0, window 0.
  CHECK_FALSE(shut.accepts(segment(1000, 1)));
  CHECK_FALSE(shut.accepts(segment(999, 2)));
  // Length > 0, window > 0.
  CHECK(open.accepts(segment(1000, 100)));
  CHECK(open.accepts(segment(1099, 500)));
  CHECK(open.accepts(segment(990, 11)));
  CHECK_FALSE(open.accepts(segment(990, 10)));
  CHECK_FALSE(open.accepts(segment(1100, 1)));
  // A FIN takes a number, too.
  CHECK(open.accepts(segment(990, 10, flag::kAck | flag::kFin)));
  CHECK_FALSE(shut.accepts(segment(1000, 0, flag::kAck | flag::kFin)));
}

TEST_CASE("The window may lie across the end of the number space", "[rfc9293-3.4]") {
  const ReceiveWindow window{{0xffff'fff0}, 100};
  CHECK(window.accepts(segment(0xffff'fff0, 0)));
  CHECK(window.accepts(segment(83, 1)));
  CHECK_FALSE(window.accepts(segment(84, 1)));
  CHECK(window.accepts(segment(0xffff'ffe0, 17)));
  CHECK_FALSE(window.accepts(segment(0xffff'ffe0, 16)));
}
