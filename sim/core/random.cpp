#include "demuxsim/core/random.hpp"

namespace demuxsim {

std::uint64_t Rng::below(std::uint64_t bound) {
  Wide product = Wide{next()} * bound;
  auto low = static_cast<std::uint64_t>(product);
  if (low < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (low < threshold) {
      product = Wide{next()} * bound;
      low = static_cast<std::uint64_t>(product);
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

Duration Rng::exponential(Duration mean) {
  // Von Neumann: draw a descending run u1 > u2 > ...; if its length is odd, u1 is the fraction of
  // the answer, else a whole unit has passed and the game starts again.
  std::uint64_t whole = 0;
  for (;;) {
    const std::uint64_t first = next();
    std::uint64_t last = first;
    bool odd = true;
    for (std::uint64_t draw = next(); draw < last; draw = next()) {
      last = draw;
      odd = !odd;
    }
    if (odd) {
      const auto unit = static_cast<std::uint64_t>(mean.count());
      const Wide fraction = (Wide{unit} * first) >> 64;
      return Duration{
          static_cast<std::int64_t>(whole * unit + static_cast<std::uint64_t>(fraction))};
    }
    ++whole;
  }
}

}  // namespace demuxsim
