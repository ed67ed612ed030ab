#include "demuxsim/net/sequence.hpp"

#include "support/catch.hpp"

namespace demuxsim {

TEST_CASE("sequence numbers compare by the shorter way round", "[net][rfc9293-3.4]") {
  const SequenceNumber last{0xffffffff};
  CHECK(last + 1 == SequenceNumber{0});
  CHECK(SequenceNumber{0} - 1u == last);
  CHECK(last < SequenceNumber{0});
  CHECK(SequenceNumber{0} > last);
  CHECK(last < SequenceNumber{0x7ffffffe});
  CHECK_FALSE(SequenceNumber{5} < SequenceNumber{5});
  CHECK(SequenceNumber{5} <= SequenceNumber{5});
  CHECK(SequenceNumber{5} >= SequenceNumber{5});
  CHECK(SequenceNumber{3} - last == 4);
}

}  // namespace demuxsim
