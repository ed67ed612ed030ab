// Result<T, E>: a value or an error, for failures that are an ordinary outcome.
// The one alias to change when the standard library's own type can be used.
#pragma once

#include <tl/expected.hpp>

namespace demuxsim {

template <class T, class E>
using Result = tl::expected<T, E>;

template <class E>
constexpr tl::unexpected<E> failure(E error) {
  return tl::unexpected<E>(error);
}

}  // namespace demuxsim
