#include "cli/stress_options.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

namespace demuxsim::cli {
namespace {

using Counts = std::vector<std::uint32_t>;

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("numbers of connections, one by one and in decades", "[cli][stress]") {
  struct Row {
    std::string_view text;
    Counts counts;
  };
  const std::vector<Row> rows{{"1", {1}},
                              {"1000,20000", {1000, 20'000}},
                              {"1e3", {1000}},
                              {"2E4", {20'000}},
                              {"10k,1M", {10'000, 1'000'000}},
                              {"1e8", {100'000'000}},
                              {"1e3..1e5", {1000, 10'000, 100'000}},
                              {"1k..100k", {1000, 10'000, 100'000}},
                              {"2..3000", {2, 20, 200, 2000, 3000}},
                              {"5..5", {5}},
                              {"10..1000,100,7", {10, 100, 1000, 7}}};
  for (const auto& [text, counts] : rows) {
    CAPTURE(text);
    const auto parsed = parse_counts(text);
    REQUIRE(parsed);
    CHECK(*parsed == counts);
  }
}

TEST_CASE("what is no number of connections", "[cli][stress]") {
  for (const std::string_view text : {"",
                                      ",",
                                      "1,",
                                      ",1",
                                      "0",
                                      "-1",
                                      "+1",
                                      "1.5",
                                      "1e",
                                      "1e-3",
                                      "e3",
                                      "1e10",
                                      "2000000000",
                                      "1kk",
                                      "k",
                                      "1 000",
                                      "1e3..",
                                      "..1e3",
                                      "1e3..1e4..1e5",
                                      "1e3...1e4",
                                      "99999999999999999999",
                                      "1e4294967296",
                                      "0e3",
                                      "1g",
                                      "1000k\n"}) {
    CAPTURE(text);
    const auto parsed = parse_counts(text);
    REQUIRE(!parsed);
    CHECK(has(parsed.error(), "is no number of connections"));
  }
  CHECK(parse_counts("1e4..1e3").error() == "'1e4..1e3' goes from more to fewer");
}

TEST_CASE("steps are a count that may be larger", "[cli][stress]") {
  CHECK(*parse_steps("1e9") == 1'000'000'000);
  CHECK(*parse_steps("1e12") == 1'000'000'000'000);
  for (const std::string_view text : {"", "0", "1e13", "many"}) CHECK(!parse_steps(text));
}

TEST_CASE("lists of names", "[cli][stress]") {
  const auto algorithms = parse_algorithms("open,sequent:19,rss:2/flat,open");
  REQUIRE(algorithms);
  REQUIRE(algorithms->size() == 3);
  CHECK(to_string(algorithms->at(1)) == "sequent:19");
  CHECK(parse_algorithms("open,opn").error() == parse_algorithm("opn").error());
  CHECK(!parse_algorithms("open,"));

  CHECK(*parse_traffic("tpca,syn-flood") == std::vector{TrafficKind::tpca, TrafficKind::syn_flood});
  CHECK(has(parse_traffic("unifrom").error(), "'unifrom' is no workload; there are uniform, zipf"));
  CHECK(*parse_picks("linux,oldest-free") ==
        std::vector{PortPick::linux_hash, PortPick::oldest_free});
  CHECK(has(parse_picks("best").error(), "'best' is no way to pick ports"));
}

TEST_CASE("ranges of ports and shares of them", "[cli][stress]") {
  CHECK(*parse_port_range("32768-60999") == PortRange{Port{32'768}, Port{60'999}});
  CHECK(*parse_port_range("1-1") == PortRange{Port{1}, Port{1}});
  CHECK(*parse_port_range("50000") == PortRange{Port{50'000}, Port{50'000}});
  for (const std::string_view text :
       {"", "-", "0", "80-", "0-80", "1-65536", "90-80", "a-b", "1-2-3", "1- 2"}) {
    CAPTURE(text);
    CHECK(!parse_port_range(text));
  }
  CHECK(*parse_occupancies("10%,99.5%,100%") == std::vector{*parse_occupancies("10%")->begin(),
                                                            *parse_occupancies("99.5%")->begin(),
                                                            *parse_occupancies("100%")->begin()});
  CHECK(has(parse_occupancies("10").error(), "needs a '%'"));
  CHECK(has(parse_occupancies("0%").error(), "leaves no connection"));
  CHECK(has(parse_occupancies("101%").error(), "more than 100%"));
}

TEST_CASE("options of look-ups and of ports do not mix", "[cli][stress]") {
  StressOptions options;
  CHECK(!conflict_in(options));
  options.picks = {PortPick::random};
  CHECK(conflict_in(options));
  options.ports = true;
  CHECK(!conflict_in(options));
  options.connections = {1000};
  CHECK(conflict_in(options));
}

}  // namespace demuxsim::cli
