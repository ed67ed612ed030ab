// Why each segment went where it went: every step of the look-up in plain words, for a student.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "demuxsim/net/port.hpp"
#include "demuxsim/report/byte_sink.hpp"
#include "demuxsim/report/connection_book.hpp"
#include "demuxsim/trace/directory.hpp"
#include "demuxsim/trace/recorder.hpp"

namespace demuxsim {

struct ExplainOptions {
  bool absolute_seq = false;
  /// What a port is assigned to, as a name; empty where it is not assigned. Given by the caller,
  /// since reports do not know the registry. May be null.
  std::string_view (*service_name)(Port) = nullptr;
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
  void step(std::string_view name, std::string_view sentence);
  void connection_step(const TraceRecord& record);
  void probe_lines();
  void listener_steps(const TraceRecord& record);
  void verdict(const TraceRecord& record);
  void receiver(const TraceRecord& record);
  void port_note(Port port);
  std::string host(const TraceRecord& record) const;
  std::string process(const TraceRecord& record) const;

  const Directory& directory_;
  ByteSink& out_;
  ExplainOptions options_;
  ConnectionBook book_;
  std::string text_;
  std::vector<TraceRecord> probes_;  ///< Of the look-up whose record comes next.
  int step_ = 0;
  bool started_ = false;            ///< There is a paragraph already.
  std::uint64_t explained_id_ = 0;  ///< The segment of the last paragraph.
};

}  // namespace demuxsim
