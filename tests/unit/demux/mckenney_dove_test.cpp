// The workload of McKenney and Dove, "Efficient Demultiplexing of Incoming TCP Packets", SIGCOMM
// 1992: terminals that send a query, get a response and acknowledge it. What each algorithm
// examines must agree with the closed forms that the paper derives.
#include <cmath>
#include <cstdint>
#include <queue>
#include <vector>

#include "demuxsim/demux/bsd_list.hpp"
#include "demuxsim/demux/move_to_front_list.hpp"
#include "demuxsim/demux/send_receive_list.hpp"
#include "demuxsim/demux/sequent_chains.hpp"
#include "demuxsim/net/four_tuple.hpp"
#include "support/catch.hpp"

namespace demuxsim {
namespace {

constexpr std::uint32_t kTerminals = 2000;
constexpr double kRate = 0.1;  ///< Transactions a second of one terminal.
constexpr double kOthers = kTerminals - 1;

FourTuple4 key(std::uint32_t terminal) { return {0x0a000001, 0x0a010000 + terminal, 80, 49152}; }

enum class What : std::uint8_t { query, response, acknowledgement };

struct Event {
  SimTime at;
  std::uint32_t terminal = 0;
  What what = What::query;
  /// The latest first, as std::priority_queue wants it.
  friend bool operator<(const Event& a, const Event& b) { return a.at > b.at; }
};

/// `response` after a query the host sends, and `acknowledgement` after that the terminal does.
struct Delays {
  Duration response = std::chrono::milliseconds(200);
  Duration acknowledgement = std::chrono::milliseconds(1);
};

struct Terminal {
  std::uint32_t open = 0;  ///< Transactions whose acknowledgement has not been sent.
  bool alone = false;      ///< Nothing of another transaction has come since the query.
};

struct Mean {
  std::uint64_t sum = 0;
  std::uint32_t count = 0;
  void add(std::uint32_t value) {
    sum += value;
    ++count;
  }
  double value() const { return static_cast<double>(sum) / count; }
};

/// What the table examines for a segment on average, half of them queries and half
/// acknowledgements. Think time runs from query to query. Where that makes a terminal ask before it
/// was answered, which the paper's terms leave out, its segments are sent and not counted.
template <class D>
double mean_examined(D& table, Delays delays) {
  constexpr std::uint32_t kWarmUp = 10'000;
  constexpr std::uint32_t kQueries = 40'000;
  Rng rng(7, {StreamKind::test});
  const auto think = [&] { return rng.exponential(std::chrono::seconds(10)); };
  std::priority_queue<Event> events;
  std::vector<Terminal> terminals(kTerminals);
  for (std::uint32_t i = 0; i < kTerminals; ++i) {
    table.insert(key(i), i);
    events.push({SimTime{} + think(), i});
  }
  Mean query;
  Mean acknowledgement;
  for (std::uint32_t queries = 0; queries < kWarmUp + kQueries;) {
    const auto [at, number, what] = events.top();
    events.pop();
    Terminal& terminal = terminals[number];
    if (what == What::query) {
      terminal.alone = terminal.open++ == 0;
      const std::uint32_t examined = table.find(key(number)).examined;
      if (terminal.alone && queries++ >= kWarmUp) query.add(examined);
      table.note_sent(key(number));  // The acknowledgement of the query.
      events.push({at + delays.response, number, What::response});
      events.push({at + think(), number, What::query});
    } else if (what == What::response) {
      table.note_sent(key(number));
      events.push({at + delays.acknowledgement, number, What::acknowledgement});
    } else {
      --terminal.open;
      const std::uint32_t examined = table.find(key(number)).examined;
      if (terminal.alone && queries >= kWarmUp) acknowledgement.add(examined);
    }
  }
  return (query.value() + acknowledgement.value()) / 2;
}

template <class D>
double examined_by(Delays delays, std::uint32_t number = 0) {
  D table(DemuxConfig{{}, number});
  return mean_examined(table, delays);
}

void check_near(double measured, double expected) {
  CAPTURE(measured, expected);
  CHECK(std::abs(measured / expected - 1) < 0.02);
}

/// A list of n entries behind one that is remembered and seldom hit.
double behind_cache(double n) { return 1 + (n * n - 1) / (2 * n); }

}  // namespace

TEST_CASE("bsd examines half of the list and its cache", "[demux]") {
  check_near(examined_by<BsdList<FourTuple4>>({}), behind_cache(kTerminals));  // 1001.0
}

TEST_CASE("move-to-front has fewer ahead the sooner the response comes", "[demux]") {
  for (const int milliseconds : {200, 500, 1000, 2000}) {  // 548.6, 618.1, 724.1, 904.4
    const double response = milliseconds / 1000.0;
    const double query = kOthers * (2.0 / 3 - std::exp(-3 * kRate * response) / 6);
    const double acknowledgement = kOthers * (1 - std::exp(-2 * kRate * response));
    const Delays delays{std::chrono::milliseconds(milliseconds), Duration{1}};
    check_near(examined_by<MoveToFrontList<FourTuple4>>(delays) - 1, (query + acknowledgement) / 2);
  }
}

TEST_CASE("what was last sent helps where acknowledgements come at once", "[demux]") {
  for (const int milliseconds : {1, 10, 100}) {  // 666.5, 993.1, 1002.2
    const double hit = std::exp(-2 * kRate * kOthers * milliseconds / 1000.0);
    const double miss = 1 + behind_cache(kTerminals);
    const double acknowledgement = hit * 2 + (1 - hit) * miss;
    const Delays delays{std::chrono::milliseconds(200), std::chrono::milliseconds(milliseconds)};
    check_near(examined_by<SendReceiveList<FourTuple4>>(delays), (miss + acknowledgement) / 2);
  }
}

TEST_CASE("a cache for each chain is hit by acknowledgements", "[demux]") {
  const Delays delays{std::chrono::milliseconds(200), Duration{1}};
  for (const std::uint32_t chains : {19u, 100u}) {  // 53.5, 8.8
    const double in_chain = static_cast<double>(kTerminals) / chains;
    const double miss = behind_cache(in_chain);
    const double hit = std::exp(-2 * kRate * (in_chain - 1) * 0.2);
    const double acknowledgement = hit + (1 - hit) * (1 + (in_chain + 1) / 2);
    // The paper has all chains equally long, as this hash makes them.
    check_near(examined_by<SequentChains<FourTuple4, SumHash>>(delays, chains),
               (miss + acknowledgement) / 2);
  }
  check_near(examined_by<SequentChains<FourTuple4>>(delays, 19), 53.6);
}

}  // namespace demuxsim
