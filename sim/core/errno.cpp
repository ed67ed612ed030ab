#include "demuxsim/core/errno.hpp"

#include <array>

namespace demuxsim {
namespace {
constexpr std::array<std::string_view, kErrnoCount> kNames{
    "ok",          "EACCES",       "EADDRINUSE",   "EADDRNOTAVAIL", "EAFNOSUPPORT", "EALREADY",
    "EBADF",       "ECONNABORTED", "ECONNREFUSED", "ECONNRESET",    "EDESTADDRREQ", "EHOSTUNREACH",
    "EINPROGRESS", "EINVAL",       "EISCONN",      "EMFILE",        "ENETUNREACH",  "ENOTCONN",
    "EOPNOTSUPP",  "EPIPE",        "ETIMEDOUT"};
}

std::string_view name_of(Errno error) { return kNames[static_cast<std::size_t>(error)]; }

std::optional<Errno> errno_from(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Errno>(i);
  }
  return std::nullopt;
}

}  // namespace demuxsim
