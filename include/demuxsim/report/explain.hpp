// Why each segment went where it went: every step of the look-up in plain words, for a student.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "demuxsim/report/byte_sink.hpp"
#include "demuxsim/report/connection_book.hpp"
#include "demuxsim/report/lookup_words.hpp"
#include "demuxsim/trace/directory.hpp"
#include "demuxsim/trace/recorder.hpp"

namespace demuxsim {

struct ExplainOptions {
  bool absolute_seq = false;
  ServiceName service_name = nullptr;
};

/// A paragraph for each look-up and for each segment that was lost on its way. Wants the kinds
/// demux, probe, segment_sent, segment_dropped and state.
class ExplainSink final : public TraceSink {
 public:
  /// Both must outlive this. The caller flushes `out`.
  ExplainSink(const Directory& directory, ByteSink& out, ExplainOptions options = {})
      : directory_(directory), out_(out), options_(options) {}

  void consume(std::span<const TraceRecord> records) override;

 private:
  void headline(const TraceRecord& record);
  void lookup(const TraceRecord& record);
  void dropped(const TraceRecord& record);
  void changed(const TraceRecord& record);

  const Directory& directory_;
  ByteSink& out_;
  ExplainOptions options_;
  ConnectionBook book_;
  std::string text_;
  std::vector<TraceRecord> probes_;       ///< Of the look-up whose record comes next.
  bool started_ = false;                  ///< There is a paragraph already.
  std::uint64_t explained_id_ = 0;        ///< The segment of the last paragraph.
  std::optional<TraceRecord> explained_;  ///< Its look-up.
};

}  // namespace demuxsim
