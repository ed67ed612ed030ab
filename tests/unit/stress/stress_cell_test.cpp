#include "demuxsim/stress/stress_cell.hpp"

#include <cmath>
#include <string_view>

#include "support/catch.hpp"

namespace demuxsim {
namespace {

/// Each reading a microsecond after the one before, whatever happened.
Duration counting_clock() {
  static Duration now{};
  return now += std::chrono::microseconds(1);
}

StressResult measure(std::string_view algorithm, TrafficKind traffic, std::uint32_t connections,
                     std::uint64_t seed = 1) {
  StressCell cell({*parse_algorithm(algorithm), traffic, connections, seed}, counting_clock);
  while (!cell.advance()) {
  }
  return cell.result();
}

double examined(std::string_view algorithm, TrafficKind traffic, std::uint32_t connections) {
  return measure(algorithm, traffic, connections).examined.mean;
}

void check_near(double measured, double expected, double share = 0.02) {
  CAPTURE(measured, expected);
  CHECK(std::abs(measured / expected - 1) < share);
}

std::vector<std::string> all_algorithms() {
  std::vector<std::string> names;
  for (const AlgorithmInfo& info : table_infos()) names.emplace_back(info.name);
  names.emplace_back("rss:4/sequent:19");
  return names;
}

}  // namespace

TEST_CASE("every table answers all traffic right, and is measured", "[stress]") {
  for (const std::string& algorithm : all_algorithms()) {
    for (const std::string_view traffic : kTrafficNames) {
      CAPTURE(algorithm, traffic);
      const StressResult result = measure(algorithm, *traffic_from(traffic), 300);
      CHECK(result.skipped.empty());
      CHECK(result.look_ups >= StressCell::kLookUps / 2);
      CHECK(result.ns > 0);
      CHECK(result.examined.mean <= result.examined.max);
      CHECK(result.examined.p99 <= result.examined.max);
      CHECK(result.examined.max <= 303);  // All, two that are remembered and one that opens.
      CHECK(result.bytes_per_entry >= sizeof(FourTuple4) + sizeof(std::uint32_t));
    }
  }
}

TEST_CASE("lists examine half of themselves for a hit and all for a miss", "[stress]") {
  for (const std::uint32_t n : {100u, 1000u}) {
    const StressResult hits = measure("linear", TrafficKind::uniform, n);
    check_near(hits.examined.mean, (n + 1) / 2.0);
    check_near(hits.examined.p99, 0.99 * n);
    check_near(examined("bsd", TrafficKind::uniform, n), 1 + (n - 1.0 / n) / 2);
    // A train has eight segments, of which all but the first find what is remembered.
    check_near(examined("bsd", TrafficKind::trains, n), (1 + (n - 1.0 / n) / 2 + 7) / 8, 0.05);
    const StressResult misses = measure("linear", TrafficKind::syn_flood, n);
    CHECK(misses.examined.mean == n);
    CHECK(misses.examined.max == n);
    CHECK(examined("move-to-front", TrafficKind::zipf, n) < n / 3.0);
  }
}

TEST_CASE("terminals cost what McKenney and Dove have found", "[stress]") {
  constexpr std::uint32_t kTerminals = 2000;
  check_near(examined("bsd", TrafficKind::tpca, kTerminals), 1001);
  check_near(examined("move-to-front", TrafficKind::tpca, kTerminals), 1 + 549);
  check_near(examined("send-receive", TrafficKind::tpca, kTerminals), 667);
  check_near(examined("sequent:19", TrafficKind::tpca, kTerminals), 53.6);
}

TEST_CASE("an attacker piles up what a linear hash finds, and a keyed hash stops him", "[stress]") {
  check_near(examined("open@crc32c", TrafficKind::hash_flood, 1000), 500.5);
  check_near(examined("open@toeplitz", TrafficKind::hash_flood, 1000), 500.5);
  check_near(examined("chains:19@crc32c", TrafficKind::hash_flood, 1000), 500.5);
  check_near(examined("chains:19@sum", TrafficKind::hash_flood, 1000), 500.5);
  const double usual = examined("open", TrafficKind::uniform, 1000);
  CHECK(usual < 2.1);
  CHECK(examined("open", TrafficKind::hash_flood, 1000) < 1.2 * usual);
  CHECK(examined("open@toeplitz-keyed", TrafficKind::hash_flood, 1000) < 1.2 * usual);
  CHECK(examined("open@crc32c", TrafficKind::uniform, 1000) < 3);
}

TEST_CASE("times are the clock's, in stretches", "[stress]") {
  // One microsecond a stretch of 1024.
  CHECK(measure("open", TrafficKind::uniform, 100).ns == 1000.0 / 1024);
  CHECK(measure("open", TrafficKind::uniform, 100).batch_ns == 1000.0 / 1024);
  CHECK(!measure("open", TrafficKind::churn, 100).batch_ns);
  CHECK(!measure("linear", TrafficKind::uniform, 100).batch_ns);
}

TEST_CASE("a cell that would take too long is skipped, and says why", "[stress]") {
  const StressResult slow = measure("linear", TrafficKind::uniform, 1'000'000);
  CHECK(slow.skipped == "too slow to build: an insertion takes over 50 steps at 1024 connections");
  for (const std::string_view algorithm : {"open", "flat", "rss:4/open"}) {
    CAPTURE(algorithm);
    CHECK(measure(algorithm, TrafficKind::uniform, 3'000'000).skipped.empty());
  }
  const StressResult searched = measure("open@fast", TrafficKind::hash_flood, 1'000'000);
  CHECK(searched.skipped == "a search for keys that collide under 'fast' would take too long");
}

TEST_CASE("the same cell gives the same result but for the times", "[stress]") {
  for (const std::string_view traffic : kTrafficNames) {
    CAPTURE(traffic);
    const TrafficKind kind = *traffic_from(traffic);
    const StressResult one = measure("bsd", kind, 200);
    const StressResult two = measure("bsd", kind, 200);
    CHECK(one.look_ups == two.look_ups);
    CHECK(one.examined.mean == two.examined.mean);
    CHECK(one.examined.p99 == two.examined.p99);
    CHECK(one.bytes_per_entry == two.bytes_per_entry);
    const bool is_all_misses = kind == TrafficKind::syn_flood;
    CHECK((measure("bsd", kind, 200, 2).examined.mean == one.examined.mean) == is_all_misses);
  }
}

}  // namespace demuxsim
