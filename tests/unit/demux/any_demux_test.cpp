#include "demuxsim/demux/any_demux.hpp"

#include <set>
#include <string>

#include "support/catch.hpp"

namespace demuxsim {
namespace {

FourTuple4 key(std::uint16_t port) { return {0x0a000001, 0x0a000002, 80, port}; }

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
  for (const std::string_view name : {"open@fast", "rss:4/open@crc32c", "rss:128/linear"}) {
    CAPTURE(std::string(name));
    REQUIRE(parse_algorithm(name).has_value());
    CHECK(to_string(*parse_algorithm(name)) == name);
  }
  CHECK(to_string(*parse_algorithm("rss")) == "rss:4/open");
  CHECK(to_string(*parse_algorithm("open@siphash")) == "open");
}

TEST_CASE("what is no algorithm is refused with a reason", "[demux]") {
  for (const std::string_view name :
       {"", "Open", "open ", "open:3", "linear@fast", "open@", "open@md5", "rss:0/open", "rss:999",
        "rss:x/open", "rss:4/", "rss:4/rss:4/open", "open/open", "/open", ":", "@",
        "open@fast@fast"}) {
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
