// What a report says of single moments of a story, in the words that it has for a whole run.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "demuxsim/report/byte_sink.hpp"
#include "demuxsim/report/story.hpp"
#include "demuxsim/trace/directory.hpp"

namespace demuxsim::cli {

/// Going on is quick; going back starts anew. `Sink` is a TraceSink made from a directory, a
/// ByteSink and `SinkOptions`, which ask for sequence numbers as they stand in records: those that
/// it gets here are relative already.
template <class Sink, class SinkOptions>
class MomentReport {
 public:
  /// Both outlive this.
  MomentReport(const Story& story, const Directory& directory, const SinkOptions& options)
      : story_(story), directory_(directory), options_(options) {}

  std::string of(std::size_t moment) {
    if (!sink_ || moment < next_) {
      sink_.emplace(directory_, out_, options_);
      next_ = 0;
    }
    for (; next_ < moment; ++next_) tell(next_);
    out_.flush();
    text_.clear();
    tell(next_++);
    out_.flush();
    return text_;
  }

 private:
  void tell(std::size_t moment) {
    for (const StoryRecord& each : story_.records_of(story_.moments()[moment])) {
      TraceRecord record = each.record;
      record.segment.seq = each.relative_seq;
      record.segment.ack = each.relative_ack;
      sink_->consume({&record, 1});
    }
  }

  const Story& story_;
  const Directory& directory_;
  SinkOptions options_;
  std::string text_;
  ByteSink out_{text_};
  std::optional<Sink> sink_;
  std::size_t next_ = 0;  ///< The first moment that the sink has not been told of.
};

}  // namespace demuxsim::cli
