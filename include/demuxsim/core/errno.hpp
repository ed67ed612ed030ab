// The answers a socket call can give, under their POSIX names.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace demuxsim {

/// `ok` first, then POSIX errno names in alphabetical order.
enum class Errno : std::uint8_t {
  ok,
  eacces,
  eaddrinuse,
  eaddrnotavail,
  eafnosupport,
  ealready,
  ebadf,
  econnaborted,
  econnrefused,
  econnreset,
  edestaddrreq,
  ehostunreach,
  einprogress,
  einval,
  eisconn,
  emfile,
  enetunreach,
  enotconn,
  eopnotsupp,
  epipe,
  etimedout,
};

inline constexpr std::size_t kErrnoCount = static_cast<std::size_t>(Errno::etimedout) + 1;

/// "ok", "EADDRINUSE", ...
std::string_view name_of(Errno error);
/// Takes exactly what name_of gives; nothing else.
std::optional<Errno> errno_from(std::string_view name);

}  // namespace demuxsim
