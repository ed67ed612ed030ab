// What is printed when the program breaks a promise of its own: how to get there again, and what
// happened just before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "demuxsim/scenario/run.hpp"
#include "demuxsim/trace/recorder.hpp"

namespace demuxsim::cli {

/// While it lives, a check that fails prints the seed, the time and the last 64 records. It asks
/// for no kind of record itself, so that a quiet run pays nothing and has none to show.
class CheckReport final : public TraceSink {
 public:
  /// `run` must outlive this, and not go on without it.
  CheckReport(ScenarioRun& run, std::uint64_t seed);
  ~CheckReport() override;
  CheckReport(const CheckReport&) = delete;
  CheckReport& operator=(const CheckReport&) = delete;

  void consume(std::span<const TraceRecord> records) override;

 private:
  static constexpr std::size_t kKept = 64;
  void print();

  ScenarioRun& run_;
  std::uint64_t seed_;
  std::vector<TraceRecord> last_;
};

}  // namespace demuxsim::cli
