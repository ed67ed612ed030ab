// Collects records in a fixed buffer and hands them to sinks a batch at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "demuxsim/trace/record.hpp"

namespace demuxsim {

/// A set of TraceKind.
class TraceKinds {
 public:
  constexpr TraceKinds() = default;
  /// Every kind but the steps within a look-up.
  static constexpr TraceKinds happenings() {
    return TraceKinds{0xff & ~(1u << static_cast<unsigned>(TraceKind::probe))};
  }
  constexpr TraceKinds with(TraceKind kind) const {
    return TraceKinds{static_cast<std::uint8_t>(bits_ | 1u << static_cast<unsigned>(kind))};
  }
  constexpr TraceKinds operator|(TraceKinds other) const {
    return TraceKinds{static_cast<std::uint8_t>(bits_ | other.bits_)};
  }
  constexpr bool any() const { return bits_ != 0; }
  constexpr bool has(TraceKind kind) const {
    return (bits_ >> static_cast<unsigned>(kind) & 1u) != 0;
  }

 private:
  constexpr explicit TraceKinds(std::uint8_t bits) : bits_(bits) {}
  std::uint8_t bits_ = 0;
};

/// Turns records into something: text, a file, an answer. Called outside the hot path.
class TraceSink {
 public:
  virtual ~TraceSink() = default;
  /// Records in the order in which they happened; the span is gone after the call.
  virtual void consume(std::span<const TraceRecord> records) = 0;
};

/// Asked once before a record is made: `if (recorder.wants(kind)) recorder.add(...)`.
class TraceRecorder {
 public:
  static constexpr std::size_t kBatch = 256;

  /// `sink` must outlive the recorder or be detached by clear(). It receives every record that
  /// any sink wants, so it skips the kinds that are not its own.
  void attach(TraceSink& sink, TraceKinds kinds) {
    sinks_.push_back(&sink);
    kinds_ = kinds_ | kinds;
    buffer_.reserve(kBatch);
  }
  bool wants(TraceKind kind) const { return kinds_.has(kind); }
  /// Precondition: wants(record.kind).
  void add(const TraceRecord& record) {
    if (buffer_.size() == kBatch) flush();
    buffer_.push_back(record);
  }
  /// Hands out what has been collected; to be called before results are read.
  void flush() {
    if (buffer_.empty()) return;
    for (TraceSink* sink : sinks_) sink->consume(buffer_);
    buffer_.clear();
  }
  /// What has been collected and not handed out yet; good until the next call.
  std::span<const TraceRecord> pending() const { return buffer_; }

 private:
  TraceKinds kinds_;
  std::vector<TraceSink*> sinks_;
  std::vector<TraceRecord> buffer_;
};

}  // namespace demuxsim
