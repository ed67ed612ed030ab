// One measurement of `demuxsim stress`: a table with so many connections under one kind of traffic.
// It is done in small steps, so that its user may stop, and reads a clock that its user brings: but
// for the times, the same configuration gives the same result on every machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "demuxsim/core/time.hpp"
#include "demuxsim/demux/any_demux.hpp"
#include "demuxsim/stress/traffic.hpp"

namespace demuxsim {

/// The time since any fixed point.
using StressClock = Duration (*)();

struct StressCellConfig {
  Algorithm algorithm;
  TrafficKind traffic = TrafficKind::uniform;
  std::uint32_t connections = 1000;  ///< Precondition: 0 < connections < 2^31.
  std::uint64_t seed = 0;
  /// Where more steps of look-ups are left to build the table, it is skipped, unless an insertion
  /// takes few. A step takes from half a nanosecond, in an array, to a hundred, in a list all over
  /// the memory.
  std::uint64_t most_steps_to_build = 50'000'000;
};

/// Keys compared in full for a look-up.
struct ExaminedSummary {
  double mean = 0;
  std::uint32_t p99 = 0;
  std::uint32_t max = 0;
};

struct StressResult {
  /// Why it was not measured: it would take too long, or there is no such traffic. Everything else
  /// means nothing then. Empty: it was measured.
  std::string skipped;
  std::uint64_t look_ups = 0;
  /// Nanoseconds for a look-up and what goes along with it: of tpca note_sent(), of churn insert()
  /// and erase(). One after the other, the median of stretches of kStretch calls.
  double ns = 0;
  /// The same by find_batch() with kStretch keys at hand, where the table has that and the traffic
  /// is of look-ups alone.
  std::optional<double> batch_ns;
  ExaminedSummary examined;
  double bytes_per_entry = 0;
};

class StressCell {
 public:
  static constexpr std::uint32_t kStretch = 1024;
  /// Look-ups that are measured, after as many that are not. Where they examine much there are
  /// fewer, but one stretch at least.
  static constexpr std::uint64_t kLookUps = 65'536;

  StressCell(const StressCellConfig& config, StressClock clock);

  /// Does a part of the work, seldom more than a tenth of a second. True when all is done.
  /// Checks that every answer of the table is right.
  bool advance();

  /// Precondition: advance() has said that it is done.
  const StressResult& result() const { return result_; }

 private:
  enum class Phase : std::uint8_t { attack, build, warm_up, measure, done };

  void attack();
  void build();
  void look_up();
  void skip(std::string why);
  void finish_phase();
  void summarize();
  std::uint64_t steps_left_to_build() const;
  template <class Table>
  void perform(Table& table);
  void check_answers();

  StressCellConfig config_;
  StressClock clock_;
  Phase phase_ = Phase::attack;
  AnyDemux<FourTuple4> table_;
  std::vector<FourTuple4> keys_;  ///< Of hash_flood.
  std::optional<Traffic> traffic_;
  TableCalls calls_;
  std::vector<DemuxResult> answers_;  ///< As many as calls.
  std::vector<std::uint32_t> examined_;
  std::uint64_t examined_sum_ = 0;
  std::uint32_t stretches_ = 0;
  std::vector<double> ns_;
  std::vector<double> batch_ns_;
  StressResult result_;
};

}  // namespace demuxsim
