#include "demuxsim/demux/any_demux.hpp"

#include <set>
#include <string>

#include "support/catch.hpp"

namespace demuxsim {
namespace {

FourTuple4 key(std::uint16_t port) { return {0x0a000001, 0x0a000002, 80, port}; }

}  // namespace

TEST_CASE("algorithms are read as they are printed", "[demux]") {
  std::set<std::string_view> names;
  for (const std::string_view name : kAlgorithmNames) {
    CAPTURE(std::string(name));
    REQUIRE(parse_algorithm(name).has_value());
    CHECK(name_of(*parse_algorithm(name)) == name);
    names.insert(name);
  }
  CHECK(names.size() == kAlgorithmNames.size());
  CHECK(name_of(Algorithm{}) == "open");
  CHECK(names.count("linear") == 1);
  CHECK_FALSE(parse_algorithm("").has_value());
  CHECK_FALSE(parse_algorithm("Open").has_value());
  CHECK_FALSE(parse_algorithm("open ").has_value());
}

TEST_CASE("the algorithm chosen is the one that answers", "[demux]") {
  AnyDemux<FourTuple4> open(*parse_algorithm("open"), 1);
  AnyDemux<FourTuple4> linear(*parse_algorithm("linear"), 1);
  CHECK(name_of(open.algorithm()) == "open");
  CHECK(name_of(linear.algorithm()) == "linear");
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
  for (const std::string_view name : kAlgorithmNames) {
    CAPTURE(std::string(name));
    AnyDemux<FourTuple6> table(*parse_algorithm(name), 1);
    CHECK_FALSE(table.find({}));
    table.note_sent({});
    table.prefetch({});
    CHECK_FALSE(table.erase({}));
    CHECK(table.size() == 0);
    CHECK(table.memory_bytes() == 0);
  }
}

TEST_CASE("a table keeps its entries when it is moved", "[demux]") {
  for (const std::string_view name : kAlgorithmNames) {
    CAPTURE(std::string(name));
    AnyDemux<FourTuple4> table(*parse_algorithm(name), 1);
    table.insert(key(1), 17);
    AnyDemux<FourTuple4> other = std::move(table);
    CHECK(other.find(key(1)).value == 17);
    CHECK(other.size() == 1);
  }
}

}  // namespace demuxsim
