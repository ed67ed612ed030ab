// An open file descriptor as a value that closes it.
#pragma once

#include <string>
#include <utility>

namespace demuxsim::kernel {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  void close();

 private:
  int number_ = -1;
};

/// Throws std::system_error with errno, as "what: Permission denied", where `result` is negative.
int checked(int result, const std::string& what);

}  // namespace demuxsim::kernel
