#include "demuxsim/core/errno.hpp"

#include <cerrno>
#include <cstring>
#include <set>
#include <string_view>

#include "support/catch.hpp"

using demuxsim::Errno;
using demuxsim::errno_from;
using demuxsim::kErrnoCount;
using demuxsim::name_of;

TEST_CASE("errors have the names that the C library gives them", "[core][errno]") {
  struct Row {
    Errno ours;
    int posix;
  };
  const Row rows[]{
      {Errno::eacces, EACCES},
      {Errno::eaddrinuse, EADDRINUSE},
      {Errno::eaddrnotavail, EADDRNOTAVAIL},
      {Errno::eafnosupport, EAFNOSUPPORT},
      {Errno::ealready, EALREADY},
      {Errno::ebadf, EBADF},
      {Errno::econnaborted, ECONNABORTED},
      {Errno::econnrefused, ECONNREFUSED},
      {Errno::econnreset, ECONNRESET},
      {Errno::edestaddrreq, EDESTADDRREQ},
      {Errno::ehostunreach, EHOSTUNREACH},
      {Errno::einprogress, EINPROGRESS},
      {Errno::einval, EINVAL},
      {Errno::eisconn, EISCONN},
      {Errno::emfile, EMFILE},
      {Errno::enetunreach, ENETUNREACH},
      {Errno::enotconn, ENOTCONN},
      {Errno::eopnotsupp, EOPNOTSUPP},
      {Errno::epipe, EPIPE},
      {Errno::etimedout, ETIMEDOUT},
  };
  CHECK(name_of(Errno::ok) == "ok");
  std::set<Errno> covered{Errno::ok};
  for (const Row& row : rows) {
    CHECK(name_of(row.ours) == std::string_view(strerrorname_np(row.posix)));
    covered.insert(row.ours);
  }
  CHECK(covered.size() == kErrnoCount);
}

TEST_CASE("a name leads back to its error, and nothing else does", "[core][errno]") {
  for (std::size_t i = 0; i < kErrnoCount; ++i) {
    const auto error = static_cast<Errno>(i);
    CHECK(errno_from(name_of(error)) == error);
  }
  for (const std::string_view text : {"", "OK", "eacces", "EACCES ", "EACCE", "ENOENT", "0"}) {
    CAPTURE(text);
    CHECK_FALSE(errno_from(text).has_value());
  }
}
