// A run as text: one line a happening, for people who know tcpdump.
#pragma once

#include <span>
#include <string>

#include "demuxsim/report/byte_sink.hpp"
#include "demuxsim/report/connection_book.hpp"
#include "demuxsim/report/line_text.hpp"
#include "demuxsim/report/results.hpp"
#include "demuxsim/trace/directory.hpp"
#include "demuxsim/trace/recorder.hpp"

namespace demuxsim {

struct TextOptions {
  bool absolute_seq = false;  ///< Sequence numbers as they travel, not relative to the first.
  bool verbose = false;       ///< More of each segment, and the names of sockets.
  bool colour = false;        ///< ANSI colours, for a terminal.
  std::string file;           ///< The scenario's path, before the line of an expectation.
};

/// Wants records of every kind: those of states tell it which connections are over.
class TextSink final : public TraceSink {
 public:
  /// Both must outlive this. The caller flushes `out`.
  TextSink(const Directory& directory, ByteSink& out, TextOptions options = {});

  void consume(std::span<const TraceRecord> records) override;
  /// `web.yaml:27: held: ...`, or that it failed, what was expected and what was found.
  void expectation(const ExpectationResult& result);
  /// Two lines with the sums of the run and the verdict on all expectations.
  void summary(const Summary& summary);

 private:
  void line(const TraceRecord& record);
  void happening(const TraceRecord& record);
  void segment(const TraceRecord& record);
  void demux(const TraceRecord& record);
  void state(const TraceRecord& record);
  void port(const TraceRecord& record);
  void call(const TraceRecord& record);
  void append_socket(SocketName name);
  void append_state(std::uint8_t state);

  const Directory& directory_;
  ByteSink& out_;
  TextOptions options_;
  Painter painter_;
  ConnectionBook book_;
  std::string text_;  ///< Lines not yet handed on.
};

}  // namespace demuxsim
