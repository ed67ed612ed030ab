// A run as JSON Lines: one object a line, for programs. The fields of each kind and their order
// are part of the program's contract; new ones may join, none goes away.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "demuxsim/report/byte_sink.hpp"
#include "demuxsim/report/json_text.hpp"
#include "demuxsim/report/results.hpp"
#include "demuxsim/trace/directory.hpp"
#include "demuxsim/trace/recorder.hpp"

namespace demuxsim {

/// Every object starts with `t_ns` and `kind`. Beside what each kind is known for, `demux` splits
/// `examined` into `examined_connections` and `examined_listeners`, and the `args` of a `call` are
/// an object: `address` (bind, connect, accept), `address` and `backlog` (listen), `bytes` (send,
/// receive), `how` (shutdown), `from`, `to` and `flags` (inject), empty for the others.
class JsonlSink final : public TraceSink {
 public:
  /// Both must outlive this. The caller flushes `out`.
  JsonlSink(const Directory& directory, ByteSink& out) : names_(directory), out_(out) {}

  void consume(std::span<const TraceRecord> records) override;
  void expectation(const ExpectationResult& result);
  /// The last line.
  void summary(const Summary& summary);

 private:
  std::string_view head(SimTime at);
  void segment(const TraceRecord& record);
  void demux(const TraceRecord& record);
  void state(const TraceRecord& record);
  void port(const TraceRecord& record);
  void call(const TraceRecord& record);

  JsonNames names_;
  ByteSink& out_;
  SimTime head_at_ = kNever;
  std::string options_;  ///< Of the segment at hand.
  std::string head_;
  std::string args_;
};

}  // namespace demuxsim
