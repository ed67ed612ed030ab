// Where reports put their bytes: a large buffer before a file descriptor or a string. One concrete
// class, so that a line costs no call; it neither opens nor closes anything.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "demuxsim/core/check.hpp"

namespace demuxsim {

class ByteSink {
 public:
  /// Writes to an open descriptor, which must stay open until the last flush().
  explicit ByteSink(int descriptor) : descriptor_(descriptor) {}
  /// Appends to `target`, which must outlive the sink.
  explicit ByteSink(std::string& target) : target_(&target) {}
  /// What has not been flushed is lost, since a destructor could not tell of an error.
  ~ByteSink() = default;
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;

  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    char* const end = reserve(bytes.size());
    std::memcpy(end, bytes.data(), bytes.size());
    commit(end + bytes.size());
  }
  /// Room for `bytes` more at the address returned, until the next call of any function here.
  char* reserve(std::size_t bytes) {
    if (capacity_ - used_ < bytes) make_room(bytes);
    return buffer_.get() + used_;
  }
  /// Takes what has been written from the reserved address up to `end`.
  void commit(const char* end) { used_ = static_cast<std::size_t>(end - buffer_.get()); }

  /// Hands on everything; to be called at the end and before somebody else writes to the target.
  /// False when writing has failed, now or earlier.
  bool flush();
  /// The errno of the first write that failed, 0 as long as all went well. After a failure
  /// everything is swallowed.
  int error() const { return error_; }

 private:
  static constexpr std::size_t kCapacity = 256 * 1024;
  void make_room(std::size_t bytes);
  void write_all(std::string_view bytes);

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
  std::string* target_ = nullptr;
  int descriptor_ = -1;
  int error_ = 0;
};

/// Writes pieces one after the other into room reserved once; they reach the sink when the writer
/// goes out of scope. Precondition: they are no longer than promised, all together.
class LineWriter {
 public:
  LineWriter(ByteSink& sink, std::size_t most_bytes)
      : sink_(sink), next_(sink.reserve(most_bytes)), end_(next_ + most_bytes) {}
  ~LineWriter() {
    DEMUXSIM_CHECK(next_ <= end_);
    sink_.commit(next_);
  }
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  /// A literal: its length is known, so this is a few stores.
  template <std::size_t N>
  void text(const char (&literal)[N]) {
    std::memcpy(next_, literal, N - 1);
    next_ += N - 1;
  }
  void text(std::string_view piece) {
    std::memcpy(next_, piece.data(), piece.size());
    next_ += piece.size();
  }
  void number(std::integral auto value) { next_ = std::to_chars(next_, end_, value).ptr; }

 private:
  ByteSink& sink_;
  char* next_;
  char* end_;
};

}  // namespace demuxsim
