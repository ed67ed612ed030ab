#include "demuxsim/report/resent.hpp"

#include "golden/report_story.hpp"
#include "support/catch.hpp"

using namespace demuxsim;
using namespace demuxsim::test;

namespace {

const Endpoint kClient = at("10.0.0.11", 49152);
const Endpoint kServer = at("10.0.0.1", 80);

struct Reader {
  ResentBook book;
  Story story;

  bool sent(const Endpoint& from, const Endpoint& to, unsigned flags, std::uint32_t seq,
            std::uint16_t bytes = 0) {
    Segment segment = story.segment(from, to, flags, seq, 0);
    segment.payload_bytes = bytes;
    story.sent(segment);
    return book.note(story.records.back());
  }
  bool client(unsigned flags, std::uint32_t seq, std::uint16_t bytes = 0) {
    return sent(kClient, kServer, flags, seq, bytes);
  }
  bool server(unsigned flags, std::uint32_t seq, std::uint16_t bytes = 0) {
    return sent(kServer, kClient, flags, seq, bytes);
  }
};

}  // namespace

TEST_CASE("a segment is sent again if its end has sent its numbers before", "[report][resent]") {
  Reader reader;
  CHECK_FALSE(reader.client(flag::kSyn, 100));
  CHECK(reader.client(flag::kSyn, 100));
  CHECK_FALSE(reader.server(flag::kSyn | flag::kAck, 100));
  CHECK_FALSE(reader.client(flag::kAck, 101));
  CHECK_FALSE(reader.client(flag::kAck, 101));
  CHECK_FALSE(reader.client(flag::kAck, 101, 50));
  CHECK_FALSE(reader.client(flag::kAck, 151, 50));
  CHECK(reader.client(flag::kAck, 101, 50));
  CHECK(reader.client(flag::kAck, 151, 80));
  CHECK_FALSE(reader.client(flag::kFin | flag::kAck, 231));
  CHECK(reader.client(flag::kFin | flag::kAck, 231));
  CHECK_FALSE(reader.client(flag::kRst, 101));
  CHECK(reader.server(flag::kSyn | flag::kAck, 100));
}

TEST_CASE("the answer of a simultaneous open is no repetition", "[report][resent]") {
  Reader reader;
  CHECK_FALSE(reader.client(flag::kSyn, 100));
  CHECK_FALSE(reader.client(flag::kSyn | flag::kAck, 100));
  CHECK(reader.client(flag::kSyn | flag::kAck, 100));
}

TEST_CASE("numbers wrap round", "[report][resent]") {
  Reader reader;
  CHECK_FALSE(reader.client(flag::kSyn, 0xffff'fff0));
  CHECK_FALSE(reader.client(flag::kAck, 0xffff'fff1, 100));
  CHECK_FALSE(reader.client(flag::kAck, 0x55, 100));
  CHECK(reader.client(flag::kAck, 0xffff'fff1, 100));
}

TEST_CASE("the next connection between two ends begins anew", "[report][resent]") {
  Reader reader;
  CHECK_FALSE(reader.client(flag::kSyn, 1000));
  CHECK_FALSE(reader.client(flag::kAck, 1001, 100));
  CHECK_FALSE(reader.client(flag::kSyn, 500));
  CHECK_FALSE(reader.client(flag::kAck, 501, 100));
  CHECK(reader.client(flag::kAck, 501, 100));
  reader.story.state(kClient, kServer, TcpState::last_ack, TcpState::closed);
  CHECK_FALSE(reader.book.note(reader.story.records.back()));
  CHECK_FALSE(reader.client(flag::kSyn, 500));
  reader.book.clear();
  CHECK_FALSE(reader.client(flag::kSyn, 500));
}

TEST_CASE("the ends seen last are remembered, and not many more", "[report][resent]") {
  Reader reader;
  const auto syn_from = [&](std::size_t i) {
    reader.story.records.clear();
    return reader.sent(at("10.0.1.1", static_cast<std::uint16_t>(i + 1)), kServer, flag::kSyn, 7);
  };
  for (std::size_t i = 0; i < 3 * ResentBook::kRemembered; ++i) REQUIRE_FALSE(syn_from(i));
  CHECK_FALSE(syn_from(0));
  for (std::size_t i = 1; i < ResentBook::kRemembered; ++i) {
    REQUIRE(syn_from(3 * ResentBook::kRemembered - i));
  }
}
