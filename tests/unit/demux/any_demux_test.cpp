#include "demuxsim/demux/any_demux.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "support/catch.hpp"

namespace demuxsim {
namespace {

FourTuple4 key(std::uint16_t port) { return {0x0a000001, 0x0a000002, 80, port}; }

/// An algorithm of the test's own: it knows the newest connection alone.
template <class Key>
class NewestOnly {
 public:
  static constexpr AlgorithmInfo kInfo{"newest"};

  explicit NewestOnly(const DemuxConfig& = {}) {}

  DemuxResult find(const Key& sought) const {
    if (newest_.holds(sought)) return {newest_.value(), 1};
    return {DemuxResult::kNone, newest_.any() ? 1u : 0u};
  }
  template <class See>
  DemuxResult walk(const Key& sought, See&&) const {
    return find(sought);
  }
  bool insert(const Key& inserted, std::uint32_t value) {
    if (newest_.holds(inserted)) return false;
    newest_.remember(inserted, value);
    return true;
  }
  bool erase(const Key& erased) {
    const bool there = newest_.holds(erased);
    newest_.forget(erased);
    return there;
  }
  void note_sent(const Key&) {}
  template <class F>
  void for_each(F&& f) const {
    if (newest_.any()) f(newest_.key(), newest_.value());
  }
  std::size_t size() const { return newest_.any() ? 1 : 0; }
  std::size_t memory_bytes() const { return 0; }

 private:
  RecentEntry<Key> newest_;
};

static_assert(NamedDemultiplexer<NewestOnly<FourTuple4>, FourTuple4>);

}  // namespace

TEST_CASE("algorithms are read as they are printed", "[demux]") {
  std::set<std::string> names;
  for (const AlgorithmInfo& info : table_infos()) {
    CAPTURE(std::string(info.name));
    const auto plain = parse_algorithm(info.name);
    REQUIRE(plain.has_value());
    CHECK(parse_algorithm(to_string(*plain)) == *plain);
    CHECK(to_string(*plain).starts_with(info.name));
    names.insert(to_string(*plain));
  }
  CHECK(names.size() == table_infos().size());
  CHECK(to_string(Algorithm{}) == "open");
  CHECK(names.count("linear") == 1);
  for (const std::string_view name :
       {"open@fast", "rss:4/open@crc32c", "rss:128/linear", "sequent:100@toeplitz-keyed",
        "rss:1/chains:7@sum", "linux:65536", "linux:1024@toeplitz", "move-to-front", "send-receive",
        "bsd", "flat@fast"}) {
    CAPTURE(std::string(name));
    REQUIRE(parse_algorithm(name).has_value());
    CHECK(to_string(*parse_algorithm(name)) == name);
  }
  CHECK(to_string(*parse_algorithm("rss")) == "rss:4/open");
  CHECK(to_string(*parse_algorithm("open@siphash")) == "open");
  CHECK(to_string(*parse_algorithm("sequent")) == "sequent:19");
  CHECK(to_string(*parse_algorithm("chains")) == "chains:19");
  CHECK(to_string(*parse_algorithm("linux")) == "linux:65536");
}

TEST_CASE("what is no algorithm is refused with a reason", "[demux]") {
  for (const std::string_view name : {"",
                                      "Open",
                                      "open ",
                                      "open:3",
                                      "linear@fast",
                                      "open@",
                                      "open@md5",
                                      "rss:0/open",
                                      "rss:999",
                                      "rss:x/open",
                                      "rss:4/",
                                      "rss:4/rss:4/open",
                                      "open/open",
                                      "/open",
                                      ":",
                                      "@",
                                      "open@fast@fast",
                                      "bsd:2",
                                      "bsd@fast",
                                      "sequent:0",
                                      "sequent:",
                                      "chains:-1",
                                      "chains:999999999999",
                                      "linux:x",
                                      "flat:16",
                                      "move-to-front@sum"}) {
    CAPTURE(std::string(name));
    const auto refused = parse_algorithm(name);
    REQUIRE_FALSE(refused.has_value());
    CHECK_FALSE(refused.error().empty());
  }
}

TEST_CASE("the algorithm chosen is the one that answers", "[demux]") {
  AnyDemux<FourTuple4> open(*parse_algorithm("open"), 1);
  AnyDemux<FourTuple4> linear(*parse_algorithm("linear"), 1);
  for (std::uint16_t port = 0; port < 1000; ++port) {
    open.insert(key(port), port);
    linear.insert(key(port), port);
  }
  CHECK(open.find(key(0)).value == 0);
  CHECK(linear.find(key(0)).value == 0);
  CHECK(open.find(key(0)).examined < 50);
  CHECK(linear.find(key(0)).examined == 1000);
}

TEST_CASE("number, hash and queues of the name reach the table", "[demux]") {
  const auto longest = [](std::string_view name) {
    AnyDemux<FourTuple4> table(*parse_algorithm(name), 1);
    for (std::uint16_t port = 0; port < 1000; ++port) table.insert(key(port), port);
    std::uint32_t examined = 0;
    for (std::uint16_t port = 0; port < 1000; ++port) {
      examined = std::max(examined, table.find(key(port)).examined);
    }
    return examined;
  };
  CHECK(longest("chains:1") == 1000);
  CHECK(longest("chains:10@sum") == 100);
  CHECK(longest("chains:1000@sum") == 1);
  CHECK(longest("rss:1/linear") == 1000);
  CHECK(longest("rss:4/linear") < 400);
  CHECK(longest("rss:128/linear") < 40);
}

TEST_CASE("a walk through any table begins with the queue", "[demux]") {
  AnyDemux<FourTuple4> table(*parse_algorithm("rss:4/chains:7"), 1);
  table.insert(key(1), 1);
  std::vector<LookupStepKind> kinds;
  table.walk(key(1),
             [&](const LookupStep& step, const FourTuple4*) { kinds.push_back(step.kind); });
  CHECK(kinds ==
        std::vector{LookupStepKind::queue, LookupStepKind::chain, LookupStepKind::compare});
}

TEST_CASE("a batch is found as its keys are one by one", "[demux]") {
  for (const AlgorithmInfo& info : table_infos()) {
    for (const std::string_view front : {"", "rss:5/"}) {
      const std::string name = std::string(front) + std::string(info.name);
      CAPTURE(name);
      AnyDemux<FourTuple4> table(*parse_algorithm(name), 1);
      AnyDemux<FourTuple4> twin(*parse_algorithm(name), 1);
      std::vector<FourTuple4> keys;
      for (std::uint16_t port = 0; port < 300; ++port) {
        if (port % 3 != 0) table.insert(key(port), port);
        if (port % 3 != 0) twin.insert(key(port), port);
        keys.push_back(key(static_cast<std::uint16_t>(port * 7 % 300)));
      }
      std::vector<DemuxResult> results(keys.size());
      table.find_batch(keys, results);
      for (std::size_t i = 0; i < keys.size(); ++i) {
        const DemuxResult alone = twin.find(keys[i]);
        REQUIRE(results[i].value == alone.value);
        REQUIRE(results[i].examined == alone.examined);
      }
    }
  }
}

TEST_CASE("an algorithm of one's own needs a header and a line in the list", "[demux]") {
  using Mine = std::variant<LinearList<FourTuple4>, NewestOnly<FourTuple4>>;
  AnyDemux<FourTuple4, Mine> table(Algorithm{1, 0, HashKind::siphash, 0}, 1);
  CHECK(table.insert(key(1), 1));
  CHECK(table.insert(key(2), 2));
  CHECK_FALSE(table.find(key(1)));
  CHECK(table.find(key(2)).value == 2);
  AnyDemux<FourTuple4, Mine> behind_rss(Algorithm{1, 0, HashKind::siphash, 128}, 1);
  for (std::uint16_t port = 0; port < 50; ++port) CHECK(behind_rss.insert(key(port), port));
  CHECK(behind_rss.size() > 10);
}

TEST_CASE("a table of any algorithm allocates nothing before it holds something", "[demux]") {
  for (const AlgorithmInfo& info : table_infos()) {
    CAPTURE(std::string(info.name));
    AnyDemux<FourTuple6> table(*parse_algorithm(info.name), 1);
    CHECK_FALSE(table.find({}));
    table.note_sent({});
    CHECK_FALSE(table.erase({}));
    CHECK(table.size() == 0);
    CHECK(table.memory_bytes() == 0);
  }
}

TEST_CASE("a table keeps its entries when it is moved", "[demux]") {
  for (const AlgorithmInfo& info : table_infos()) {
    CAPTURE(std::string(info.name));
    AnyDemux<FourTuple4> table(*parse_algorithm(info.name), 1);
    table.insert(key(1), 17);
    AnyDemux<FourTuple4> other = std::move(table);
    CHECK(other.find(key(1)).value == 17);
    CHECK(other.size() == 1);
  }
}

}  // namespace demuxsim
