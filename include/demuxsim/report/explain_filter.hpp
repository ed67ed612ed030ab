// The explanations of one segment, or of one socket's segments, out of a whole run.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "demuxsim/net/endpoint.hpp"
#include "demuxsim/report/explain.hpp"
#include "demuxsim/trace/recorder.hpp"

namespace demuxsim {

/// What is to be explained; where both are given, what both mean.
struct ExplainChoice {
  std::optional<std::uint64_t> segment;
  /// Its segments in both directions; without an index those of all repetitions of the step.
  SocketName socket;
};

/// Stands before an ExplainSink and wants the same kinds.
class ExplainFilter final : public TraceSink {
 public:
  /// `explain` must outlive this.
  ExplainFilter(ExplainSink& explain, ExplainChoice choice) : explain_(explain), choice_(choice) {}

  void consume(std::span<const TraceRecord> records) override;
  /// Look-ups and losses that were passed on.
  std::uint64_t count() const { return count_; }
  /// Segments that the run has sent; until the chosen one was found.
  std::uint64_t segments() const { return segments_; }

 private:
  struct Ends {
    HostId host;
    Endpoint local;
    Endpoint peer;
    friend bool operator==(const Ends&, const Ends&) = default;
  };
  void note(const TraceRecord& record);
  bool is_chosen(const TraceRecord& record) const;
  bool is_chosen(SocketName name) const;

  ExplainSink& explain_;
  ExplainChoice choice_;
  std::vector<Ends> ends_;  ///< Of the chosen socket, while it lives.
  std::vector<TraceRecord> probes_;
  std::vector<TraceRecord> passed_;
  std::uint64_t count_ = 0;
  SimTime found_at_ = kNever;  ///< When the last of them happened.
  bool over_ = false;          ///< The chosen segment has been explained.
  std::uint64_t segments_ = 0;
};

}  // namespace demuxsim
