// Text that arrives in any order, cut in any way, beside a model that keeps an array of bytes.
#include <algorithm>
#include <optional>
#include <vector>

#include "demuxsim/core/random.hpp"
#include "demuxsim/tcp/connection.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

constexpr std::uint32_t kWindow = 600;
constexpr std::uint32_t kStreamBytes = 3000;

/// Remembers for each byte of the stream in which Stream it came first.
class Model {
 public:
  Model() : bytes_(kStreamBytes) {}

  void add(const Text& text, std::uint32_t begin) {
    for (std::uint32_t at = begin; at < begin + text.bytes; ++at) {
      if (!bytes_[at]) bytes_[at] = text.stream;
    }
  }
  bool has(std::uint32_t at) const { return at < kStreamBytes && bytes_[at].has_value(); }
  Stream at(std::uint32_t offset) const { return *bytes_[offset]; }

 private:
  std::vector<std::optional<Stream>> bytes_;
};

}  // namespace

TEST_CASE("Ranges come back in order, each byte once, as they first came") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    Rng rng(seed, {StreamKind::test, 1});
    const SequenceNumber origin{static_cast<std::uint32_t>(rng.next())};
    const std::uint64_t longest = 1 + rng.below(200);
    Reassembly held;
    Model model;
    std::uint32_t next = 0;
    while (next < kStreamBytes) {
      const std::uint64_t ahead = rng.below(rng.chance({1, 3}) ? 5 : kWindow);
      const auto begin = next + static_cast<std::uint32_t>(ahead);
      const auto room = begin < kStreamBytes ? kStreamBytes - begin : 0;
      const auto bytes = std::min(room, 1 + static_cast<std::uint32_t>(rng.below(longest)));
      const Text text{origin + begin, bytes, Stream{static_cast<std::uint32_t>(rng.below(2))}};
      held.add(text);
      model.add(text, begin);
      while (const auto ready = held.take(origin + next)) {
        REQUIRE(ready->begin == origin + next);
        REQUIRE(ready->bytes > 0);
        for (std::uint32_t i = 0; i < ready->bytes; ++i, ++next) {
          if (!model.has(next) || ready->stream != model.at(next)) FAIL("wrong byte at " << next);
        }
      }
      REQUIRE_FALSE(model.has(next));
    }
    CHECK(held.empty());
  }
}

TEST_CASE("A connection delivers what a window and an array of bytes would") {
  TcpConfig config;
  config.window = kWindow;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    Rng rng(seed, {StreamKind::test, 2});
    Segment in;
    in.flags = flag::kSyn;
    in.seq = {static_cast<std::uint32_t>(rng.next())};
    in.window = 1000;
    const SequenceNumber origin = in.seq + 1;
    auto tcp = TcpConnection::open_from_syn(in, {999}, config);
    in.flags = flag::kAck;
    in.ack = {1000};
    in.seq = origin;
    tcp.on_segment(kStart, in, config);
    REQUIRE(tcp.state() == TcpState::established);

    Model model;
    std::uint32_t next = 0;
    bool finished = false;
    while (!finished) {
      // Anywhere around the window, also before and behind it.
      const auto begin = static_cast<std::uint32_t>(rng.below(next + kWindow + 100));
      if (begin > kStreamBytes) continue;
      const auto longest = std::min<std::uint64_t>(kStreamBytes - begin, 200);
      in.seq = origin + begin;
      in.payload_bytes = static_cast<std::uint16_t>(rng.below(longest + 1));
      const std::uint32_t end = begin + in.payload_bytes;
      in.flags = flag::kAck;
      if (end == kStreamBytes) in.flags |= flag::kFin;
      const std::uint32_t window = tcp.rcv_wnd();
      const TcpNews news = tcp.on_segment(kStart, in, config);
      const std::uint32_t from = std::max(begin, next);
      const std::uint32_t to = std::min(end, next + window);
      if (from < to) model.add({origin + from, to - from, {}}, from);
      const std::uint32_t before = next;
      while (model.has(next)) ++next;
      REQUIRE(news.delivered_bytes == next - before);
      if (next > before) REQUIRE(news.delivered_offset == before);
      REQUIRE(tcp.received_bytes() == next);
      finished = news.peer_finished;
      if (finished) REQUIRE(next == kStreamBytes);
      Segment out;
      const bool answered = tcp.next_segment(kStart, config, out);
      if (answered) REQUIRE(out.ack == tcp.rcv_nxt());
      REQUIRE((answered || in.length() == 0));
    }
    CHECK(tcp.state() == TcpState::close_wait);
    CHECK(tcp.rcv_nxt() == origin + kStreamBytes + 1);
  }
}
