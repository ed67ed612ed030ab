#include "demuxsim/report/byte_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace demuxsim {

bool ByteSink::flush() {
  write_all({buffer_.get(), used_});
  used_ = 0;
  return error_ == 0;
}

void ByteSink::make_room(std::size_t bytes) {
  flush();
  if (bytes <= capacity_) return;
  capacity_ = std::max(bytes, kCapacity);
  buffer_ = std::make_unique<char[]>(capacity_);
}

void ByteSink::write_all(std::string_view bytes) {
  if (target_ != nullptr) {
    target_->append(bytes);
    return;
  }
  while (error_ == 0 && !bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
}

}  // namespace demuxsim
