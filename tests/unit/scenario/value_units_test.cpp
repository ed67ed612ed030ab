#include "scenario/value_units.hpp"

#include <string>
#include <vector>

#include "demuxsim/scenario/load.hpp"
#include "support/catch.hpp"

namespace demuxsim::loading {
namespace {

/// A text and what it stands for, or a part of the complaint about it.
template <class T>
struct Row {
  std::string text;
  T value{};
  std::string complaint{};
};

template <class T, class Value>
void check(const std::vector<Row<Value>>& rows, Parsed<T> (*parse)(std::string_view),
           Value (*value_of)(const T&)) {
  for (const Row<Value>& row : rows) {
    CAPTURE(row.text);
    const Parsed<T> parsed = parse(row.text);
    if (row.complaint.empty()) {
      REQUIRE(parsed.has_value());
      CHECK(value_of(*parsed) == row.value);
    } else {
      REQUIRE(!parsed.has_value());
      CAPTURE(parsed.error().message);
      CHECK(parsed.error().message.find(row.complaint) != std::string::npos);
    }
  }
}

TEST_CASE("times are read exactly, with their unit") {
  const std::vector<Row<std::int64_t>> rows{{"0", 0},
                                            {"0.0", 0},
                                            {"1ns", 1},
                                            {"250us", 250'000},
                                            {"10ms", 10'000'000},
                                            {"1.5s", 1'500'000'000},
                                            {"0.000000001s", 1},
                                            {"1.50000000000000000000s", 1'500'000'000},
                                            {"2m", 120'000'000'000},
                                            {"1h", 3'600'000'000'000},
                                            {"1000000h", 3'600'000'000'000'000'000},
                                            {"1000000.5h", 0, "too large"},
                                            {"9223372036854775808ns", 0, "too many digits"},
                                            {"999999999999999999ns", 999'999'999'999'999'999},
                                            {"1.5ns", 0, "not a whole number of ns"},
                                            {"0.0000000001s", 0, "not a whole number of ns"},
                                            {"10", 0, "needs a unit"},
                                            {"10 ms", 0, "space before its unit"},
                                            {"10sec", 0, "unknown unit"},
                                            {"10MS", 0, "unknown unit"},
                                            {"-5ms", 0, "cannot be negative"},
                                            {"010ms", 0, "begins with a zero"},
                                            {"00", 0, "begins with a zero"},
                                            {"22:22", 0, "unknown unit"},
                                            {".5s", 0, "expected a time"},
                                            {"1.s", 0, "unknown unit"},
                                            {"+1s", 0, "expected a time"},
                                            {"1e3ms", 0, "unknown unit"},
                                            {"", 0, "an empty text"},
                                            {"soon", 0, "expected a time"}};
  check<Duration, std::int64_t>(rows, parse_time,
                                [](const Duration& time) { return time.count(); });
}

TEST_CASE("the command line reads times in the same way") {
  CHECK(parse_duration("40ms").value() == std::chrono::milliseconds{40});
  CHECK(parse_duration("40").error() == "time '40' needs a unit");
}

TEST_CASE("whole numbers are decimal and use up to 64 bits") {
  const std::vector<Row<std::uint64_t>> rows{{"0", 0},
                                             {"42", 42},
                                             {"18446744073709551615", ~std::uint64_t{0}},
                                             {"18446744073709551616", 0, "too many digits"},
                                             {"010", 0, "begins with a zero"},
                                             {"0x10", 0, "expected a whole number"},
                                             {"1_000", 0, "expected a whole number"},
                                             {"1e3", 0, "expected a whole number"},
                                             {"1.5", 0, "expected a whole number"},
                                             {"-1", 0, "cannot be negative"},
                                             {"3 ", 0, "expected a whole number"},
                                             {"\xd9\xa3", 0, "expected a whole number"}};
  check<std::uint64_t, std::uint64_t>(rows, parse_whole, [](const std::uint64_t& n) { return n; });
}

TEST_CASE("sizes tell thousands from 1024s") {
  const std::vector<Row<std::uint64_t>> rows{{"0", 0},
                                             {"200B", 200},
                                             {"1kB", 1000},
                                             {"1KiB", 1024},
                                             {"1.5KiB", 1536},
                                             {"2MB", 2'000'000},
                                             {"2MiB", 2u << 20},
                                             {"1GB", 1'000'000'000},
                                             {"1GiB", 1u << 30},
                                             {"1048576GiB", std::uint64_t{1} << 50},
                                             {"1048577GiB", 0, "too large"},
                                             {"0.5B", 0, "not a whole number of B"},
                                             {"200", 0, "needs a unit"},
                                             {"1KB", 0, "unknown unit 'KB'"}};
  check<std::uint64_t, std::uint64_t>(rows, parse_bytes, [](const std::uint64_t& n) { return n; });
}

TEST_CASE("rates count in thousands of bits a second") {
  const std::vector<Row<std::uint64_t>> rows{{"1bit", 1},
                                             {"56Kbit", 56'000},
                                             {"100Mbit", 100'000'000},
                                             {"100Mbit/s", 100'000'000},
                                             {"1.5Gbit/s", 1'500'000'000},
                                             {"0bit", 0, "lets nothing through"},
                                             {"0", 0, "lets nothing through"},
                                             {"100", 0, "needs a unit"},
                                             {"100mbit", 0, "unknown unit"},
                                             {"1000000001Gbit", 0, "too large"}};
  check<BitRate, std::uint64_t>(rows, parse_rate, [](const BitRate& r) { return r.bits_per_s; });
}

TEST_CASE("shares keep every digit") {
  const std::vector<Row<Ratio>> rows{{"0", {0, 1}},
                                     {"0%", {0, 1}},
                                     {"1%", {1, 100}},
                                     {"25%", {1, 4}},
                                     {"100%", {1, 1}},
                                     {"0.05%", {1, 2000}},
                                     {"33.3%", {333, 1000}},
                                     {"100.01%", {}, "more than 100%"},
                                     {"5", {}, "needs a '%'"},
                                     {"0.5", {}, "needs a '%'"},
                                     {"-1%", {}, "cannot be negative"}};
  check<Ratio, Ratio>(rows, parse_share, [](const Ratio& r) { return r; });
}

TEST_CASE("a frequency is a mean gap") {
  const std::vector<Row<std::int64_t>> rows{{"1000/s", 1'000'000},
                                            {"3/s", 333'333'333},
                                            {"0.5/s", 2'000'000'000},
                                            {"1000000000/s", 1},
                                            {"0/s", 0, "never"},
                                            {"10000000000/s", 0, "once a nanosecond"},
                                            {"0.0000000001/s", 0, "too low"},
                                            {"1000", 0, "expected a frequency"},
                                            {"1000/ms", 0, "expected a frequency"}};
  check<Duration, std::int64_t>(rows, parse_frequency, [](const Duration& g) { return g.count(); });
}

}  // namespace
}  // namespace demuxsim::loading
