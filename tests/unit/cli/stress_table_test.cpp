#include "cli/stress_table.hpp"

#include "support/catch.hpp"

namespace demuxsim::cli {
namespace {

StressTable table() {
  StressTable made;
  made.notes = {"What this is."};
  made.columns = {{"kind", "kind"}, {"count", "how many"}, {"ns", "ns", 2}, {"remark", ""}};
  made.group_columns = 1;
  using Row = std::vector<StressValue>;
  made.rows = {Row{std::string("one"), std::uint64_t{7}, 1.5, std::monostate{}},
               Row{std::string("one"), std::uint64_t{1000}, 12.346, std::monostate{}},
               Row{std::string("a, \"b\""), std::monostate{}, 0.0, std::string("why not")}};
  return made;
}

}  // namespace

TEST_CASE("a table for people is aligned, in groups", "[cli][stress]") {
  CHECK(to_string(table(), Format::text) ==
        "# What this is.\n"
        "\n"
        "kind    how many     ns\n"
        "\n"
        "one            7   1.50\n"
        "one         1000  12.35\n"
        "\n"
        "a, \"b\"         -   0.00  why not\n");
}

TEST_CASE("a table for programs has the same figures", "[cli][stress]") {
  CHECK(to_string(table(), Format::csv) ==
        "kind,count,ns,remark\n"
        "one,7,1.50,\n"
        "one,1000,12.35,\n"
        "\"a, \"\"b\"\"\",,0.00,why not\n");
  CHECK(to_string(table(), Format::jsonl) ==
        R"({"kind": "one", "count": 7, "ns": 1.50, "remark": null})"
        "\n"
        R"({"kind": "one", "count": 1000, "ns": 12.35, "remark": null})"
        "\n"
        R"({"kind": "a, \"b\"", "count": null, "ns": 0.00, "remark": "why not"})"
        "\n");
}

TEST_CASE("a table without rows is whole in every format", "[cli][stress]") {
  StressTable empty = table();
  empty.rows.clear();
  CHECK(to_string(empty, Format::json) == "[]\n");
  CHECK(to_string(empty, Format::jsonl).empty());
  CHECK(to_string(empty, Format::csv) == "kind,count,ns,remark\n");
}

}  // namespace demuxsim::cli
