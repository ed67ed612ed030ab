#include "kernel/descriptor.hpp"

#include <cerrno>
#include <system_error>
#include <unistd.h>

namespace demuxsim::kernel {

void Descriptor::close() {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

int checked(int result, const std::string& what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

}  // namespace demuxsim::kernel
