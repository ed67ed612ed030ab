#include "demuxsim/stress/traffic.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "demuxsim/demux/demultiplexer.hpp"
#include "support/catch.hpp"

namespace demuxsim {
namespace {

constexpr std::uint32_t kConnections = 500;

TableCalls calls_of(TrafficKind kind, std::uint64_t seed, std::size_t count = 50'000) {
  static const std::vector<FourTuple4> kNone;
  Traffic traffic(kind, kConnections, kNone, Rng(seed, {StreamKind::test}));
  TableCalls calls;
  traffic.next(count, calls);
  return calls;
}

std::size_t count_of(const TableCalls& calls, TableCall call) {
  return static_cast<std::size_t>(std::count(calls.calls.begin(), calls.calls.end(), call));
}

}  // namespace

TEST_CASE("each kind of traffic is found by its name", "[stress]") {
  for (const std::string_view name : kTrafficNames) CHECK(name_of(*traffic_from(name)) == name);
  CHECK(!traffic_from("uniforms"));
  CHECK(!traffic_from(""));
}

TEST_CASE("the answers that traffic says are right are those of a map", "[stress]") {
  for (const std::string_view name : kTrafficNames) {
    CAPTURE(name);
    std::map<FourTuple4, std::uint32_t> model;
    for (std::uint32_t i = 0; i < kConnections; ++i)
      REQUIRE(model.emplace(first_key({}, i), i).second);
    const TableCalls calls = calls_of(*traffic_from(name), 1);
    REQUIRE(calls.calls.size() >= 50'000);
    bool right = true;
    for (std::size_t i = 0; i < calls.calls.size(); ++i) {
      const auto there = model.find(calls.keys[i]);
      const std::uint32_t number = there == model.end() ? DemuxResult::kNone : there->second;
      switch (calls.calls[i]) {
        case TableCall::find:
        case TableCall::note_sent:
          right = right && number == calls.numbers[i];
          break;
        case TableCall::insert:
          right = right && model.emplace(calls.keys[i], calls.numbers[i]).second;
          break;
        case TableCall::erase:
          right = right && number == calls.numbers[i];
          model.erase(calls.keys[i]);
          break;
      }
    }
    CHECK(right);
    CHECK(model.size() == kConnections);
  }
}

TEST_CASE("traffic is the same for the same seed alone", "[stress]") {
  for (const std::string_view name : kTrafficNames) {
    CAPTURE(name);
    const TableCalls one = calls_of(*traffic_from(name), 1, 1000);
    CHECK(one.keys == calls_of(*traffic_from(name), 1, 1000).keys);
    CHECK(one.keys != calls_of(*traffic_from(name), 2, 1000).keys);
  }
}

TEST_CASE("traffic of look-ups alone has nothing else", "[stress]") {
  for (const std::string_view name : kTrafficNames) {
    CAPTURE(name);
    const TrafficKind kind = *traffic_from(name);
    const TableCalls calls = calls_of(kind, 1);
    CHECK((count_of(calls, TableCall::find) == calls.calls.size()) == is_look_ups_alone(kind));
  }
}

TEST_CASE("a transaction of TPC/A is two segments in and two out", "[stress]") {
  const TableCalls calls = calls_of(TrafficKind::tpca, 1);
  const auto in = static_cast<double>(count_of(calls, TableCall::find));
  const auto out = static_cast<double>(count_of(calls, TableCall::note_sent));
  CHECK(in / out > 0.99);
  CHECK(in / out < 1.01);
  CHECK(count_of(calls, TableCall::insert) == 0);
}

TEST_CASE("under churn each connection that opens has eight segments' worth of look-ups",
          "[stress]") {
  const TableCalls calls = calls_of(TrafficKind::churn, 1);
  const std::size_t opened = count_of(calls, TableCall::insert);
  CHECK(count_of(calls, TableCall::erase) == opened);
  CHECK(count_of(calls, TableCall::find) == 9 * opened);
}

TEST_CASE("sources of a SYN flood hardly come twice", "[stress]") {
  const TableCalls calls = calls_of(TrafficKind::syn_flood, 1);
  const std::set<FourTuple4> sources(calls.keys.begin(), calls.keys.end());
  CHECK(sources.size() == calls.keys.size());
}

}  // namespace demuxsim
